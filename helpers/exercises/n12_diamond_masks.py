"""Checks of the exercises of notebook 12."""

import numpy as np

from helpers import checks


@checks.exercise("12.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number.")
    step = 0.9**8 - 0.8**8
    if abs(answer - step) < 0.006:
        raise checks.Hint("That is the step afterwards. Divide it by the step before, which is 0.1.")
    if abs(answer - (0.9 / 0.8) ** 8) < 0.006:
        raise checks.Hint("That is how many times brighter the ground is than the facet afterwards. The step is "
                          "a difference: subtract, do not divide.")
    if abs(answer - 0.1 / step) < 0.006:
        raise checks.Hint("Upside down: divide the step afterwards by the step before.")
    if abs(answer - 10 * step) > 0.006:
        raise checks.Hint("Raise 0.9 and 0.8 to the power 8, subtract, and divide by 0.1.")


@checks.exercise("12.2", points=2)
def _(solidity):
    square = np.zeros((20, 30), np.uint8)
    square[4:14, 5:15] = 1
    notched = square.copy()
    notched[4:9, 8:12] = 0
    before = notched.copy()
    found = [float(checks.returned(solidity(mask))) for mask in (square, notched)]
    if not np.array_equal(notched, before):
        raise checks.Hint("Your function changes the mask it is given. Leave it as it is.")
    if found[1] > 1:
        raise checks.Hint("A hull is never smaller than the mask, so the solidity is at most 1: the mask's area "
                          "goes above the line.")
    if abs(found[0] - 1) > 1e-9:
        raise checks.Hint(f"A square is convex, so its solidity is 1; yours is {found[0]:.3f}. Count all pixels of the "
                          "mask and all of the hull, not those of an outline or of the picture.")
    if abs(found[1] - 0.8) > 1e-9:
        raise checks.Hint(f"A 10x10 square with a notch of 5x4 has the solidity 0.8; yours is {found[1]:.3f}.")
    with np.errstate(divide="ignore", invalid="ignore"):
        try:
            empty = float(solidity(np.zeros_like(square)))
        except ZeroDivisionError:
            empty = np.nan
    if not abs(empty - 1) < 1e-9:
        raise checks.Hint("For an empty mask you divide zero by zero. Return 1.0 there.")


@checks.exercise("12.3", points=3)
def _(plane_under):
    y, x = np.mgrid[:24, :30]
    mask = ((x - 12) ** 2 + (y - 10) ** 2 < 36).astype(np.uint8)
    plane = 90 + 1.5 * x - 0.7 * y
    picture = np.where(mask == 1, 20.0, plane)
    found = np.asarray(checks.returned(plane_under(picture.copy(), mask)))
    if found.shape != picture.shape:
        raise checks.Hint(f"Return the plane for the whole picture: the shape {picture.shape}, not {found.shape}.")
    if np.ptp(found) < 1e-6:
        raise checks.Hint("You return one value everywhere, a mean. A plane also has a slope, to the right and down: "
                          "give lstsq the three columns 1, x and y.")
    if np.allclose(found[mask == 1], 20):
        raise checks.Hint("Under the mask you return the stone itself, or fitted the plane to it. "
                          "Fit to the pixels where the mask is 0.")
    if not np.allclose(found, plane, atol=1e-6):
        terms = np.stack([np.ones(picture.size), x.ravel(), y.ravel()], axis=1)
        every = (terms @ np.linalg.lstsq(terms, picture.ravel(), rcond=None)[0]).reshape(picture.shape)
        if np.allclose(found, every):
            raise checks.Hint("You fitted the plane to all pixels, the stone included. Leave out those where the "
                              "mask is 1.")
        raise checks.Hint("On a picture that is a plane but for the stone your plane is off by up to "
                          f"{np.abs(found - plane).max():.1f}. The three terms are 1, x (column) and y (row).")
