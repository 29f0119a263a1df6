"""Run notebooks with papermill: sizes, progress, resume, scores, receipt, report."""

import datetime
import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat
import papermill
import yaml
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers import paths, report, results, runtime
from helpers.progress import Progress

PROFILES = ("smoke", "lesson", "study", "ship", "full")
JUDGED = ("lesson", "full")  # sizes at which a missed floor is a failure
_TYPES = {"int": int, "float": float, "str": str, "bool": bool}


def notebooks() -> dict[str, Path]:
    """Return the notebooks by number, in order: ``{"00": .../00_start_here.ipynb, ...}``."""
    return {path.name[:2]: path for path in sorted(paths.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}


def select(numbers: list[str]) -> list[Path]:
    """Return the notebooks with these numbers ("2", "02" or "02_mnist_foreground"); all for none.

    Raises
    ------
    ValueError
        If there is no such notebook.
    """
    known = notebooks()
    chosen = []
    for text in numbers:
        number = text.partition("_")[0].zfill(2)
        if number not in known:
            raise ValueError(f"There is no notebook {text!r}. There are: {', '.join(known)}.")
        chosen.append(known[number])
    return chosen or list(known.values())


def parameters(path: Path) -> dict[str, tuple[str, str]]:
    """Return the parameters of a notebook: name to type name and default (as source text)."""
    found = papermill.inspect_notebook(str(path))
    return {name: (row["inferred_type_name"], row["default"]) for name, row in found.items()}


def profile_values(profile: str, path: Path) -> dict:
    """Return what a profile sets in a notebook; empty for the lesson size, which is the notebook's own.

    Raises
    ------
    ValueError
        If there is no such profile.
    """
    if profile not in PROFILES:
        raise ValueError(f"There is no profile {profile!r}. There are: {', '.join(PROFILES)}.")
    if profile == "lesson":
        return {}
    file = paths.PROFILES / f"{profile}.yaml"
    values = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.exists() else {}
    return values.get(path.stem) or {}


def settings(pairs: list[str], chosen: list[Path]) -> dict[str, dict]:
    """Turn ``NAME=VALUE`` texts into typed parameters for those of the notebooks that have them.

    Returns
    -------
    dict
        Notebook stem to parameters.

    Raises
    ------
    ValueError
        If a text has no ``=``, no chosen notebook has the name, or the value is of another type.
    """
    typed = {path.stem: {} for path in chosen}
    known = {path.stem: parameters(path) for path in chosen}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"--set wants NAME=VALUE, found {pair!r}. For example: --set epochs=1")
        having = [stem for stem in known if name in known[stem]]
        if not having:
            names = sorted({name for row in known.values() for name in row})
            raise ValueError(f"No chosen notebook has a parameter {name!r}. They have: {', '.join(names)}.")
        for stem in having:
            typed[stem][name] = _typed(text, name, *known[stem][name])
    return typed


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
        One of `PROFILES`.
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
    """
    chosen = select(numbers)
    if real:
        chosen = [path for path in chosen if "source" in parameters(path)]
        pairs = [*pairs, "source=real"]
        if not chosen:
            print("None of these notebooks has a real set besides MNIST: nothing to run.")
            return 0
    typed = settings(list(pairs), chosen)
    plan = {path: profile_values(profile, path) | typed[path.stem] for path in chosen}
    if store and (profile != "lesson" or pairs or real):
        raise ValueError("Stored outputs come from the lesson size: leave out --profile, --set and --real with --store.")
    folder = _run_folder(out, profile, resume)
    receipt = _receipt(folder, profile, resume)
    os.environ |= {"MASKBOOK_QUIET": "1", "MASKBOOK_DATA": str(paths.real_data()),
                   "PYTHONPATH": os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")]))}
    papermill_engines.register("maskbook", _Engine)
    interrupted = None
    with Progress(chosen) as progress:
        for path, values in plan.items():
            key = _key(path, values)
            done = receipt["notebooks"].get(path.stem, {})
            if resume and done.get("status") == "finished" and done.get("key") == key:
                progress.skip(path)
                continue
            try:
                row = _execute(path, values, folder, progress)
            except KeyboardInterrupt:
                interrupted = path
                break
            receipt["notebooks"][path.stem] = row | {"key": key}
            _write(folder, receipt)
    _write(folder, receipt)
    names = [path.stem for path in chosen]
    failures = report.failures(receipt, names, judged=profile in JUDGED)
    print(report.summary(receipt, names))
    if interrupted:
        print(f"Interrupted in {interrupted.stem}; what was finished before is kept. Go on with:\n"
              f"  python -m helpers run {' '.join(numbers)} --profile {profile} "
              f"{''.join(f'--set {pair} ' for pair in pairs)}--out {folder} --resume")
    for failure in failures:
        print(f"✘ {failure}")
    print(f"Report: {(folder / 'index.html').resolve().as_uri()}")
    if store and not failures and not interrupted:
        for path in chosen:
            _store(path, folder / path.name)
    if real:
        results.write_measured(receipt)
    return 130 if interrupted else int(bool(failures))


def compare(first: Path, second: Path) -> list[str]:
    """Return in which scores, parameters, sources and data hashes two runs differ; empty if in none.

    Raises
    ------
    FileNotFoundError
        If a folder holds no receipt.
    """
    receipts = []
    for folder in (Path(first), Path(second)):
        if not (folder / "receipt.json").exists():
            raise FileNotFoundError(f"{folder} is not a run folder: it has no receipt.json. Name two folders under runs/.")
        receipts.append(json.loads((folder / "receipt.json").read_text(encoding="utf-8"))["notebooks"])
    differences = []
    for stem in sorted(receipts[0].keys() | receipts[1].keys()):
        if stem not in receipts[0] or stem not in receipts[1]:
            differences.append(f"{stem}: only in {first if stem in receipts[0] else second}")
            continue
        for part in ("status", "parameters", "data", "sources", "scores"):
            a, b = (receipt[stem].get(part) for receipt in receipts)
            if isinstance(a, dict) and isinstance(b, dict):
                differences += [f"{stem}: {part} {key}: {_value(a.get(key))} and {_value(b.get(key))}"
                                for key in sorted(a.keys() | b.keys()) if a.get(key) != b.get(key)]
            elif a != b:
                differences.append(f"{stem}: {part}: {a} and {b}")
    return differences


def code_hash(book: nbformat.NotebookNode) -> str:
    """Return the SHA-256 of a notebook's code cells: stored outputs are stamped with it."""
    code = "\0".join(cell.source for cell in book.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()


class _Engine(NBClientEngine):
    """papermill's own engine, reporting each finished cell to the progress bar."""

    progress: Progress

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        complete = nb_man.cell_complete

        def completed(cell, cell_index=None, **more):
            complete(cell=cell, cell_index=cell_index, **more)
            cls.progress.cell_done(cell)

        nb_man.cell_complete = completed
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


def _execute(path, values, folder, progress):
    """Run one notebook; return its row of the receipt."""
    progress.start(path)
    _Engine.progress = progress
    output = folder / path.name
    row = {"status": "finished", "parameters": _effective(path, values), "sources": _sources(path)}
    try:
        papermill.execute_notebook(str(path), str(output), parameters=values, cwd=str(paths.NOTEBOOKS), engine_name="maskbook",
                                   progress_bar=False, start_timeout=120)
    except PapermillExecutionError as error:
        row |= {"status": "failed", "error": f"cell {error.exec_count}: {error.ename}: {error.evalue}"}
    except (RuntimeError, OSError) as error:  # the kernel died (out of memory, say), or the disk is full
        row |= {"status": "failed", "error": f"{type(error).__name__}: {error}"}
    seconds, peak = progress.stop()
    book = json.loads(output.read_text(encoding="utf-8"))
    report.write_page(output, folder / f"{path.stem}.html")
    return row | results.recorded(book) | {"seconds": round(seconds, 1), "peak_mib": round(peak / 2**20)}


def _effective(path, values):
    """Return every parameter a run used, as text for the defaults and as values for the rest."""
    return {name: default for name, (_, default) in parameters(path).items()} | values


def _typed(text, name, type_name, default):
    wanted = _TYPES.get(type_name, str)
    try:
        if wanted is bool:
            return {"true": True, "false": False}[text.lower()]
        return wanted(text)
    except (ValueError, KeyError):
        raise ValueError(f"The parameter {name} is of type {type_name} (default {default}), found {text!r}.") from None


def _run_folder(out, profile, resume):
    if out is None:
        earlier = sorted(paths.RUNS.glob(f"*_{profile}/receipt.json"))
        if resume and not earlier:
            raise ValueError(f"There is no {profile} run under runs/ to resume. Leave out --resume.")
        started = datetime.datetime.now().strftime("%Y-%m-%d_%H%M%S")
        out = earlier[-1].parent if resume else paths.RUNS / f"{started}_{profile}"
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / ".writable").touch()
        (out / ".writable").unlink()
    except OSError as error:
        raise ValueError(f"The output folder {out} cannot be written ({error.strerror}). Name another with --out.") from None
    return out


def _receipt(folder, profile, resume):
    file = folder / "receipt.json"
    earlier = json.loads(file.read_text(encoding="utf-8")) if resume and file.exists() else {}
    return {"profile": profile, "started": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "machine": runtime.machine(), "versions": runtime.versions(),
            "notebooks": earlier.get("notebooks", {})}


def _sources(path):
    """Return a hash of what decides a notebook's result besides its parameters and data."""
    digest = hashlib.sha256(code_hash(nbformat.read(path, as_version=4)).encode())
    for module in sorted((paths.ROOT / "helpers").rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def _key(path, values):
    """Return what must be unchanged for a finished notebook to be skipped by ``--resume``."""
    return hashlib.sha256(json.dumps([_sources(path), values, os.environ.get("MASKBOOK_DATA", "")]).encode()).hexdigest()


def _write(folder, receipt):
    for name, content in (("receipt.json", receipt), ("scores.json", report.scores(receipt))):
        part = folder / f"{name}.part"  # a run cut here must not leave half a receipt behind
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(folder / name)
    report.write_index(folder, receipt)


def _store(path, executed):
    """Write the outputs of an executed notebook back into its source, without times and machine."""
    source, done = nbformat.read(path, as_version=4), nbformat.read(executed, as_version=4)
    cells = [cell for cell in done.cells if cell.cell_type == "code"]
    for cell, ran in zip((c for c in source.cells if c.cell_type == "code"), cells, strict=True):
        cell.outputs, cell.execution_count = _joined_streams(ran.outputs), ran.execution_count
    source.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "maskbook": {"code": code_hash(source), "seconds": [round(cell.metadata.papermill.duration) for cell in cells]},
    })
    nbformat.write(source, path)
    print(f"Stored the outputs of {path.name}.")


def _joined_streams(outputs):
    """Join neighbouring pieces of printed text: how they were cut depends on timing."""
    joined = []
    for output in outputs:
        output.pop("execution_info", None)
        if joined and output.output_type == "stream" == joined[-1].output_type and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _value(item):
    return item.get("value") if isinstance(item, dict) else item


if sys.platform == "win32":  # papermill's kernel client wants this event loop there
    import asyncio

    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
