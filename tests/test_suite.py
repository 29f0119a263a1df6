"""The runner: what it runs, with which parameters, and what is left when anything goes wrong."""

import contextlib
import errno
import json
import math
import os
import signal
import stat
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers import course as books
from helpers import receipt, suite
from helpers.progress import Progress

SCORE = {"what": "share of right answers", "better": "higher", "original": 0.9,
         "generated": {"baseline": 0.5, "floor": 0.8, "goal": 0.95}}
ERROR = {"what": "mean error in pixels", "better": "lower", "original": None,
         "generated": {"baseline": 9.0, "floor": 4.0, "goal": 1.0}}
NOTE = "open('../ran.txt', 'a').write({!r})"  # in the course's folder: which notebooks have run


@pytest.fixture
def inside(course, monkeypatch):
    """A course with no notebooks yet, which this process takes for its own."""
    return course.enter(monkeypatch)


@pytest.fixture
def known(inside):
    """Three notebooks for what needs no kernel."""
    inside.notebook("00_start")
    inside.notebook("01_first", parameters="seed: int = 1\nrate: float = 0.5  # step\nreal: bool = False\n"
                                           "source: str = 'auto'  # or 'real'\nepochs: int = 3")
    inside.notebook("02_second", parameters=None)
    return inside


# Which notebooks, with which parameters.

@pytest.mark.parametrize(("numbers", "names"), [
    ([], ["00_start", "01_first", "02_second"]),
    (["1"], ["01_first"]),
    (["01"], ["01_first"]),
    (["02_second", "0"], ["02_second", "00_start"]),
    (["notebooks/01_first.ipynb"], ["01_first"]),
    (["2", "02", "02_second"], ["02_second"]),
])
def test_notebooks_are_named_in_several_ways(known, numbers, names):
    assert [path.stem for path in books.select(numbers)] == names


@pytest.mark.parametrize("text", ["3", "99", "01_second", "first", "", "1-2", "-1", "001_first"])
def test_an_unknown_notebook_is_told_with_the_known_ones(known, text):
    status, told = known.command("run", "--", text)
    assert status == 2
    assert told == f"maskbook: There is no notebook {text!r}. There are: 00, 01, 02."


def test_no_notebooks_at_all(known):
    for path in known.notebooks.glob("*.ipynb"):
        path.unlink()
    assert known.command("run") == (2, "maskbook: There are no notebooks in notebooks.")


def test_parameters_are_typed(known):
    assert books.parameters(known.notebooks / "01_first.ipynb") == {
        "seed": ("int", 1), "rate": ("float", 0.5), "real": ("bool", False), "source": ("str", "auto"),
        "epochs": ("int", 3)}
    assert books.parameters(known.notebooks / "02_second.ipynb") == {}


def test_pairs_are_typed_and_go_where_they_belong(known):
    pairs = ["epochs=4", "rate=1e-3", "real=True", "source=a=b", "seed=-1"]
    assert books.settings(pairs, books.select([])) == {
        "00_start": {"epochs": 4, "seed": -1},
        "01_first": {"epochs": 4, "rate": 0.001, "real": True, "source": "a=b", "seed": -1}, "02_second": {}}


@pytest.mark.parametrize(("pair", "told"), [
    ("epochs", "--set wants NAME=VALUE, found 'epochs'. For example: --set epochs=1"),
    ("epoch=1", "No chosen notebook has a parameter 'epoch'. They have: epochs, rate, real, seed, source."),
    ("epochs=three", "The parameter epochs is of type int (default 3), found 'three'."),
    ("epochs=1.5", "The parameter epochs is of type int (default 3), found '1.5'."),
    ("epochs=", "The parameter epochs is of type int (default 3), found ''."),
    ("rate=fast", "The parameter rate is of type float (default 0.5), found 'fast'."),
    ("real=perhaps", "The parameter real is of type bool (default False), found 'perhaps'."),
])
def test_a_wrong_parameter_is_told(known, pair, told):
    assert known.command("run", "1", "--set", pair) == (2, f"maskbook: {told}")
    assert not (known.root / "runs").exists()


def test_a_profile_sets_parameters_and_pairs_win(known):
    (known.notebooks / "profiles/smoke.yaml").write_text("01_first: {epochs: 1, rate: 1}\n02_second:\n")
    chosen = books.select(["1", "2"])
    assert list(books.plan(chosen, "smoke", ["rate=0.25"]).values()) == [{"epochs": 1, "rate": 0.25}, {}]
    assert list(books.plan(chosen, "lesson").values()) == [{}, {}]
    assert list(books.plan(chosen, "full").values()) == [{}, {}]


@pytest.mark.parametrize(("content", "told"), [
    ("01_first: {epoch: 1}", "sets 'epoch' in 01_first, which has no such parameter. It has: seed, rate"),
    ("01_first: {epochs: 1.5}", "sets epochs in 01_first to 1.5; the parameter is of type int."),
    ("01_first: {epochs: true}", "sets epochs in 01_first to True; the parameter is of type int."),
    ("01_first: {source: 3}", "sets source in 01_first to 3; the parameter is of type str."),
    ("01_first: 3", "is not a profile"),
    ("- 01_first", "is not a profile"),
    ("01_first: {", "is not a profile"),
])
def test_a_wrong_profile_is_told(known, content, told):
    (known.notebooks / "profiles/smoke.yaml").write_text(content)
    status, line = known.command("run", "--profile", "smoke")
    assert status == 2
    assert told in line
    assert "smoke.yaml" in line


@pytest.mark.parametrize(("arguments", "told"), [
    (["--profile", "tiny"], "There is no profile 'tiny'. There are: smoke, lesson, study, ship, full."),
    (["--store", "--profile", "smoke"], "Stored outputs come from the lesson size: leave out"),
    (["--store", "--set", "seed=1"], "Stored outputs come from the lesson size: leave out"),
    (["--resume"], "There is no lesson run under runs/ to resume. Leave out --resume."),
])
def test_other_mistakes_are_told(known, arguments, told):
    status, line = known.command("run", "1", *arguments)
    assert status == 2
    assert line.startswith(f"maskbook: {told}")


@pytest.mark.parametrize("content", ["", "{}", "not a notebook", '{"cells": 3, "nbformat": 4}', "[1]"])
def test_a_broken_notebook_is_told(known, content):
    (known.notebooks / "01_first.ipynb").write_text(content)
    status, line = known.command("run")
    assert status == 2
    assert "01_first.ipynb is not a notebook" in line
    assert line.count("\n") == 0


def test_a_folder_that_cannot_be_written_is_told(known, tmp_path):
    file = tmp_path / "file"
    file.write_text("kept")
    for out, reason in ((file, "it is a file"), (file / "below", "Not a directory"), ("/proc/1/run", "No such file")):
        status, line = known.command("run", "1", "--out", out)
        assert status == 2
        assert line.startswith(f"maskbook: The output folder {out} cannot be written ({reason}")
    assert file.read_text() == "kept"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(known, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    assert "cannot be written (Permission denied)" in known.command("run", "1", "--out", closed / "run")[1]


def test_the_sources_are_never_overwritten(known):
    before = (known.notebooks / "01_first.ipynb").read_bytes()
    for out in (known.notebooks, "notebooks", "notebooks/../notebooks"):
        status, line = known.command("run", "1", "--out", out)
        assert status == 2
        assert "would replace their sources" in line
    assert (known.notebooks / "01_first.ipynb").read_bytes() == before


def test_a_run_to_resume_must_be_of_the_same_size_and_whole(known, tmp_path):
    receipt.write(tmp_path, receipt.begin(tmp_path, "smoke", resume=False))
    assert "holds a run at smoke size. Go on with it by --profile smoke" in known.command(
        "run", "1", "--out", tmp_path, "--resume")[1]
    (tmp_path / "receipt.json").write_text('{"profile": ')
    assert "is not the receipt of a run" in known.command("run", "1", "--out", tmp_path, "--resume")[1]


def test_a_course_without_real_sets_has_nothing_to_run_on_them(known):
    told = "None of these notebooks has a real set besides MNIST: nothing to run."
    assert known.command("run", "0", "--real") == (0, told)


def test_the_key_of_a_run_changes_with_all_that_decides_it(known, monkeypatch):
    path = known.notebooks / "01_first.ipynb"
    keys = [receipt.key(path, {}), receipt.key(path, {"epochs": 1})]
    monkeypatch.setenv("MASKBOOK_DATA", "elsewhere")
    keys.append(receipt.key(path, {}))
    known.notebook("01_first", "1 + 1")
    keys.append(receipt.key(path, {}))
    monkeypatch.setattr(receipt, "files", lambda: {"mnist.npz": "another"})
    keys.append(receipt.key(path, {}))
    monkeypatch.setattr(receipt.runtime, "versions", lambda: {"keras": "4"})
    keys.append(receipt.key(path, {}))
    assert len(set(keys)) == len(keys)
    assert receipt.key(path, {}) == keys[-1]


# A run from the command line.

@pytest.fixture(scope="module")
def run_of_all(shared_course):
    """One lesson run of notebooks that end in every way, in a folder whose name papermill would fill in."""
    course = shared_course
    course.references({"01_first": {"accuracy": SCORE, "error": ERROR}, "02_below": {"accuracy": SCORE},
                       "03_forgets": {"accuracy": SCORE}, "06_lies": {"accuracy": SCORE}})
    course.notebook("00_start", "import os\nprint(os.environ['MASKBOOK_QUIET'], os.environ['MASKBOOK_DATA'])",
                    "memory = bytearray(300 * 2**20)\nimport time; time.sleep(1)")
    course.notebook("01_first", course.record("01_first", accuracy="0.925 + epochs / 64", error=0.5))
    course.notebook("02_below", course.record("02_below", accuracy=0.7999))
    course.notebook("03_forgets", "'no score'")
    course.notebook("04_raises", "1 + 1", "raise ValueError('a bad\\nvalue')", "2 + 2")
    course.notebook("05_dies", "print('still here')", "import os\nos._exit(3)")
    course.notebook("06_lies", course.record("01_first", accuracy=0.99))
    return course, *course.run("run", "--out", "out {x}")


def _rows(run_of_all):
    return run_of_all[0].receipt("out {x}")["notebooks"]


def test_the_exit_status_and_every_sentence_of_a_bad_run(run_of_all):
    _, status, printed, errors = run_of_all
    assert status == 1
    told = [line[2:] for line in printed.splitlines() if line.startswith("✘")]
    assert told == [
        "02_below: accuracy is 0.7999, the floor is 0.8000",
        "03_forgets recorded no score 'accuracy'",
        "04_raises failed in cell 3: ValueError: a bad",
        "05_dies failed in cell 3: its Python process ended (killed, or out of memory)",
        "06_lies failed after its last cell: 06_lies records scores under another name, '01_first'."]
    assert "WARNING" not in errors
    assert "100 %" in errors.splitlines()[-1]


def test_the_run_folder_holds_everything(run_of_all):
    folder = run_of_all[0].root / "out {x}"
    names = sorted(path.stem for path in run_of_all[0].notebooks.glob("*.ipynb"))
    pages = [f"{name}{ending}" for name in names for ending in (".html", ".ipynb")]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["index.html", "receipt.json", "scores.json", *pages])


def test_the_scores_have_the_shape_that_is_documented(run_of_all):
    scores = json.loads((run_of_all[0].root / "out {x}/scores.json").read_text())
    assert scores == {
        "01_first": {"accuracy": {"value": 0.95625, "floor": 0.8, "goal": 0.95, "original": 0.9, "baseline": 0.5,
                                  "source": "generated", "better": "higher", "what": SCORE["what"]},
                     "error": {"value": 0.5, "floor": 4.0, "goal": 1.0, "original": None, "baseline": 9.0,
                               "source": "generated", "better": "lower", "what": ERROR["what"]}},
        "02_below": {"accuracy": scores["02_below"]["accuracy"]}}
    assert scores["02_below"]["accuracy"]["value"] == 0.7999


def test_the_receipt_holds_what_is_needed_to_repeat_the_run(run_of_all):
    noted = run_of_all[0].receipt("out {x}")
    assert noted["profile"] == "lesson"
    assert noted["versions"]["papermill"]
    assert noted["machine"]["cores"] >= 1
    row = noted["notebooks"]["01_first"]
    assert row["parameters"] == {"seed": 7, "epochs": 2}
    assert row["seed"] == 7
    assert row["data"] == {"toy": "ab12"}
    assert row["files"].keys() == {"references.json"}
    assert len(row["sources"]) == 64
    assert 0.3 < row["seconds"] < 60


def test_the_peak_of_memory_is_that_of_each_notebook(run_of_all):
    peaks = {name: row["peak_mib"] for name, row in _rows(run_of_all).items()}
    assert peaks["00_start"] > 300
    assert 50 < peaks["01_first"] < peaks["00_start"] - 200


def test_a_kernel_knows_where_things_are_and_that_it_is_to_be_quiet(run_of_all):
    book = nbformat.read(run_of_all[0].root / "out {x}/00_start.ipynb", as_version=4)
    assert book.cells[2].outputs[0].text == f"1 {run_of_all[0].root.resolve()}/data/real\n"


def test_a_failed_notebook_is_written_up_to_its_failure(run_of_all):
    book = nbformat.read(run_of_all[0].root / "out {x}/05_dies.ipynb", as_version=4)
    assert any("still here" in output.text for cell in book.cells for output in cell.get("outputs", []))


def test_small_sizes_are_not_judged_and_equal_runs_compare_equal(shared_course, run_of_all, monkeypatch):
    course = shared_course.enter(monkeypatch)
    (course.notebooks / "profiles/smoke.yaml").write_text("01_first: {epochs: -32}")
    for out in ("a", "b"):
        status, printed = course.command("run", "1", "2", "3", "--profile", "smoke", "--out", out)
        assert status == 0, printed
        assert "0.4250" in printed
    status, printed = course.command("compare", "a", "b")
    assert (status, printed) == (0, "Equal: scores, parameters, sources and data, to the last digit.")

    noted = course.receipt("b")
    score = noted["notebooks"]["01_first"]["scores"]["accuracy"]
    value, score["value"] = score["value"], math.nextafter(score["value"], 1)
    noted["notebooks"]["01_first"]["parameters"]["epochs"] = -31
    noted["notebooks"]["02_below"]["data"]["toy"] = "ab13"
    noted["notebooks"]["02_below"]["files"]["references.json"] = "other"
    noted["machine"]["cores"] = 64
    del noted["notebooks"]["03_forgets"]
    (course.root / "b/receipt.json").write_text(json.dumps(noted))
    status, printed = course.command("compare", "a", "b")
    hash_ = course.receipt("a")["notebooks"]["02_below"]["files"]["references.json"]
    assert status == 1
    assert printed.splitlines() == [
        "01_first: parameters epochs: -32 and -31",
        f"01_first: scores accuracy value: {value!r} and {math.nextafter(value, 1)!r}",
        "02_below: data toy: ab12 and ab13",
        f"02_below: files references.json: {hash_} and other",
        "03_forgets: only in a",
        f"(not compared, but may be why: machine cores: {course.receipt('a')['machine']['cores']} and 64)",
        "Differences: 5."]


def test_what_is_no_run_cannot_be_compared(inside, tmp_path):
    assert inside.command("compare", tmp_path, tmp_path) == (
        2, f"maskbook: {tmp_path} is not a run folder: it has no receipt.json. Name a folder under runs/.")
    (tmp_path / "receipt.json").write_text("[]")
    assert "is not the receipt of a run" in inside.command("compare", tmp_path, tmp_path)[1]


def test_resume_runs_only_what_is_not_finished(inside):
    inside.notebook("00_start", NOTE.format("0"))
    inside.notebook("01_first", NOTE.format("1"), "raise RuntimeError('not yet')")
    assert inside.command("run")[0] == 1
    assert inside.command("run", "--resume")[0] == 1  # the newest run of this size
    assert (inside.root / "ran.txt").read_text() == "01" + "1"
    inside.notebook("01_first", NOTE.format("1"))
    status, printed = inside.command("run", "--resume")
    assert status == 0
    assert printed.count("finished") == 2
    assert (inside.root / "ran.txt").read_text() == "011" + "1"
    assert inside.command("run", "--resume")[0] == 0
    assert (inside.root / "ran.txt").read_text() == "0111"
    assert inside.command("run", "0", "--resume", "--set", "epochs=5")[0] == 0  # other parameters
    assert (inside.root / "ran.txt").read_text() == "0111" + "0"
    assert len(list((inside.root / "runs").iterdir())) == 1


def _interrupted(course, *arguments, group, ready):
    """Run, interrupt it as Ctrl-C does once `ready` is there, and return exit status, output and errors."""
    process = course.start(*arguments, start_new_session=True)
    deadline = time.monotonic() + 60
    while not ready.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert ready.exists(), process.communicate()
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    printed, errors = process.communicate(timeout=30)
    return process.returncode, printed, errors


def _processes_of(course):
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("PYTHONPATH", "").startswith(str(course.root)):
                found.append(process.cmdline())
    return found


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("group", [True, False], ids=["from the terminal", "to the process"])
def test_an_interrupted_run_is_resumed(course, group, monkeypatch):
    course.notebook("00_start", NOTE.format("0"))
    course.notebook("01_slow", NOTE.format("1"), "open('../ready', 'w').close()\nimport time\n"
                                                 "for _ in range(300 if epochs else 1): time.sleep(0.1)")
    course.notebook("02_last", NOTE.format("2"))
    (course.root / "out").mkdir()
    earlier = {"status": "finished", "key": "of other parameters", "scores": {}, "seconds": 1.0, "peak_mib": 1}
    receipt.write(course.root / "out", receipt.begin(course.root, "lesson", resume=False) | {
        "notebooks": {"01_slow": earlier}})  # what is about to be overwritten must not be told as finished
    status, printed, errors = _interrupted(course, "run", "--set", "seed=5", "--out", "out", "--resume", group=group,
                                           ready=course.root / "ready")
    assert status == 130
    assert "Traceback" not in errors
    again = "run --profile lesson --set seed=5 --out out --resume"
    assert printed == ("Interrupted in 01_slow; what was finished before is kept. "
                       f"Go on with: python -m helpers {again}\n")
    assert _processes_of(course) == []
    assert list(course.receipt()["notebooks"]) == ["00_start"]
    assert json.loads((course.root / "out/scores.json").read_text()) == {}

    course.notebook("01_slow", NOTE.format("1"))
    status, printed = course.enter(monkeypatch).command(*again.split())
    assert status == 0, printed
    assert (course.root / "ran.txt").read_text() == "0112"
    assert list(course.receipt()["notebooks"]) == ["00_start", "01_slow", "02_last"]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupt_before_the_first_cell(course):
    course.notebook("00_start", "1")
    process = course.start("run", "--out", "out", start_new_session=True)
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT)
    assert len((printed + errors.strip()).splitlines()) <= 2
    assert "Traceback" not in printed + errors


def test_a_half_written_receipt_is_never_seen(tmp_path, monkeypatch):
    noted = receipt.begin(tmp_path, "smoke", resume=False)
    receipt.write(tmp_path, noted)
    whole = Path.write_text

    def write_text(path, text, **options):
        whole(path, text[:len(text) // 2], **options)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(OSError, match="No space left"):
        receipt.write(tmp_path, noted | {"profile": "full"})
    assert receipt.load(tmp_path) == noted


def test_stored_outputs_are_clean_stamped_and_fresh(inside):
    path = inside.notebook("00_start", "print('a', flush=True)\nimport time; time.sleep(0.3)\nprint('b')", "3 + epochs")
    assert inside.command("run", "--store", "--out", "out")[0] == 0
    book = nbformat.read(path, as_version=4)
    assert book.metadata.maskbook.code == suite.code_hash(book)
    assert len(book.metadata.maskbook.seconds) == 3
    assert "papermill" not in json.dumps(book)
    assert [cell.execution_count for cell in book.cells[1:]] == [1, 2, 3]
    assert [output.text for output in book.cells[2].outputs] == ["a\nb\n"]
    assert book.cells[3].outputs[0].data["text/plain"] == "5"
    stored = path.read_bytes()
    assert inside.command("run", "--store", "--out", "out")[0] == 0
    assert path.read_bytes() == stored


def test_nothing_is_stored_after_a_failure(inside):
    good, bad = inside.notebook("00_start", "1 + 1"), inside.notebook("01_bad", "raise RuntimeError")
    before = good.read_bytes(), bad.read_bytes()
    status, printed = inside.command("run", "--store", "--out", "out")
    assert status == 1
    assert "Stored nothing: notebooks/ is as it was." in printed
    assert (good.read_bytes(), bad.read_bytes()) == before


def test_a_real_run_is_measured(inside):
    real = SCORE | {"real": {"baseline": 0.6, "floor": None, "goal": None}}
    inside.references({"01_first": {"accuracy": real}})
    cell = inside.record("01_first", accuracy=0.7).replace("'generated'", "source")
    inside.notebook("00_start", "raise RuntimeError('has no real set, so it must not run')")
    inside.notebook("01_first", cell, parameters="source: str = 'generated'  # or 'real'")
    status, printed = inside.command("run", "--real", "--out", "out")
    assert status == 0, printed
    measured = json.loads((inside.root / "data/measured.json").read_text())
    assert measured["01_first"]["scores"] == {"accuracy": 0.7}
    assert measured["01_first"]["data"] == {"toy": "ab12"}
    assert measured["01_first"].keys() == {"scores", "profile", "date", "machine", "data"}
    (inside.root / "data/measured.json").unlink()
    assert inside.command("run", "--real", "--profile", "smoke", "--out", "out")[0] == 0
    assert not (inside.root / "data/measured.json").exists()


def test_the_bar_ends_at_its_end_however_quick_the_notebooks(known, capsys):
    *ran, skipped = chosen = books.select([])
    with Progress(chosen) as progress:
        for path in ran:
            progress.start(path)
            progress.stop()
        progress.skip(skipped)
    assert "01_first, cell 1 of 1 100 %" in capsys.readouterr().err


def test_help_reads_well(inside):
    status, text = inside.command("run", "--help")
    assert status == 0
    assert "python -m helpers run 02 --set epochs=1" in text
    assert all(option in text for option in ("--profile", "--set", "--out", "--resume", "--store", "--real"))
