"""Every notebook has the anatomy of the course, and runs: its ✔ cells reproduce their stored output.

A rule is a function that yields the faults of a notebook. Each is tried on every notebook, and on a
good small notebook that is then spoiled: a rule that finds nothing there guards nothing.
"""

import ast
import copy
import json
import os
import re
import statistics
import subprocess
import sys

import nbformat
import papermill.iorw
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.parameterize import parameterize_notebook

from helpers import course, paths, report, suite

NOTEBOOKS = course.notebooks()
MOST_CELLS = {"07": 70}
TAGS = {"parameters", "imports", "architecture", "exercise", "nbval-check-output", "nbval-ignore-output",
        "nbval-skip", "nbval-raises-exception"}
MACHINE_PATH = re.compile(r"(?<![\w.])(?:/(?:root|home|work|tmp|Users|var|opt|mnt)/[\w.-]+|[A-Z]:\\\w+)")
BAR = re.compile("[\r\b█▏▎▍▌▋▊▉━]|\\d+%\\|| \\d+/\\d+ \\[")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)|<img\b[^>]*>")


def _code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def _prose(book):
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def _tags(cell):
    return cell.metadata.get("tags", [])


def _lines(cell):
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def _shown(output):
    """Return all text that an output shows."""
    return "\n".join([output.get("text", ""), *output.get("traceback", []),
                      *(str(part) for mime, part in output.get("data", {}).items() if mime.startswith("text/"))])


def _names(tree, kind):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}


def has_one_parameters_cell(book, name):
    """At most ten typed, commented scalars in the first code cell; one of them seeds all that is random."""
    tagged = [cell for cell in _code(book) if "parameters" in _tags(cell)]
    if len(tagged) != 1 or tagged[0] is not _code(book)[0]:
        yield "wants one cell tagged 'parameters', and it as the first code cell"
        return
    lines = [line for line in tagged[0].source.splitlines() if line.strip()]
    nodes = ast.parse(tagged[0].source).body
    if len(nodes) > 10:
        yield f"{len(nodes)} parameters (over 10)"
    if len(lines) != len(nodes):
        yield "the parameters cell holds more than one line a parameter"
    for line, node in zip(lines, nodes, strict=False):
        typed = isinstance(node, ast.AnnAssign) and node.value is not None and ast.unparse(node.annotation)
        if typed not in course.TYPES:
            yield f"{line!r}: wants name: type = value, with a type of {', '.join(course.TYPES)}"
        elif not course.fits(ast.literal_eval(node.value), typed):
            yield f"{line!r}: the value is not of the type"
        if not line.partition("#")[2].strip():
            yield f"{line!r}: wants a comment"
    if "seed" not in [node.target.id for node in nodes if isinstance(node, ast.AnnAssign)]:
        yield "wants a parameter seed: the receipt records it"


def has_one_imports_cell(book, name):
    """The exercises run after this cell alone, so it must be one and complete."""
    tagged = [cell for cell in _code(book) if "imports" in _tags(cell)]
    if len(tagged) != 1:
        yield f"{len(tagged)} cells tagged 'imports' (wants 1)"
    for cell in _code(book):
        names = [ast.unparse(node) for node in ast.walk(ast.parse(cell.source))
                 if isinstance(node, ast.Import | ast.ImportFrom)]
        if names and cell not in tagged:
            yield f"{names[0]!r} stands outside the imports cell"


def has_known_tags(book, name):
    """A misspelt nbval tag would silently compare nothing."""
    for cell in book.cells:
        yield from (f"unknown tag {tag!r}" for tag in _tags(cell) if tag not in TAGS)


def compares_something(book, name):
    """nbval skips a cell without an execution count, and never compares pictures."""
    tagged = [cell for cell in _code(book) if "nbval-check-output" in _tags(cell)]
    if not tagged:
        yield "no cell tagged 'nbval-check-output'"
    for cell in tagged:
        if cell.execution_count is None:
            yield f"compared cell without an execution count: {cell.source[:60]!r}"
        if not any(_shown(output).strip() for output in cell.outputs):
            yield f"compared cell without text: {cell.source[:60]!r}"
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            yield f"compared cell with a picture, whose size text depends on the machine: {cell.source[:60]!r}"


def is_from_one_clean_run(book, name):
    counts = [cell.execution_count for cell in _code(book)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the execution counts are {counts}: store outputs with make lessons"
    stamp = book.metadata.get("maskbook", {})
    if stamp.get("code") != suite.code_hash(book):
        yield "its code has changed since its outputs were stored: make lessons"
    if sum(stamp.get("seconds", [])) > report.LESSON_SECONDS:
        yield f"its stored run took {sum(stamp['seconds'])} s (over {report.LESSON_SECONDS})"


def has_clean_outputs(book, name):
    for number, cell in enumerate(_code(book), 1):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"code cell {number}: a stored {output.ename}"
            if output.get("name") == "stderr":
                yield f"code cell {number}: stored stderr: {output.text[:80]!r}"
            if BAR.search(_shown(output)):
                yield f"code cell {number}: a progress bar in its output"
            if MACHINE_PATH.search(_shown(output)):
                yield f"code cell {number}: a path of one machine in its output"
            if any(mime.endswith(("javascript", "widget-view+json")) for mime in output.get("data", {})):
                yield f"code cell {number}: an output that a page without scripts cannot show"


def names_no_machine(book, name):
    for cell in book.cells:
        if MACHINE_PATH.search(cell.source):
            yield f"a path of one machine in {cell.source[:60]!r}"
    if MACHINE_PATH.search(json.dumps(book.metadata)):
        yield "a path of one machine in its metadata"
    unknown = book.metadata.keys() - {"kernelspec", "language_info", "maskbook", "jupytext"}
    if unknown:
        yield f"metadata left by a tool: {', '.join(sorted(unknown))}"
    if book.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernel is not called python3"


def is_small(book, name):
    size = len(nbformat.writes(book).encode())
    if size > 2**20:
        yield f"{size / 2**20:.1f} MB (over 1)"


def describes_its_pictures(book, name):
    for number, cell in enumerate(_code(book), 1):
        for output in cell.outputs:
            for mime in output.get("data", {}):
                if mime.startswith("image/") and not output.metadata.get(mime, {}).get("alt", "").strip():
                    yield f"code cell {number}: a picture without alternative text (show.figure gives one)"
    for match in IMAGE.finditer(_prose(book)):
        if match[1] is not None and not match[1].strip():
            yield f"a picture in its prose without alternative text: {match[0][:60]}"
        if "http" in match[0]:
            yield f"a picture from the network: {match[0][:60]}"


def teaches(book, name):
    prose = _prose(book).lower()
    yield from (f"no {word!r} in its prose" for word in ("learn", "recap", "exercise", "quiz") if word not in prose)
    folded = prose.count("<details>")
    if folded < 3 or folded != prose.count("</details>"):
        yield f"{folded} folded answers (wants three quiz questions)"
    exercises = sum("exercise" in _tags(cell) for cell in _code(book))
    if exercises < 3:
        yield f"{exercises} exercises (wants predict, modify, build)"
    if not book.cells[0].source.startswith(f"# {name[:2]} · "):
        yield f"its title is not '# {name[:2]} · …'"


def cites_its_sources(book, name):
    found = re.search(r"\*\*References\.?\*\*|^#+ References", _prose(book), re.MULTILINE)
    links = re.findall(r"\]\((https?://[^)\s]+)\)", _prose(book)[found.start():]) if found else []
    if not any("doi.org/" in link or "arxiv.org/" in link for link in links):
        yield "no reference with a link to a DOI or to arXiv"


def reads_like_a_book(book, name):
    sizes = [_lines(cell) for cell in _code(book)]
    if not 30 <= len(book.cells) <= MOST_CELLS.get(name[:2], 48):
        yield f"{len(book.cells)} cells (wants 30 to {MOST_CELLS.get(name[:2], 48)})"
    if statistics.median(sizes) > 10:
        yield f"the median code cell has {statistics.median(sizes)} lines (over 10)"
    for number, (cell, size) in enumerate(zip(_code(book), sizes, strict=True), 1):
        longest = 60 if "architecture" in _tags(cell) else 40
        if size > longest:
            yield f"code cell {number}: {size} lines (over {longest})"
    if len(_prose(book).split()) < 12 * len(sizes):
        yield f"{len(_prose(book).split())} words for {len(sizes)} code cells (wants 12 a cell)"


def has_readable_equations(book, name):
    """The report draws equations as MathML; what its converter does not know would show as TeX."""
    for code, block, inline in report.CODE_OR_MATH.findall(_prose(book)):
        if not code and (block or inline):
            mathml = report.mathml(block or inline)
            if "\\" in mathml or "<code>" in mathml:
                yield f"an equation that cannot be drawn: {(block or inline).strip()[:80]}"


def keeps_exercises_apart(book, name):
    """In the student edition an answer is missing, so no later cell may need it."""
    answers = set()
    for number, cell in enumerate(_code(book), 1):
        tree = ast.parse(cell.source)
        if "exercise" not in _tags(cell):
            needed = _names(tree, ast.Load) & answers - _names(tree, ast.Store)
            yield from (f"code cell {number} needs the answer {answer!r}" for answer in sorted(needed))
            continue
        for node in tree.body:
            answers |= {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else _names(node, ast.Store)


RULES = [has_one_parameters_cell, has_one_imports_cell, has_known_tags, compares_something, is_from_one_clean_run,
         has_clean_outputs, names_no_machine, is_small, describes_its_pictures, teaches, cites_its_sources,
         reads_like_a_book, has_readable_equations, keeps_exercises_apart]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS.values(), ids=lambda path: path.stem)
def test_anatomy(path, rule):
    book = course.read(path)
    nbformat.validate(book)
    assert list(rule(book, path.stem)) == []


# The rules themselves.

def _good():
    prose = "Words that explain what the next cell does, and why it is worth doing here. "
    cells = [new_markdown_cell("# 01 · Good\n\nYou will learn. ![a mask](x.png)"),
             new_code_cell("seed: int = 1  # of all\nrate: float = 0.5  # step", metadata={"tags": ["parameters"]}),
             new_code_cell("import numpy as np", metadata={"tags": ["imports"]})]
    for i in range(3):
        cells += [new_markdown_cell(f"**Exercise {i}** $x^2$ " + prose),
                  new_code_cell(f"answer{i} = 1", metadata={"tags": ["exercise"]})]
    for i in range(10):
        cells += [new_markdown_cell(prose), new_code_cell(f"print({i})")]
    cells += [new_markdown_cell("## Quiz\n" + "<details>a</details>" * 3 + "\n## Recap\n\n**References.** "
                                "[a](https://doi.org/10.1)" + prose * 4)]
    book = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for number, cell in enumerate(_code(book), 1):
        cell.execution_count = number
    cell = _code(book)[-1]
    cell.metadata.tags = ["nbval-check-output"]
    cell.outputs = [new_output("stream", name="stdout", text="9\n")]
    _code(book)[-2].outputs = [new_output("display_data", data={"image/png": "aaaa", "text/plain": "<Image>"},
                                          metadata={"image/png": {"alt": "a mask"}})]
    book.metadata["maskbook"] = {"code": suite.code_hash(book), "seconds": [10] * len(_code(book))}
    return book


def _set(cell, **values):
    for name, value in values.items():
        cell[name] = value


def _text(text, name="stdout"):
    return [new_output("stream", name=name, text=text)]


SPOILED = [
    (has_one_parameters_cell, "the first code cell", lambda book: book.cells.insert(1, new_code_cell("1"))),
    (has_one_parameters_cell, "over 10", lambda book: _set(_code(book)[0], source="\n".join(
        f"p{i}: int = {i}  # x" for i in range(11)))),
    (has_one_parameters_cell, "wants name: type", lambda book: _set(_code(book)[0], source="seed = 1  # of all")),
    (has_one_parameters_cell, "not of the type", lambda book: _set(_code(book)[0], source="seed: int = 1.5  # of all")),
    (has_one_parameters_cell, "wants a comment", lambda book: _set(_code(book)[0], source="seed: int = 1")),
    (has_one_parameters_cell, "wants a parameter seed", lambda book: _set(_code(book)[0], source="a: int = 1  # x")),
    (has_one_imports_cell, "0 cells", lambda book: _code(book)[1].metadata.tags.clear()),
    (has_one_imports_cell, "outside the imports", lambda book: _set(_code(book)[5], source="import os")),
    (has_known_tags, "nbval-check-outputs", lambda book: _set(_code(book)[5].metadata, tags=["nbval-check-outputs"])),
    (compares_something, "no cell tagged", lambda book: _code(book)[-1].metadata.tags.clear()),
    (compares_something, "without an execution", lambda book: _set(_code(book)[-1], execution_count=None)),
    (compares_something, "without text", lambda book: _code(book)[-1].outputs.clear()),
    (compares_something, "with a picture", lambda book: _code(book)[-1].outputs.extend(_code(book)[-2].outputs)),
    (is_from_one_clean_run, "execution counts", lambda book: _set(_code(book)[4], execution_count=99)),
    (is_from_one_clean_run, "its code has changed", lambda book: _set(_code(book)[-1], source="print(10)")),
    (is_from_one_clean_run, "its code has changed", lambda book: book.metadata.pop("maskbook")),
    (is_from_one_clean_run, "its stored run took", lambda book: book.metadata.maskbook.seconds.append(200)),
    (has_clean_outputs, "a stored ValueError", lambda book: _set(_code(book)[4], outputs=[
        new_output("error", ename="ValueError", evalue="x", traceback=[])])),
    (has_clean_outputs, "stored stderr", lambda book: _set(_code(book)[4], outputs=_text("W0000 x", "stderr"))),
    (has_clean_outputs, "a progress bar", lambda book: _set(_code(book)[4], outputs=_text("50%|█████     | 1/2"))),
    (has_clean_outputs, "a progress bar", lambda book: _set(_code(book)[4], outputs=_text("1/2 \r2/2"))),
    (has_clean_outputs, "a path of one machine", lambda book: _set(_code(book)[4], outputs=_text("in /home/ann/x"))),
    (has_clean_outputs, "without scripts", lambda book: _set(_code(book)[4], outputs=[new_output(
        "display_data", data={"application/vnd.jupyter.widget-view+json": {}})])),
    (names_no_machine, "a path of one machine in \"", lambda book: _set(_code(book)[4], source="open('/Users/ann/x')")),
    (names_no_machine, "in its metadata", lambda book: book.metadata.update(maskbook={"x": "/root/x"})),
    (names_no_machine, "left by a tool", lambda book: book.metadata.update(papermill={})),
    (names_no_machine, "not called python3", lambda book: book.metadata.pop("kernelspec")),
    (is_small, "MB", lambda book: _set(_code(book)[4], outputs=_text("x" * 2**20))),
    (describes_its_pictures, "without alternative", lambda book: _code(book)[-2].outputs[0].metadata.clear()),
    (describes_its_pictures, "in its prose without", lambda book: _set(book.cells[0], source="![](x.png)")),
    (describes_its_pictures, "from the network", lambda book: _set(book.cells[0], source="![a](https://x.org/a.png)")),
    (teaches, "no 'recap'", lambda book: _set(book.cells[-1], source="Quiz <details></details>")),
    (teaches, "2 folded answers", lambda book: _set(book.cells[-1], source="<details>a</details>" * 2)),
    (teaches, "2 exercises", lambda book: _set(_code(book)[2].metadata, tags=[])),
    (teaches, "its title", lambda book: _set(book.cells[0], source="# Good")),
    (cites_its_sources, "no reference", lambda book: _set(book.cells[-1], source="**References.** [a](https://x.org)")),
    (cites_its_sources, "no reference", lambda book: _set(book.cells[-1], source="[a](https://doi.org/10.1)")),
    (reads_like_a_book, "29 cells", lambda book: _set(book, cells=book.cells[:29])),
    (reads_like_a_book, "60 cells", lambda book: book.cells.extend(copy.deepcopy(book.cells[:30]))),
    (reads_like_a_book, "41 lines", lambda book: _set(_code(book)[5], source="1\n" * 41)),
    (reads_like_a_book, "median", lambda book: [_set(cell, source="1\n" * 11) for cell in _code(book)]),
    (reads_like_a_book, "words for", lambda book: [_set(cell, source="No.") for cell in book.cells[4:]
                                                   if cell.cell_type == "markdown"]),
    (has_readable_equations, "cannot be drawn", lambda book: _set(book.cells[0], source=r"$$\unknown{x}$$")),
    (has_readable_equations, "cannot be drawn", lambda book: _set(book.cells[0], source=r"so $\begin{x$ is")),
    (keeps_exercises_apart, "needs the answer 'answer1'", lambda book: _set(_code(book)[-1], source="print(answer1)")),
]


def test_the_good_notebook_is_good():
    assert [fault for rule in RULES for fault in rule(_good(), "01_good")] == []


@pytest.mark.parametrize(("rule", "fault", "spoil"), SPOILED, ids=lambda part: getattr(part, "__name__", None))
def test_every_rule_can_fail(rule, fault, spoil):
    book = _good()
    spoil(book)
    assert fault in "; ".join(rule(book, "01_good"))


def test_every_rule_is_tried():
    assert {rule for rule, _, _ in SPOILED} == set(RULES)


@pytest.mark.parametrize("file", sorted(paths.PROFILES.glob("*")), ids=lambda file: file.name)
def test_profiles_set_what_notebooks_have(file):
    assert file.suffix == ".yaml"
    assert file.stem in course.PROFILES
    assert file.stem != "lesson", "the lesson size is what the notebooks themselves say"
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    stems = {path.stem: path for path in NOTEBOOKS.values()}
    assert content.keys() <= stems.keys()
    for stem in content:
        course.profile_values(file.stem, stems[stem])  # raises for an unknown parameter and a wrong type


# Running them.

_COUNTING = '''
import json, pathlib
from collections import Counter
from nbval.plugin import IPyNbCell

compared, failed, compare = Counter(), Counter(), IPyNbCell.compare_outputs


def counted(self, *arguments, **more):
    compared[self.parent.path.stem] += 1
    return compare(self, *arguments, **more)


IPyNbCell.compare_outputs = counted


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/html")


def pytest_runtest_logreport(report):
    failed[pathlib.Path(report.fspath).stem] += report.failed


def pytest_sessionfinish():
    pathlib.Path("counted.json").write_text(json.dumps([compared, failed]))
'''


def smoke_copy(path, folder):
    """Write a notebook with the parameters of the smoke size and its outputs as stored; count its checked cells."""
    book = papermill.iorw.load_notebook_node(course.verbatim(path))
    values = course.profile_values("smoke", path)
    if values:
        book = parameterize_notebook(book, values)
    nbformat.write(book, folder / path.name)
    return sum("nbval-check-output" in _tags(cell) for cell in _code(book))


def nbval(folder, seconds=120):
    """Run a folder's notebooks with nbval; return its output, and how many cells of each it compared and failed."""
    (folder / "conftest.py").write_text(_COUNTING)
    (folder / "pytest.ini").write_text("[pytest]\n")
    run = subprocess.run([sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", "--color=no",
                          f"--nbval-cell-timeout={seconds}", "-p", "no:cacheprovider"],
                         cwd=folder, capture_output=True, text=True, timeout=20 * seconds,
                         env=os.environ | {"MASKBOOK_QUIET": "1", "PYTHONPATH": os.pathsep.join(
                             [str(paths.ROOT), os.environ["PYTHONPATH"]])})
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return run.stdout + run.stderr, *json.loads((folder / "counted.json").read_text())


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS.values(), ids=lambda path: path.stem)
def test_a_smoke_copy_reproduces_its_checked_cells(path, tmp_path):
    tagged = smoke_copy(path, tmp_path)
    printed, compared, failed = nbval(tmp_path)
    assert failed == {path.stem: 0}, printed
    assert compared == {path.stem: tagged}


@pytest.mark.notebook
@pytest.mark.skipif(not NOTEBOOKS, reason="there are no notebooks")
def test_a_run_from_the_command_line(tmp_path):
    chosen = list(NOTEBOOKS)[:2]
    run = subprocess.run([sys.executable, "-m", "helpers", "run", *chosen, "--profile", "smoke", "--out", tmp_path],
                         cwd=paths.ROOT, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    noted = json.loads((tmp_path / "receipt.json").read_text())["notebooks"]
    assert list(noted) == [NOTEBOOKS[number].stem for number in chosen]
    assert all(row["status"] == "finished" for row in noted.values())
    for name in ("index", *noted):
        assert (tmp_path / f"{name}.html").stat().st_size > 1000


def test_nbval_finds_another_output_of_checked_cells_only(course, tmp_path, monkeypatch):
    """One small notebook, as make lessons stores it and spoiled in several ways."""
    course.enter(monkeypatch)
    folder = tmp_path / "smoke"
    folder.mkdir()

    def variant(name, checked="labels [0, 1]\n", unchecked="three\n", count=2):
        path = course.notebook(name, course.code("print('labels', [0, 1])\nepochs", "nbval-check-output"),
                               "print(epochs)", parameters="epochs: int = 3  # passes")
        book = nbformat.read(path, as_version=4)
        for cell, number in zip(_code(book), (1, count, 3), strict=True):
            cell.execution_count = number
        if count:
            _code(book)[1].outputs = [*_text(checked), new_output("execute_result", data={"text/plain": "3"})]
        _code(book)[2].outputs = _text(unchecked)
        nbformat.write(book, path)
        return path

    (course.notebooks / "profiles/smoke.yaml").write_text("05_depends_on_its_size: {epochs: 1}")
    for path in (variant("01_as_stored"), variant("02_checked_differs", checked="labels [0, 2]\n"),
                 variant("03_unchecked_differs", unchecked="four\n"), variant("04_without_a_count", count=None),
                 variant("05_depends_on_its_size")):
        assert smoke_copy(path, folder) == 1
    printed, compared, failed = nbval(folder)
    assert failed == {"01_as_stored": 0, "02_checked_differs": 1, "03_unchecked_differs": 0, "04_without_a_count": 0,
                      "05_depends_on_its_size": 1}, printed
    assert compared == dict.fromkeys(failed.keys() - {"04_without_a_count"}, 1)  # which is why the anatomy wants one
