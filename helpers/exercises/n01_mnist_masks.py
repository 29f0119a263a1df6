"""The checks of the exercises of notebook 01."""

import numpy as np

from helpers import checks

# Masks and the smallest circle (x, y, radius) around the squares of their pixels, worked out in fractions.
_SQUARES = (
    ("pixel", ["......", "...#..", "......"], (3, 1, np.sqrt(0.5))),
    ("pair", ["....", "....", ".##.", "...."], (1.5, 2, np.sqrt(1.25))),
    ("corner", ["#....", "#....", "#....", "###.."], (1, 1.5, 2.5)),
    ("triangle", [".#.....", ".......", "......#", ".......", "#......"], (45 / 16, 41 / 16, np.sqrt(1885 / 128))),
    ("far apart", ["#.....", "......", "......", ".....#"], (2.5, 1.5, np.sqrt(13))),
)

# Histograms, their best two cuts, and the cuts that well-known mistakes lead to.
_HISTOGRAMS = (
    ([6, 2, 0, 0, 0, 3, 5, 0, 0, 0, 2, 7], (1, 6), {}),
    ([3, 0, 0, 5, 0, 0, 0, 8], (0, 3), {}),
    ([9, 0, 0, 9, 3, 40, 9, 20, 0, 1, 9, 5, 2], (3, 7), {(0, 6): "greedy", (6, 7): "greedy", (0, 7): "variance"}),
    ([40, 5, 40, 9, 3, 5, 1, 9], (1, 4), {(1, 3): "greedy", (3, 5): "greedy", (1, 5): "variance"}),
    ([0, 0, 4, 0, 30, 1, 0, 0, 6, 0], (2, 5), {}),
)
_MISTAKES = {
    "greedy": "You seem to cut in two, and then one of the parts again. The best two cuts need not contain the best "
              "single one: try them together.",
    "variance": "You seem to add up the variances of the groups, so that a group of one pixel weighs as much as one of "
                "a thousand. Add their sums of squares, without dividing by their sizes.",
    "below": "Your levels begin the upper group. The pixels *at* a threshold belong to the lower group, x <= low.",
}


@checks.exercise("01.1", points=1)
def _(threshold, sum_of_squares):
    if not all(np.ndim(part) == 0 and np.isreal(part) for part in (threshold, sum_of_squares)):
        raise checks.Hint("Both answers are single numbers.")
    if threshold == 100:
        raise checks.Hint("At 100 the dark group is 0, 0, 0, 0, 100: that one pixel costs a lot. Compare the sum of "
                          "squares with that of the only other split.")
    if 0 < threshold < 100:
        raise checks.Hint("That makes the right two groups. But every level from 0 to 99 makes them, "
                          "and of equally good levels we take the lowest.")
    if threshold != 0:
        raise checks.Hint("There are only two ways to split the levels 0, 100, 200: above 0, or above 100. "
                          "Work out the sum of squares of both.")
    if abs(sum_of_squares - 2500) < 1e-6:
        raise checks.Hint("The threshold is right. You divided by the number of pixels: that is a variance, and we "
                          "want the sum.")
    if abs(sum_of_squares - 100) < 1e-6:
        raise checks.Hint("The threshold is right. Square each distance to the mean before you add them up.")
    if abs(sum_of_squares - 5000) > 1e-6:
        raise checks.Hint("The threshold is right. The dark group costs nothing, since its pixels are equal. What is "
                          "the mean of the bright group, and how far from it are its pixels?")


@checks.exercise("01.2", points=2)
def _(circle_around_squares):
    for (name, rows, true), ink in zip(_SQUARES, (1, 255, True, 1, 1), strict=True):
        mask = np.where(np.array([list(row) for row in rows]) == "#", ink, 0).astype(bool if ink is True else np.uint8)
        found = np.asarray(checks.returned(circle_around_squares(mask.copy())), float).ravel()
        if found.size != 3:
            raise checks.Hint(f"Return three numbers, x, y and radius; found {found.size}.")
        if not np.isfinite(found).all():
            raise checks.Hint(f"Your circle {found.round(2).tolist()} is not finite. Did you count pixels of the value "
                              "255, or True, as foreground?")
        _explain(name, found, np.array(true))


def _explain(name, found, true):
    """Raise the hint for a circle that is not the right one."""
    shift, wider = found[:2] - true[:2], found[2] - true[2]
    if np.abs(shift).max() < 0.02 and abs(wider) < 2e-3:
        return
    if name == "pixel" and np.allclose(found[1::-1], true[:2], atol=0.02):
        raise checks.Hint("x and y are swapped: x counts columns, to the right, and y counts rows, down.")
    if name == "pixel" and abs(found[2]) < 1e-3:
        raise checks.Hint("Around a single pixel your circle has radius 0: it holds the centre, not the square.")
    if name == "pixel" and abs(found[2] - 0.5) < 1e-3:
        raise checks.Hint("Around a single pixel your circle has radius 0.5: it touches the middles of the sides, and "
                          "the corners stick out.")
    if np.allclose(np.abs(shift), 0.5, atol=0.02):
        raise checks.Hint("The size is right, but the circle lies half a pixel off. The centre of pixel (x, y) is at "
                          "(x, y), its corners are at x ± ½, y ± ½."
                          if abs(wider) < 2e-3 else "The circle lies half a pixel off, and its radius is wrong too.")
    if wider > 0:
        raise checks.Hint(f"Around {_as_text(name)} a smaller circle is possible: yours has radius {found[2]:.3f}. If "
                          "you add the same amount to every radius, think of which corners really lie outermost.")
    raise checks.Hint(f"Around {_as_text(name)} your circle of radius {found[2]:.3f} leaves a corner outside.")


def _as_text(name):
    return {"pair": "two pixels side by side", "pixel": "a single pixel"}.get(name, f'the mask "{name}"')


@checks.exercise("01.3", points=3)
def _(two_thresholds):
    for counts, best, mistakes in _HISTOGRAMS:
        cuts = np.asarray(checks.returned(two_thresholds(np.array(counts)))).ravel()
        if cuts.size != 2 or not (np.isreal(cuts).all() and (cuts == cuts.round()).all()):
            raise checks.Hint(f"Return two grey levels, whole numbers, as (low, high); found {cuts.tolist()}.")
        low, high = (int(cut) for cut in cuts)
        if not 0 <= low < high < len(counts):
            raise checks.Hint(f"Found low = {low} and high = {high} for {len(counts)} grey levels: "
                              f"it must be 0 <= low < high < {len(counts)}.")
        found = _groups(counts, (low, high))
        if set(found) != {0, 1, 2}:
            raise checks.Hint(f"For counts = {counts} your cuts {low}, {high} leave a group without pixels. Leave such "
                              "pairs out: 0 / 0 is nan, and a comparison with nan goes astray.")
        if found == _groups(counts, best):
            continue
        for cut, mistake in {**mistakes, (best[0] + 1, best[1] + 1): "below"}.items():
            if found == _groups(counts, cut):
                raise checks.Hint(_MISTAKES[mistake])
        raise checks.Hint(f"For counts = {counts} another pair than {low}, {high} has a smaller sum of squares.")


def _groups(counts, cuts):
    """Return the group, 0 to 2, of every grey level that occurs: cuts that agree in these are equally right."""
    return [sum(level > cut for cut in cuts) for level, count in enumerate(counts) if count]
