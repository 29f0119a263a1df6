"""Checks of the exercises of notebook 00."""

import numpy as np

from helpers import checks


@checks.exercise("00.1", points=1)
def _(answer):
    if not isinstance(answer, int | float):
        raise checks.Hint("The answer is one number between 0 and 1.")
    if abs(answer - 100 / 784) < 0.006:
        raise checks.Hint("That is the share of the digit. The empty mask is right everywhere else.")
    if not abs(answer - 684 / 784) < 0.006:
        raise checks.Hint("Count the pixels at which a mask of zeros is right, and divide by all 784.")


@checks.exercise("00.2", points=1)
def _(dark_ink):
    page = np.array([[0, 99, 100], [101, 200, 255]], np.uint8)
    mask = np.asarray(checks.returned(dark_ink(page, 100)))
    if mask.shape != page.shape:
        raise checks.Hint(f"The mask has shape {mask.shape}, the image {page.shape}. They must be equal.")
    if np.array_equal(mask, page > 100):
        raise checks.Hint("Your mask holds the bright pixels: that is the paper.")
    if mask[0, 2] == 1:
        raise checks.Hint("A pixel of exactly the level is not darker than it.")
    if not np.array_equal(mask, [[1, 1, 0], [0, 0, 0]]):
        raise checks.Hint("Only the pixels below the level should be 1. Try it on a small array.")
    if mask.dtype != np.uint8:
        raise checks.Hint(f"The values are right; the dtype is {mask.dtype}, masks are stored as uint8. Convert it.")


@checks.exercise("00.3", points=2)
def _(jaccard):
    a, b = np.array([[1, 1, 1, 0], [0, 0, 0, 0]]), np.array([[0, 1, 1, 0], [1, 0, 0, 0]])
    value = float(checks.returned(jaccard(a, b)))
    if np.isclose(value, 2 / 3):
        raise checks.Hint("2/3 for masks that share 2 of 4 pixels: that is the Dice coefficient, or the share of one "
                          "mask. Divide by the union.")
    if np.isclose(value, (a == b).mean()):
        raise checks.Hint("That is the accuracy: it counts the background too.")
    if not np.isclose(value, 0.5):
        raise checks.Hint(f"Two masks that share 2 pixels of 4 have a Jaccard index of 0.5, yours is {value:.3f}.")
    nothing = np.zeros((2, 2), int)
    with np.errstate(all="ignore"):
        empty = jaccard(nothing, nothing)
    if empty is None or not np.isclose(float(empty), 1):
        raise checks.Hint("Two empty masks agree, so they get 1. Yours divides by an empty union, or returns 0.")
    if not np.isclose(float(jaccard(nothing, np.ones((2, 2), int))), 0):
        raise checks.Hint("An empty mask against a full one must get 0.")
    cube = np.arange(24).reshape(2, 3, 4)
    if not np.isclose(float(jaccard(cube % 2, cube % 3 == 0)), np.sum((cube % 2 > 0) & (cube % 3 == 0)) /
                      np.sum((cube % 2 > 0) | (cube % 3 == 0))):
        raise checks.Hint("It fails for arrays with three axes, or for masks of True and False: sum over all axes.")
