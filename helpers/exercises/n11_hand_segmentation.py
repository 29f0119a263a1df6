"""Checks of the exercises of notebook 11."""

import numpy as np

from helpers import checks


@checks.exercise("11.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number.")
    if abs(answer - 1) < 1e-3:
        raise checks.Hint("That would be so after a threshold. Here 0.98 is cast to an integer first.")
    if abs(answer - 0.8) < 1e-3:
        raise checks.Hint("That is the IoU of the background alone. The hand is the second class, and its IoU is zero.")
    if abs(answer) < 1e-3:
        raise checks.Hint("The hand's IoU is zero, but the background is a class as well, and most of it is right.")
    if abs(answer - 0.4) > 1e-3:
        raise checks.Hint("Every pixel is cast to class 0. Take the IoU of each class for that mask, then their mean.")


@checks.exercise("11.2", points=2)
def _(loss):
    truth = np.array([[[1, 1], [0, 0]], [[1, 0], [0, 0]]], float)
    probability = np.array([[[0.8, 0.4], [0.3, 0.0]], [[0.9, 0.6], [0.1, 0.0]]])
    both = np.array([1.2, 0.9])
    either = np.array([2.3, 1.7])
    found = np.asarray(checks.returned(loss(truth.copy(), probability.copy())), float)
    if np.allclose(found, both / either):
        raise checks.Hint("That is the soft IoU itself, which is 1 for a perfect mask. A loss falls: one minus it.")
    if found.shape == () and np.isclose(found, 1 - both.sum() / either.sum()):
        raise checks.Hint("All pictures are pooled. Sum over height and width only: one loss a picture.")
    if found.shape != (2,):
        raise checks.Hint(f"For two pictures it returns the shape {found.shape}, expected (2,): one loss a picture.")
    if np.allclose(found, 1 - np.array([0.5, 0.5])):
        raise checks.Hint("That is the hard IoU. Without a threshold: the probabilities themselves are multiplied and "
                          "added.")
    if np.allclose(found, 1 - both / (both + either)):
        raise checks.Hint("The intersection is counted twice in your union: subtract it once, t + p - t p.")
    if np.allclose(found, 1 - (both + 1) / (either + 1)):
        raise checks.Hint("The + 1 of the training's loss is for its slope. Here the plain quotient is asked for, and "
                          "0 where there is nothing to divide by.")
    if not np.allclose(found, 1 - both / either):
        raise checks.Hint("It is wrong for two pictures of 2x2 pixels. Intersection: sum of t p; union: sum of "
                          "t + p - t p.")
    with np.errstate(all="ignore"):
        empty = np.asarray(loss(np.zeros((1, 3, 3)), np.zeros((1, 3, 3))), float)
        alarm = np.asarray(loss(np.zeros((1, 2, 2)), np.full((1, 2, 2), 0.5)), float)
        mixed = np.asarray(loss(np.float64([np.zeros((2, 2)), np.eye(2)]), np.float64([np.zeros((2, 2)), np.eye(2)])))
    if not np.allclose(empty, 0):
        raise checks.Hint(f"Without a hand, and with none found, it is {empty.ravel()[0]}; the two agree, so 0.")
    if not np.allclose(alarm, 1):
        raise checks.Hint("Without a hand, and with pixels called hand all the same, nothing overlaps: the loss is 1. "
                          f"Yours is {alarm.ravel()[0]}.")
    if not np.allclose(mixed, 0):
        raise checks.Hint("One picture without a hand among others, all of them right, and not every loss is 0. Decide "
                          "for each picture on its own.")


@checks.exercise("11.3", points=3)
def _(largest):
    mask = np.zeros((12, 14), bool)
    mask[1:6, 1:6], mask[2:4, 2:4] = True, False  # a ring of 21
    mask[6, 6] = mask[7, 7] = True                 # hangs on it by corners
    island = np.zeros_like(mask)
    island[8:12, 10:14] = True                     # 16 pixels
    found = np.asarray(checks.returned(largest(mask | island)))
    if found.shape != mask.shape:
        raise checks.Hint(f"For a mask of shape {mask.shape} it returns {found.shape}.")
    found = found.astype(bool)
    if np.array_equal(found, mask | island):
        raise checks.Hint("Nothing was removed: two pieces went in, and two came out.")
    if np.array_equal(found, ~(mask | island)):
        raise checks.Hint("That is the background: the most pixels of all, but no piece. Leave out number 0.")
    if found[2:4, 2:4].any():
        raise checks.Hint("The hole was filled. What a thumb and a finger enclose is background: leave it open.")
    if not found[7, 7] and np.array_equal(found[:6, :6], mask[:6, :6]):
        raise checks.Hint("Pixels that touch at a corner belong together: connectivity 8.")
    if not np.array_equal(found, mask):
        raise checks.Hint("Not the largest piece came back. Compare the pieces by their number of pixels.")
    turned = (mask | island)[::-1, ::-1].copy()
    if not np.array_equal(np.asarray(largest(turned)).astype(bool), mask[::-1, ::-1]):
        raise checks.Hint("With the largest piece further down, another came back: it is not always the first.")
    line = np.zeros((12, 14), bool)
    line[np.arange(9), np.arange(9)] = True
    if not np.array_equal(np.asarray(largest(line | island)).astype(bool), island):
        raise checks.Hint("A thin slanting line of 9 pixels won against a square of 16: count pixels, not how far a "
                          "piece reaches.")
    if np.asarray(largest(np.zeros((5, 5), bool))).any():
        raise checks.Hint("An empty mask must stay empty, and yours does not.")
    other = np.asarray(largest(island)).astype(bool)
    if not np.array_equal(other, island):
        raise checks.Hint("With a single piece, that piece must come back.")
