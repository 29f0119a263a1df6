"""Checks of the exercises of notebook 04."""

import numpy as np

from helpers import checks


@checks.exercise("04.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number.")
    if abs(answer - 0.9) < 1e-3:
        raise checks.Hint("That is the share of right pixels. In the union each wrong pixel counts twice: "
                          "in the mask it should be in, and in the one it is in.")
    if abs(answer - 0.5) < 1e-3 or abs(answer - 1 / 3) < 1e-3:
        raise checks.Hint("That leaves the background out. In the pooled index its 80 right pixels count as well.")
    if abs(answer - 90 / 110) > 6e-5:
        raise checks.Hint("Count the right pixels R and the wrong ones W; "
                          "the index is R / (R + 2 W), to four decimals.")


@checks.exercise("04.2", points=2)
def _(index):
    counts = np.array([[50, 3, 2], [4, 20, 1], [0, 5, 10]])
    found = float(checks.returned(index(counts)))
    both, either = 30, (25 + 28 - 20) + (15 + 13 - 10)
    right = both / either
    if np.isclose(found, 80 / (80 + 2 * 15)):
        raise checks.Hint("The background's own mask is still among the masks: leave class 0 out of both sums.")
    if np.isclose(found, 30 / (30 + 2 * 6)):
        raise checks.Hint("You cut the first row and column off the table, and with them the ink that was missed and "
                          "the ground that was called a digit. Cut the sums, not the table.")
    if np.isclose(found, np.mean([20 / 33, 10 / 18])):
        raise checks.Hint("That is the mean over the classes. Pooled: add all intersections, add all unions, "
                          "divide once.")
    if np.isclose(found, both / (25 + 28 + 15 + 13)):
        raise checks.Hint("Your unions hold the right pixels twice: once from the row, once from the column.")
    if not np.isclose(found, right):
        raise checks.Hint(f"For the counts {counts.tolist()} it is 30/51 = {right:.4f}, yours is {found:.4f}.")
    other = np.random.default_rng(0).integers(1, 40, (11, 11))
    other_both = np.diag(other)
    other_right = other_both[1:].sum() / (other.sum(0) + other.sum(1) - other_both)[1:].sum()
    if not np.isclose(float(index(other)), other_right):
        raise checks.Hint("It is right for three classes but not for eleven: does it use a fixed number of classes?")


@checks.exercise("04.3", points=3)
def _(vote):
    maps = np.zeros((2, 8, 8), np.uint8)
    maps[0, :3, :3], maps[0, 0, 0] = 3, 7             # eight of 3, one of 7: background has the most
    maps[0, 1:3, 5:8], maps[0, 1, 5] = 9, 10          # five of 9, one of 10
    maps[0, 5:7, 1:3] = 1
    maps[1, 4:8, 4:8], maps[1, 4, 4:7] = 10, 2
    expected = maps.copy()
    expected[0, 0, 0], expected[0, 1, 5], expected[1, 4, 4:7] = 3, 9, 10
    given = maps.copy()
    found = np.asarray(checks.returned(vote(given)))
    if found.shape != maps.shape:
        raise checks.Hint(f"For label maps of shape {maps.shape} your function returns {found.shape}.")
    if np.array_equal(found, maps):
        raise checks.Hint("Nothing has changed: a quarter with eight pixels of label 3 and one of 7 must become all 3.")
    if (found[maps > 0] == 0).any():
        raise checks.Hint("Some ink became background. The background has the most pixels of all, but no vote: "
                          "count only labels above 0.")
    if (found[maps == 0] > 0).any():
        raise checks.Hint("Some background became ink. Only pixels that are ink already get the new label.")
    if not np.array_equal(found, expected):
        wide = len({int(label) for label in found[0].ravel()} - {0}) == 1
        raise checks.Hint("All quarters of a mosaic got the same label: each quarter votes for itself." if wide else
                          "A quarter has not got the label that most of its ink has. Count with np.bincount, and take "
                          "the argmax.")
    if not np.array_equal(given, maps):
        raise checks.Hint("The result is right, but you changed the label maps you were given: start from a copy.")
