"""The smallest circle around points, for many sets of points at once."""

from itertools import combinations

import numpy as np


def row_ends(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last foreground pixel of every row: no other can touch the circle.

    Parameters
    ----------
    masks : bool array (n, height, width)

    Returns
    -------
    points : float64 array (n, 2 * height, 2)
        x and y in pixels; those of the rows with foreground come first.
    valid : bool array (n, 2 * height)
        False where a row has no foreground.
    """
    n, height, width = masks.shape
    first = masks.argmax(axis=2)
    last = width - 1 - masks[:, :, ::-1].argmax(axis=2)
    x = np.concatenate([first, last], axis=1)
    y = np.tile(np.arange(height), (n, 2))
    filled = np.tile(masks.any(axis=2), 2)
    # The start must be a foreground pixel: bring one to the front.
    order = np.argsort(~filled, axis=1, kind="stable")
    points = np.stack([x, y], axis=2).astype(float)
    return np.take_along_axis(points, order[..., None], axis=1), np.take_along_axis(filled, order, axis=1)


def around(points: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return the smallest circle around each set of points, by growing a support (see `masks.enclosing_circles`).

    Parameters
    ----------
    points : float array (n, m, 2)
        Whole numbers; the first of each set must be valid if any is.
    valid : bool array (n, m)

    Returns
    -------
    float64 array (n, 3)
        Centre x, centre y, radius; NaN where no point is valid.
    """
    filled = np.flatnonzero(valid.any(axis=1))
    circles = np.full((len(points), 3), np.nan)
    points, valid = points[filled], valid[filled]
    support = points[:, :1].repeat(3, axis=1)
    circle = np.concatenate([points[:, 0], np.zeros((len(points), 1))], axis=1)
    going = np.arange(len(points))
    while len(going):
        distance = np.linalg.norm(points[going] - circle[going, None, :2], axis=2)
        distance[~valid[going]] = -1
        farthest = distance.argmax(axis=1)
        outside = distance.max(axis=1) > circle[going, 2] + 1e-9
        going, farthest = going[outside], farthest[outside]
        four = np.concatenate([support[going], points[going, farthest][:, None]], axis=1)
        circle[going], support[going] = _smallest_around_four(four)
    circles[filled] = circle
    return circles


def _smallest_around_four(four):
    """Return the smallest circle around each four points, and its support as three points."""
    best = np.full((len(four), 3), np.inf)
    support = np.zeros((len(four), 3, 2))
    for chosen in [*((a, b, b) for a, b in combinations(range(4), 2)), *combinations(range(4), 3)]:
        a, b, c = (four[:, i] for i in chosen)
        circle = _through_two(a, b) if chosen[1] == chosen[2] else _through_three(a, b, c)
        reach = np.linalg.norm(four - circle[:, None, :2], axis=2).max(axis=1)
        better = (reach <= circle[:, 2] + 1e-9) & (circle[:, 2] < best[:, 2])
        best[better], support[better] = circle[better], np.stack([a, b, c], axis=1)[better]
    return best, support


def _through_two(a, b):
    return np.concatenate([(a + b) / 2, np.linalg.norm(a - b, axis=1, keepdims=True) / 2], axis=1)


def _through_three(a, b, c):
    """Return the circumcircles; radius infinite where the points lie on one line."""
    b, c = b - a, c - a
    twice_area = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    flat = twice_area == 0  # exact: pixel positions are whole numbers
    b2, c2, d = (b**2).sum(1), (c**2).sum(1), 2 * np.where(flat, 1, twice_area)
    centre = np.stack([c[:, 1] * b2 - b[:, 1] * c2, b[:, 0] * c2 - c[:, 0] * b2], axis=1) / d[:, None]
    radius = np.where(flat, np.inf, np.linalg.norm(centre, axis=1))
    return np.concatenate([a + centre, radius[:, None]], axis=1)
