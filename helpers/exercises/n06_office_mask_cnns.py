"""Checks of the exercises of notebook 06."""

import numpy as np

from helpers import checks


@checks.exercise("06.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number of pixels.")
    if answer == 48:
        raise checks.Hint("Twice 24 would be right if what the convolutions cut off grew with the picture; "
                          "it is one pixel on each side, however large the picture is.")
    if answer in (118, 117):
        raise checks.Hint("You cut two pixels for each of the five convolutions, but the pooling in between halves the "
                          "picture as well.")
    if answer == 62:
        raise checks.Hint("That is the size after the pooling; three more unpadded convolutions follow.")
    if answer != 56:
        raise checks.Hint("An unpadded 3x3 convolution makes a picture two pixels narrower, the pooling halves it. "
                          "Go through them in order: 128, then 126, ...")


@checks.exercise("06.2", points=2)
def _(target):
    mask = np.zeros((12, 16), np.uint8)
    mask[2:7, 5:11] = 1
    given = mask.copy()
    found = np.asarray(checks.returned(target(given, 2, 2)))
    if not np.array_equal(given, mask):
        raise checks.Hint("The mask you were given has changed. Work on a copy.")
    if found.shape == (6, 8):
        raise checks.Hint("You made blocks of the whole mask, and so repeated the original's fault. "
                          "Cut the margin off first.")
    if found.shape == (5, 7) or found.shape == (5, 6):
        raise checks.Hint("The margin is lost on every side: at the top and the bottom, at the left and the right.")
    if found.shape != (4, 6):
        raise checks.Hint(f"A mask of 12x16 without 2 pixels on each side, in blocks of 2x2, makes a target of (4, 6); "
                          f"yours has the shape {found.shape}.")
    inner = mask[2:10, 2:14]
    right = sum(inner[i::2, j::2].astype(float) for i in range(2) for j in range(2)) / 4
    if np.array_equal(found, inner[::2, ::2]):
        raise checks.Hint("You took one pixel of each block. The target is the share of the block that is covered: "
                          "the mean of all its pixels.")
    if np.isin(found, (0, 1)).all():
        raise checks.Hint("Blocks that the person half covers get a fraction, not 0 or 1.")
    if not np.allclose(found, right):
        raise checks.Hint("The shape is right, not the values: each is the mean of one block of neighbouring pixels. "
                          "When you reshape, the axes must be (rows, cell, columns, cell).")
    big = np.random.default_rng(0).integers(0, 2, (224, 224)).astype(np.uint8)
    if not np.array_equal(np.asarray(target(big, 63, 1)), big[63:161, 63:161]):
        raise checks.Hint("For UNet, with a margin of 63 and a cell of 1, the target is mask[63:161, 63:161].")
    if np.asarray(target(big, 0, 7)).shape != (32, 32):
        raise checks.Hint("With a margin of 0 nothing is cut off: mind that mask[0:-0] is empty.")


@checks.exercise("06.3", points=3)
def _(hausdorff):
    a, b = np.zeros((2, 20, 30), bool)
    a[4, 5], b[7, 9] = True, True
    found = checks.returned(hausdorff(a, b))
    if np.isclose(found, 25):
        raise checks.Hint("For two single pixels, 3 apart in one direction and 4 in the other, it is 5: take the root.")
    if np.isclose(found, 7) or np.isclose(found, 4):
        raise checks.Hint("For two single pixels, 3 apart in one direction and 4 in the other, the distance is 5, "
                          "as the crow flies.")
    if not np.isclose(found, 5):
        raise checks.Hint(f"For two single pixels, 3 apart in one direction and 4 in the other, it is 5; "
                          f"yours is {float(found):.3g}.")
    a[7, 9] = True  # a holds b: nothing of b is far from a, but the other way round
    if np.isclose(hausdorff(a, b), 0) or np.isclose(hausdorff(b, a), 0):
        raise checks.Hint("You look from one side only. If one set lies within the other, that side sees no distance; "
                          "take the larger of both sides.")
    a[0, 0] = True
    values = float(hausdorff(a, b)), float(hausdorff(b, a))
    farthest = np.hypot(7, 9)
    if not np.allclose(values, farthest):
        mean = np.mean([5, 0, farthest])
        if np.isclose(min(values), mean) or np.isclose(max(values), mean):
            raise checks.Hint("That is a mean. The Hausdorff distance is the distance of the one worst pixel.")
        raise checks.Hint(f"For three pixels against one, the farthest of which is {farthest:.3f} away, yours is "
                          f"{values[0]:.3f} one way and {values[1]:.3f} the other: it is the largest of the distances "
                          "to the nearest pixel, from whichever side.")
    square = np.zeros((20, 30), bool)
    square[5:15, 5:15] = True
    if not np.isclose(hausdorff(square, np.roll(square, 3, axis=1)), 3):
        raise checks.Hint("For a square and the same square moved by 3 pixels it is 3: first the nearest pixel of the "
                          "other set, then the farthest of these.")
