"""Check the answer of an exercise, and say what to try next when it is not right yet."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from helpers import paths

Answer = TypeVar("Answer")


class Hint(Exception):
    """What is wrong with an answer, as one or two sentences to its author."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its points, and the function that raises `Hint` for a wrong answer."""

    points: int
    check: Callable


_EXERCISES: dict[str, Exercise] = {}


def exercise(identifier: str, points: int) -> Callable:
    """Register a check: ``@exercise("01.2", points=3)`` above ``def _(answer): ...``."""
    def register(function):
        _EXERCISES[identifier] = Exercise(points, function)
        return function
    return register


def check(identifier: str, *answer: object) -> None:
    """Check an answer, and print that it is right, or a hint.

    It never raises for a wrong answer, so that a notebook with open exercises runs to its end.

    Parameters
    ----------
    identifier : str
        Notebook and exercise, ``"01.2"``.
    *answer
        What the exercise asks for: a function, a value, several values.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    found = find(identifier)
    label = f"Exercise {identifier}"
    if any(part is ... for part in answer):
        print(f"{label}: no answer yet. Replace the three dots by yours.")
        return
    try:
        found.check(*answer)
    except Hint as hint:
        print(f"{label}: not yet. {hint}")
        return
    except Exception as error:
        print(f"{label}: not yet. Your code raised {type(error).__name__}: {error}")
        return
    print(f"{label}: right, {found.points} of {found.points} points ✔")


def find(identifier: str) -> Exercise:
    """Return a registered exercise.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    known = identifiers(identifier.partition(".")[0])
    if identifier not in known:
        raise ValueError(f"There is no exercise {identifier!r}. Known here: {', '.join(known) or 'none'}.")
    return _EXERCISES[identifier]


def identifiers(number: str) -> list[str]:
    """Return the exercises of the notebook with this number, ``["01.1", "01.2"]`` for "01"."""
    for path in sorted((paths.ROOT / "helpers" / "exercises").glob(f"n{number}_*.py")):
        importlib.import_module(f"helpers.exercises.{path.stem}")
    return sorted(identifier for identifier in _EXERCISES if identifier.partition(".")[0] == number)


def returned(value: Answer) -> Answer:
    """Return `value`, or raise the hint for a function that still returns nothing."""
    if value is None or value is ...:
        raise Hint("Your function returns nothing yet. Write its body, and end it with a return statement.")
    return value
