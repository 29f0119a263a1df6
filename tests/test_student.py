"""The student edition: no answer is left in it, it stands by itself, and it runs to its end unanswered."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output

from helpers import course as books
from helpers import paths, student

SOLVED = '''def twice(x):
    """Return two times x."""
    ### BEGIN SOLUTION
    # add it to itself
    total = x + x
    return total
    ### END SOLUTION


checks.check("01.1", twice);'''
CHECKS = '''"""Checks of notebook 01."""

from helpers import checks


@checks.exercise("01.1", points=1)
def _(function):
    if checks.returned(function(2)) != 4:
        raise checks.Hint("Twice two is four.")
'''


def _region(solution, indent=""):
    lines = [student.BEGIN, *solution.splitlines(), student.END]
    return "\n".join(f"{indent}{line}" if line else "" for line in lines)


CLASS = '''class Block(Layer):
    """A block."""
    def __init__(self, n):
        super().__init__()
        self.n = n

    def call(self, x):
        """Return it.

        Long.
        """
        return x'''
CLASS_STUB = '''class Block(Layer):
    """A block."""
    def __init__(self, n):
        ...  # your code here

    def call(self, x):
        """Return it.

        Long.
        """
        ...  # your code here'''
HERE = "    ...  # your code here"
STUBS = {
    "a value": ("answer = 3", "answer = ...  # your answer"),
    "values": ("a, b = 1, 2\nc: int = 3\nd = e = 4\na = 5", "\n".join(f"{n} = ...  # your answer" for n in "abcde")),
    "a statement": ("model.fit(x)", "...  # your code here"),
    "a function": ('def f(x, y=2):\n    "Return it."\n    return x', f'def f(x, y=2):\n    "Return it."\n{HERE}'),
    "a function without a docstring": ("def f(\n    x,\n):\n    # add\n\n    return x + 1",
                                       f"def f(\n    x,\n):\n{HERE}"),
    "a function on one line": ("def f(x): return x", f"def f(x):\n{HERE}"),
    "a decorated function": ("@cache\ndef f(x):\n    return x", f"@cache\ndef f(x):\n{HERE}"),
    "two functions": ("def f(x):\n    return x\n\n\ndef g(x):\n    return x",
                      f"def f(x):\n{HERE}\n\n\ndef g(x):\n{HERE}"),
    "a class": (CLASS, CLASS_STUB),
}


@pytest.mark.parametrize(("solution", "stub"), STUBS.values(), ids=STUBS)
def test_stubs_at_the_margin(solution, stub):
    assert student.stub(f"x = 1\n{_region(solution)}\nuse()") == f"x = 1\n{stub}\nuse()"
    compile(stub, "stub", "exec")


@pytest.mark.parametrize(("solution", "stub"), [
    ("total = x + 1\nreturn total", ["...  # your code here"]),
    ("for i in x:\n    if i:\n        return i", ["...  # your code here"]),
    ("total = x + 1\nrest = x", ["total = ...  # your answer", "rest = ...  # your answer"]),
    ("self.size = 3", ["self.size = ...  # your answer"]),
])
def test_stubs_within_a_function(solution, stub):
    source = f"def f(self, x):\n{_region(solution, '    ')}\n    return x"
    assert student.stub(source).splitlines() == ["def f(self, x):", *(f"    {line}" for line in stub), "    return x"]


@pytest.mark.parametrize("source", [f"{student.BEGIN}\nx = 1", f"x = 1\n{student.END}",
                                    f"{student.BEGIN}\nx = 1\n{student.END} here"])
def test_a_marker_without_its_partner_is_told(source):
    with pytest.raises(ValueError, match="### BEGIN SOLUTION"):
        student.stub(source)


def test_another_answer_takes_the_solution_s_place():
    assert student.replace_solution(SOLVED, "if x:\n    return 3\nreturn x") == SOLVED.replace(
        SOLVED[SOLVED.index("    ### BEGIN"):SOLVED.index("\n\n\nchecks")],
        "    if x:\n        return 3\n    return x")
    assert student.replace_solution(_region("a = 1"), "a = '\\n'") == "a = '\\n'"


@pytest.fixture
def solved(course, monkeypatch):
    """A course with an exercise, stored outputs, a quiz, tests and real data."""
    course.enter(monkeypatch)
    (course.root / "helpers/exercises/n01_first.py").write_text(CHECKS)
    path = course.notebook("01_first", course.code("from helpers import checks", "imports"),
                           course.code(SOLVED, "exercise", "nbval-check-output"))
    book = nbformat.read(path, as_version=4)
    answer = "<details><summary>Answer</summary>\n\nBecause 17.\n\n</details>"
    book.cells.append(new_markdown_cell(f"Why?\n\n{answer}\n\nMore."))
    book.cells[3].outputs = [new_output("stream", name="stdout", text="Exercise 01.1: right")]
    book.cells[3].execution_count = 3
    book.cells[3].metadata["papermill"] = {"duration": 1}
    book.metadata["maskbook"] = {"code": "ab"}
    nbformat.write(book, path)
    for name in ("data/real/office/img.jpg", "data/measured.json", "data/studies/06.json", "tests/test_x.py",
                 "notebooks/.ipynb_checkpoints/01_first-checkpoint.ipynb", "notebooks/strip.png", "runs/a/x.html"):
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).write_text("17")
    (course.root / "README.md").write_text("read me")
    return course


def test_no_answer_is_left(solved):
    out = solved.root.parent / "edition"
    assert solved.command("student", out) == (0, f"1 notebooks for students in {out}. Open them there with: make lab")
    text = (out / "notebooks/01_first.ipynb").read_text()
    for gone in ("total", "Because", "details", "SOLUTION", "right", "papermill", "maskbook\"", "nbval"):
        assert gone not in text, gone
    book = nbformat.read(out / "notebooks/01_first.ipynb", as_version=4)
    nbformat.validate(book)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in book.cells if cell.cell_type == "code")
    assert book.cells[3].metadata == {"tags": ["exercise"]}
    assert book.cells[3].source == student.stub(SOLVED)
    assert book.cells[4].source == "Why?\n\n\nMore."


def test_the_edition_is_complete_but_for_what_students_must_not_have(solved):
    out = solved.root.parent / "edition"
    student.write(out)
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"README.md", "data/references.json", "data/studies/06.json", "notebooks/strip.png", "helpers/suite.py",
            "helpers/templates/style.css", "helpers/exercises/n01_first.py"} <= found
    assert not {name for name in found if name.startswith(("tests", "runs", "data/real", "notebooks/."))
                or name.endswith((".pyc", "measured.json"))}


def test_the_edition_runs_by_itself_with_open_exercises(solved):
    out = solved.root.parent / "edition"
    student.write(out)
    run = subprocess.run([sys.executable, "-m", "helpers", "run", "--profile", "smoke", "--out", "runs/x"], cwd=out,
                         capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    text = json.loads((out / "runs/x/01_first.ipynb").read_text())["cells"][3]["outputs"][0]["text"]
    assert "".join(text).startswith("Exercise 01.1: not yet. Your function returns nothing yet.")


def test_nothing_is_overwritten(solved, tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "work.txt").write_text("mine")
    file = tmp_path / "file"
    file.write_text("mine")
    for out in (taken, file):
        status, told = solved.command("student", out)
        assert status == 2
        assert told == f"maskbook: {out} is not an empty folder. Name a new one: nothing in it is overwritten."
    status, told = solved.command("student", file / "below")
    assert status == 2
    assert told.startswith(f"maskbook: The student edition cannot be written to {file / 'below'} (Not a directory)")
    assert [path.name for path in taken.iterdir()] == ["work.txt"]


@pytest.mark.parametrize("name", ["data/students", "notebooks/x", "helpers", "helpers/x/y"])
def test_the_course_is_not_copied_into_itself(solved, name):
    status, told = solved.command("student", solved.root / name)
    assert status == 2
    assert "inside" in told or "not an empty folder" in told
    assert not (solved.root / name / "notebooks").exists()


# The real course.

@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    out = tmp_path_factory.mktemp("students") / "edition"
    assert student.write(out) == len(books.notebooks())
    return out


def _without_spaces(text):
    return "".join(text.split())


@pytest.mark.parametrize("path", books.notebooks().values(), ids=lambda path: path.stem)
def test_no_solution_is_left_anywhere(edition, path):
    """Neither in the notebook nor in a check, where a student would find it to copy."""
    texts = {file.relative_to(edition).as_posix(): _without_spaces(file.read_text(encoding="utf-8"))
             for file in edition.rglob("*") if file.suffix in (".py", ".ipynb", ".md", ".json", ".yaml")
             and file.name not in ("sources.json", "student.py")}
    for cell in books.read(path).cells:
        for _, solution in student.REGION.findall(cell.source):
            solution = _without_spaces(solution)
            assert [name for name, text in texts.items() if solution in text
                    or solution in text.replace('\\"', '"').replace("\\n", "")] == []
    text = texts[f"notebooks/{path.name}"]
    for gone in ("BEGINSOLUTION", "<details", '"output_type"'):
        assert gone not in text


@pytest.mark.notebook
@pytest.mark.skipif("00" not in books.notebooks(), reason="there is no notebook 00")
def test_the_first_notebook_of_the_edition_runs_unanswered(edition):
    run = subprocess.run([sys.executable, "-m", "helpers", "run", "00", "--profile", "smoke", "--out", "runs/x"],
                         cwd=edition, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    text = (edition / "runs/x/00_start_here.ipynb").read_text()
    assert "Exercise 00.1: no" in text
    assert str(paths.ROOT / "notebooks") not in text  # it ran its own, with its own helpers
