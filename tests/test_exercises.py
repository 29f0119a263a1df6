'''Every exercise is checked from both sides: its solution is accepted, what is wrong is told why.

For the author of a notebook:

- An exercise is one code cell tagged ``exercise``. Between the lines ``### BEGIN SOLUTION`` and
  ``### END SOLUTION``, equally indented, stands its solution: the body of a function, or one or more
  assignments. Below, the cell calls ``checks.check("NN.k", answer)`` once, k counting from 1.
- It must run after the cell tagged ``imports`` alone, so it uses nothing else of the notebook.
- The Markdown cell above it says its points: "(predict, 1 point)", "(build, 3 points)".
- Its check stands in ``helpers/exercises/nNN_name.py``, named after the notebook; it answers within
  two seconds, and does not hold the solution itself.
- Two or more planted wrong answers stand in ``tests/wrong_answers/nNN_name.py``::

      WRONG = {
          "01.1": [
              ("return image > 127", "for every image the same"),
              ("return image >= threshold", "above the threshold, not on it"),
          ],
      }

  Each is what stands between the markers instead, from the left margin, and a part of the hint that
  must answer it. ``Your code raised`` is no hint: a wrong answer of the kind meant here runs.
'''

import ast
import contextlib
import importlib.util
import io
import itertools
import re
import time
from functools import cache
from pathlib import Path

import pytest

from helpers import checks, course, student

SECONDS = 2.0  # of processor time, for one check
WRONG_ANSWERS = Path(__file__).parent / "wrong_answers"


def _cells(path, tag):
    return [cell.source for cell in course.read(path).cells
            if cell.cell_type == "code" and tag in cell.metadata.get("tags", [])]


def _identifier(source):
    """Return the exercise that a cell checks: the first argument of its one call of ``checks.check``."""
    calls = [node for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Call) and ast.unparse(node.func) == "checks.check"]
    assert len(calls) == 1, f"an exercise cell calls checks.check once, not {len(calls)} times:\n{source}"
    return ast.literal_eval(calls[0].args[0])


EXERCISES = [(path, source) for path in course.notebooks().values() for source in _cells(path, "exercise")]
each_notebook = pytest.mark.parametrize("path", course.notebooks().values(), ids=lambda path: path.stem)
each_exercise = pytest.mark.parametrize(("path", "source"), EXERCISES,
                                        ids=[_identifier(source) for _, source in EXERCISES])


@cache
def _imports(path):
    """Return the names that the notebook's imports cell gives; it runs once for all its exercises."""
    names = {"__name__": "exercise"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec("\n".join(_cells(path, "imports")), names)
    return names


def answered(path, source):
    """Return what an exercise cell prints after the imports cell, and the processor time that it took."""
    names = dict(_imports(path))
    printed = io.StringIO()
    began = time.process_time()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "exercise", "exec"), names)
    return printed.getvalue(), time.process_time() - began


def wrong_answers(path):
    file = WRONG_ANSWERS / f"n{path.stem}.py"
    assert file.exists(), f"{file.name} is missing: it holds the planted wrong answers of {path.stem}"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WRONG


def _accepted(printed, identifier):
    return re.search(rf"^Exercise {re.escape(identifier)}: right, (\d+) of \1 points? ✔$", printed, re.MULTILINE)


@each_notebook
def test_cells_checks_and_wrong_answers_belong_together(path):
    found = [_identifier(source) for source in _cells(path, "exercise")]
    number = path.name[:2]
    assert found == [f"{number}.{k}" for k in range(1, len(found) + 1)]
    assert checks.identifiers(number) == sorted(found), "a check without an exercise cell, or the other way round"
    assert sorted(wrong_answers(path)) == sorted(found)


@each_notebook
def test_the_points_are_told_above_the_exercise(path):
    cells = course.read(path).cells
    for above, cell in itertools.pairwise(cells):
        if cell.cell_type == "code" and "exercise" in cell.metadata.get("tags", []):
            points = checks.find(_identifier(cell.source)).points
            assert above.cell_type == "markdown"
            assert re.search(rf"\b{points} points?\b", above.source.split("**Exercise")[-1]), above.source


@each_exercise
def test_the_solution_is_accepted_in_time(path, source):
    assert len(student.REGION.findall(source)) == 1, "one solution a cell, between the two markers"
    printed, seconds = answered(path, source)
    assert _accepted(printed, _identifier(source)), printed
    assert seconds < SECONDS


@each_exercise
def test_the_stub_is_rejected(path, source):
    printed, seconds = answered(path, student.stub(source))
    assert re.search(rf"^Exercise {_identifier(source)}: (no answer yet|not yet)\.", printed, re.MULTILINE), printed
    assert seconds < SECONDS


@each_exercise
def test_planted_wrong_answers_are_told_what_is_wrong(path, source):
    planted = wrong_answers(path)[_identifier(source)]
    assert len({answer for answer, _ in planted}) >= 2, "wants two different wrong answers or more"
    for answer, fragment in planted:
        printed, seconds = answered(path, student.replace_solution(source, answer))
        assert f"Exercise {_identifier(source)}: not yet." in printed, f"{answer!r} got: {printed}"
        assert "Your code raised" not in printed, f"{answer!r} got: {printed}"
        assert fragment.strip() and fragment in printed, f"{answer!r} got: {printed}"
        assert seconds < SECONDS, answer


def test_every_module_of_checks_belongs_to_a_notebook():
    stems = {f"n{path.stem}" for path in course.notebooks().values()}
    folders = (course.paths.ROOT / "helpers/exercises", WRONG_ANSWERS)
    assert {path.stem for folder in folders for path in folder.glob("n*.py")} <= stems
