"""Run notebooks with papermill: progress, resume, scores, receipt, report."""

import contextlib
import datetime
import json
import logging
import os
import shlex
import signal
import tempfile
from pathlib import Path

import nbformat
import papermill
import psutil
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers import course, paths, receipt, report, results
from helpers.course import code_hash
from helpers.progress import Progress

JUDGED = ("lesson", "full")  # sizes at which a missed floor is a failure


def run(numbers: list[str], profile: str = "lesson", pairs: list[str] = (), out: Path | None = None,
        resume: bool = False, store: bool = False, real: bool = False) -> int:
    """Run notebooks and write the run folder.

    The folder holds the executed notebooks, an HTML page of each, ``index.html``, ``receipt.json``
    and ``scores.json``; all are up to date after every notebook. A notebook that fails stops
    neither the others nor the report.

    Parameters
    ----------
    numbers : list of str
        Which notebooks; empty for all.
    profile : str
        One of `course.PROFILES`.
    pairs : list of str
        ``NAME=VALUE`` for the parameters cell; they win over the profile.
    out : Path, optional
        The run folder; by default a new one under ``runs/``, or the newest one to resume.
    resume : bool
        Skip notebooks that the folder already holds, finished, for the same sources and parameters.
    store : bool
        Write the outputs back into ``notebooks/`` when all went well.
    real : bool
        Run only the notebooks that have a parameter ``source``, on the real sets, and write their
        scores to ``data/measured.json``.

    Returns
    -------
    int
        Exit status: 1 if a notebook failed or missed a floor, 130 if interrupted.

    Raises
    ------
    ValueError
        For a notebook, profile or parameter that does not exist, a value of another type, or a
        folder that cannot be written.
    """
    if store and (profile != "lesson" or pairs or real):
        raise ValueError("Stored outputs come from the lesson size: leave out --profile, --set and --real.")
    chosen, asked = course.select(numbers), list(pairs)
    if real:
        chosen, asked = [path for path in chosen if "source" in course.parameters(path)], [*pairs, "source=real"]
        if not chosen:
            print("None of these notebooks has a real set besides MNIST: nothing to run.")
            return 0
    plan = course.plan(chosen, profile, asked)
    folder = _run_folder(out, profile, resume)
    noted = receipt.begin(folder, profile, resume)
    with _kernel_environment():
        stopped_in = _execute_all(plan, folder, noted, resume)
    if stopped_in:
        again = ["run", *numbers, "--profile", profile, *(text for pair in pairs for text in ("--set", pair)),
                 "--out", paths.shown(folder), "--resume", *["--store"] * store, *["--real"] * real]
        print(f"Interrupted in {stopped_in.stem}; what was finished before is kept. Go on with: "
              f"python -m helpers {shlex.join(again)}")
        return 130
    names = [path.stem for path in chosen]
    failures = report.failures(noted, names, judged=profile in JUDGED)
    print(report.summary(noted, names))
    for failure in failures:
        print(f"✘ {failure}")
    print(f"Report: {(folder / 'index.html').as_uri()}")
    if real and profile in JUDGED:
        results.write_measured(noted)
    if store and failures:
        print("Stored nothing: notebooks/ is as it was.")
    elif store:
        for path in chosen:
            _store(path, folder / path.name)
    return int(bool(failures))


def _execute_all(plan, folder, noted, resume):
    """Run what is not finished; return the notebook in which the user interrupted it, if any."""
    papermill_engines.register("maskbook", _Engine)
    path = None
    try:
        with Progress(list(plan)) as progress:
            for path, values in plan.items():
                key = receipt.key(path, values)
                if resume and _is_finished(noted["notebooks"].get(path.stem, {}), key, folder / path.name):
                    progress.skip(path)
                    continue
                noted["notebooks"].pop(path.stem, None)  # what it says is about to be overwritten
                receipt.write(folder, noted)
                noted["notebooks"][path.stem] = _execute(path, values, folder, progress) | {"key": key}
                _write(folder, noted)
        _write(folder, noted)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second one must not cut the tidying short
        _end_kernels()
        return path
    return None


def _write(folder, noted):
    receipt.write(folder, noted)
    report.write_index(folder, noted, judged=noted["profile"] in JUDGED)


def _execute(path, values, folder, progress):
    """Run one notebook; return its row of the receipt."""
    output = folder / path.name
    used = {name: default for name, (_, default) in course.parameters(path).items()} | values
    row = {"status": "finished", "parameters": used, "seed": used.get("seed"),
           "sources": receipt.sources(path), "files": receipt.files(),
           "started": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "scores": {}, "data": {}}
    progress.start(path)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr:
        try:
            papermill.execute_notebook(course.verbatim(path), course.verbatim(output), parameters=values,
                                       cwd=str(paths.NOTEBOOKS), engine_name="maskbook", progress_bar=False,
                                       progress=progress, stderr=stderr)
        except PapermillExecutionError as error:
            row |= _failed(f"in cell {error.exec_count}: {error.ename}: {error.evalue}")
        except DeadKernelError:
            row |= _failed(f"in cell {progress.number}: its Python process ended (killed, or out of memory)")
        except (RuntimeError, OSError) as error:  # the kernel did not start, the disk is full
            stderr.seek(0)
            row |= _failed(f"to run: {' '.join([str(error), *stderr.read().splitlines()[-1:]])}")
    seconds, peak = progress.stop()
    row |= {"seconds": round(seconds, 1), "peak_mib": round(peak / 2**20)}
    if output.exists():
        try:
            row |= results.recorded(json.loads(output.read_text(encoding="utf-8")), path.stem)
        except ValueError as error:
            row |= _failed(f"after its last cell: {error}")
        report.write_page(output, folder / f"{path.stem}.html", row)
    return row


def _failed(reason):
    line = next(filter(None, map(str.strip, reason.splitlines())), "")
    return {"status": "failed", "error": line if len(line) <= 300 else line[:299] + "…"}


class _Engine(Engine):
    """papermill's own engine, but each cell is reported, and what a kernel says besides its cells is kept apart."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, progress, stderr, **_):
        start, complete = nb_man.cell_start, nb_man.cell_complete

        def started(cell, cell_index=None, **more):
            start(cell=cell, cell_index=cell_index, **more)
            progress.cell_started(cell)

        def completed(cell, cell_index=None, **more):
            complete(cell=cell, cell_index=cell_index, **more)
            progress.cell_done(cell)

        nb_man.cell_start, nb_man.cell_complete = started, completed
        client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, log=logging.getLogger("papermill"),
                                         startup_timeout=120, timeout=None)
        return client.execute(stderr=stderr)


@contextlib.contextmanager
def _kernel_environment():
    """Set what the kernels inherit: silent bars, where the real data is, this project's helpers."""
    kept = dict(os.environ)
    os.environ |= {"MASKBOOK_QUIET": "1", "MASKBOOK_DATA": str(paths.real_data()),
                   "PYTHONPATH": os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")]))}
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # its errors reach the receipt and the report
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _end_kernels():
    """End what papermill left running when it was interrupted while a kernel started or stopped."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # it would tell of the cell that was cut off
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children, timeout=5)


def _is_finished(row, key, output):
    return row.get("status") == "finished" and row.get("key") == key and output.exists()


def _run_folder(out, profile, resume):
    if out is None:
        earlier = sorted(paths.RUNS.glob(f"*_{profile}/receipt.json"))
        if resume and not earlier:
            raise ValueError(f"There is no {profile} run under runs/ to resume. Leave out --resume.")
        started = datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
        out = earlier[-1].parent if resume else paths.RUNS / f"{started}_{profile}"
    folder = Path(out).resolve()  # papermill changes the working directory
    if folder == paths.NOTEBOOKS:
        raise ValueError("In notebooks/ the executed notebooks would replace their sources. Name another with --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        reason = "it is a file" if folder.is_file() else error.strerror
        raise ValueError(f"The output folder {out} cannot be written ({reason}). Name another with --out.") from None
    return folder


def _store(path, executed):
    """Write the outputs of an executed notebook back into its source, without times and machine."""
    source, done = course.read(path), course.read(executed)
    cells = [cell for cell in done.cells if cell.cell_type == "code"]
    for cell, ran in zip((c for c in source.cells if c.cell_type == "code"), cells, strict=True):
        cell.outputs, cell.execution_count = report.joined(ran.outputs), ran.execution_count
    source.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "maskbook": {"code": code_hash(source), "seconds": [round(cell.metadata.papermill.duration) for cell in cells]},
    })
    nbformat.write(source, path)
    print(f"Stored the outputs of {path.name}.")
