"""Checks of the exercises of notebook 03."""

import numpy as np

from helpers import checks, masks


@checks.exercise("03.1", points=1)
def _(answer):
    if not isinstance(answer, int | float):
        raise checks.Hint("The answer is one number between 0 and 1.")
    if abs(answer - 0.9) < 0.004:
        raise checks.Hint("That is the ratio of the radii. An area grows with the square of the radius.")
    if abs(answer - 0.19) < 0.004:
        raise checks.Hint("That is what is missing. The overlap is what is left of the true disk.")
    if not abs(answer - 0.81) < 0.006:
        raise checks.Hint("The smaller disk lies inside the larger one: it is the intersection, and the larger one "
                          "is the union. Divide their areas.")


@checks.exercise("03.2", points=2)
def _(huber):
    truth, guess = np.zeros((1, 3)), np.array([[0.5, -0.5, 0.5]])
    small = float(np.asarray(checks.returned(huber(truth, guess, 1.0))))
    if np.isclose(small, 0.375):
        raise checks.Hint("Three errors of 0.5 cost 0.375 by yours: that is their sum. The loss is a mean.")
    if np.isclose(small, 0.25):
        raise checks.Hint("An error of 0.5 costs 0.25 by yours: half the square is wanted, so that slope and value "
                          "of the two parts meet at delta.")
    if not np.isclose(small, 0.125):
        raise checks.Hint(f"Errors of 0.5, -0.5 and 0.5 with delta 1 cost 0.125 on average, by yours {small:.3f}.")
    negative = float(huber(truth, np.array([[-3.0, -3.0, -3.0]]), 1.0))
    if not np.isclose(negative, 2.5):
        raise checks.Hint(f"Errors of -3 with delta 1 cost 2.5 each, by yours {negative:.3f}. Take the size of the "
                          "error, and continue the parabola without a jump: delta * (size - delta / 2).")
    mixed = float(huber(truth, np.array([[0.1, 3.0, -2.0]]), 0.5))
    if not np.isclose(mixed, np.mean([0.005, 1.375, 0.875])):
        raise checks.Hint("Small and large errors in one circle, with delta 0.5: each number is to be judged by "
                          "itself, and delta is not always 1.")


@checks.exercise("03.3", points=3)
def _(walk):
    four = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [10.0, 1.0]])
    start = np.asarray(checks.returned(walk(four.copy(), 0)), float)
    if start.shape != (3,):
        raise checks.Hint(f"Return three numbers, centre x, centre y and radius; yours has shape {start.shape}.")
    if not np.allclose(start[:2], [2.5, 1]):
        raise checks.Hint("With no step at all the centre is the mean of the points.")
    if not np.isclose(start[2], 7.5):
        raise checks.Hint(f"The radius is the distance from the centre to the farthest point: here 7.5, by yours "
                          f"{start[2]:.2f}. Every point must lie in the circle.")
    once, twice = (np.asarray(walk(four.copy(), steps), float) for steps in (1, 2))
    if np.allclose(once[:2], four[3]):
        raise checks.Hint("Your first step goes all the way. At step i the fraction is 1 / (i + 1): one half at first.")
    if not np.allclose(once[:2], [6.25, 1]):
        raise checks.Hint(f"The first step goes half of the way to the farthest point, here to (6.25, 1); yours ends "
                          f"at ({once[0]:.2f}, {once[1]:.2f}).")
    if np.allclose(twice[0], 3.125, atol=0.01):
        raise checks.Hint("Your second step goes half of the way again, so that the walk never settles. "
                          "At step i the fraction is 1 / (i + 1).")
    if not np.isclose(once[2], np.hypot(6.25, 1)):
        raise checks.Hint("After a step the radius must be taken again, from where you stand then.")
    mask = np.random.default_rng(0).random((1, 28, 28)) > 0.98
    rows, columns = np.nonzero(mask[0])
    true, far = masks.enclosing_circles(mask)[0], walk(np.stack([columns, rows], axis=1), 1000)
    if not np.allclose(far, true, atol=0.1):
        raise checks.Hint(f"After 1000 steps around {len(rows)} random pixels the circle should be "
                          f"{true.round(2)} to a tenth of a pixel; yours is {np.round(far, 2)}.")
