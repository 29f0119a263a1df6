"""The exercise checks: they tell right from wrong from missing, with a hint, and never raise for an answer."""

import pytest

from helpers import checks


@pytest.fixture(autouse=True)
def double(monkeypatch):
    monkeypatch.setattr(checks, "_EXERCISES", {})

    @checks.exercise("99.1", points=2)
    def _(function):
        found = checks.returned(function(3))
        if found == 9:
            raise checks.Hint("You squared it. Twice three is six.")
        if found != 6:
            raise checks.Hint(f"Twice three is six, yours is {found}.")


@pytest.mark.parametrize(("answer", "told"), [
    (lambda x: 2 * x, "Exercise 99.1: right, 2 of 2 points ✔"),
    (lambda x: x * x, "Exercise 99.1: not yet. You squared it. Twice three is six."),
    (lambda x: 7, "Exercise 99.1: not yet. Twice three is six, yours is 7."),
    (lambda x: None, "Exercise 99.1: not yet. Your function returns nothing yet. Write its body"),
    (lambda x: ..., "Exercise 99.1: not yet. Your function returns nothing yet."),
    (lambda x: 1 / 0, "Exercise 99.1: not yet. Your code raised ZeroDivisionError: division by zero"),
    (lambda: 6, "Exercise 99.1: not yet. Your code raised TypeError"),
    (3, "Exercise 99.1: not yet. Your code raised TypeError: 'int' object is not callable"),
    (..., "Exercise 99.1: no answer yet. Replace the three dots by yours."),
])
def test_what_is_told(capsys, answer, told):
    checks.check("99.1", answer)
    printed = capsys.readouterr().out
    assert printed.startswith(told)
    assert printed.count("\n") == 1


def test_an_unknown_exercise_is_an_error_of_the_notebook():
    with pytest.raises(ValueError, match=r"There is no exercise '99\.2'\. Known here: 99\.1\."):
        checks.check("99.2", 1)
    with pytest.raises(ValueError, match="Known here: none"):
        checks.check("98.1", 1)


def test_exercises_are_found_by_notebook():
    checks.exercise("99.10", points=1)(lambda answer: None)
    checks.exercise("9.1", points=1)(lambda answer: None)
    assert checks.identifiers("99") == ["99.1", "99.10"]
    assert checks.find("99.1").points == 2
