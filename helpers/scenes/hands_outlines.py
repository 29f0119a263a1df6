"""Rounded cones before a camera, and where in the picture each of them can be seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_TILE = 32  # pixels, side of the squares in which only the cones near by are looked at


@dataclass
class Cones:
    """Rounded cones in the camera's frame: x right, y down, z away from it, the origin in the middle of the hand."""

    a: np.ndarray
    b: np.ndarray
    ra: np.ndarray
    rb: np.ndarray
    part: np.ndarray  # ascending; 0: joined softly, others: fingers


@dataclass
class Camera:
    """A pinhole ``distance`` cm from the origin; in pixels ``focal``, ``middle`` (x, y), ``shape`` (height, width)."""

    distance: float
    focal: float
    middle: tuple[float, float]
    shape: tuple[int, int]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n, 3) appear: x, y in pixels, and pixels per centimetre there, (n, 3)."""
        scale = self.focal / np.maximum(points[:, 2] + self.distance, 1.0)
        return np.stack([points[:, 0] * scale + self.middle[0], points[:, 1] * scale + self.middle[1], scale], 1)


def tiles(cones: Cones, camera: Camera, where: np.ndarray | None = None) -> Iterator[tuple]:
    """Yield the parts of a picture in which cones are seen, square by square.

    Parameters
    ----------
    where : bool array (height, width), optional
        These pixels only.

    Yields
    ------
    near : bool (k,), the cones close to the square
    pixels : float32 (2, n), x and y of the middles of pixels that may meet them
    numbers : int (n,), theirs in the flattened picture
    start : float32 (n,), about how far from the camera the first surface is, along z
    within : bool (n,), inside the outline of a cone
    """
    height, width = camera.shape
    flat, scale = _flattened(cones, camera)
    tops, lefts = np.arange(0, height, _TILE), np.arange(0, width, _TILE)
    middles = np.stack([g.ravel() for g in np.meshgrid(lefts + _TILE / 2, tops + _TILE / 2)]).astype(np.float32)
    beside = 0.71 * _TILE + scale > _flat(*middles, flat)[0].T
    for number in np.flatnonzero(beside.any(1)):
        near, (row, column) = beside[number], divmod(int(number), len(lefts))
        top, left = int(tops[row]), int(lefts[column])
        rows, columns = np.mgrid[top : min(top + _TILE, height), left : min(left + _TILE, width)].reshape(2, -1)
        if where is not None:
            asked = where[rows, columns]
            rows, columns = rows[asked], columns[asked]
            if not len(rows):
                continue
        pixels = np.stack([columns, rows]).astype(np.float32) + 0.5
        away, front = _flat(*pixels, flat[near])
        reached = away < 0.5 * scale[near, None]
        inside = reached.any(0)
        if inside.any():
            start = np.where(reached, front, np.inf).min(0)[inside]
            yield near, pixels[:, inside], (rows * width + columns)[inside], start, away.min(0)[inside] < 0


def _flat(x, y, flat):
    """Return how far pixels are outside the cones' outlines, and about where their fronts are, in pixels, (k, n)."""
    c = flat.T[:, :, None]
    from_x, from_y = x - c[0], y - c[1]
    h = np.clip((from_x * c[2] + from_y * c[3]) * c[4], 0, 1)
    from_x -= h * c[2]
    from_y -= h * c[3]
    square = from_x * from_x + from_y * from_y
    radius = c[5] + h * c[6]
    depth = 1 / (c[7] + h * c[8])  # one over the depth runs evenly along a line in the picture
    front = depth - c[9] * depth * np.sqrt(np.maximum(radius * radius - square, 0))
    away = np.sqrt(square) - radius
    from_x, from_y = x - c[0], y - c[1]
    np.minimum(away, np.sqrt(from_x * from_x + from_y * from_y) - c[5], out=away)  # an end that hides the rest
    from_x, from_y = from_x - c[2], from_y - c[3]
    np.minimum(away, np.sqrt(from_x * from_x + from_y * from_y) - c[5] - c[6], out=away)
    return away, np.maximum(front, c[10])


def _flattened(cones, camera):
    """Return what `_flat` needs, float32 (k, 11), all in pixels."""
    a, b = camera.project(cones.a), camera.project(cones.b)
    scale = np.maximum(a[:, 2], b[:, 2])
    way, ra, rb = b[:, :2] - a[:, :2], cones.ra * a[:, 2], cones.rb * b[:, 2]
    square = np.maximum((way**2).sum(1), 1e-3)
    za, zb = cones.a[:, 2] + camera.distance, cones.b[:, 2] + camera.distance
    steep = np.minimum(np.sqrt(1 + ((zb - za) * scale) ** 2 / square), 4) / camera.focal
    lowest = np.minimum(za - cones.ra, zb - cones.rb)
    flat = [a[:, :2], way, 1 / square, ra, rb - ra, 1 / za, 1 / zb - 1 / za, steep, lowest]
    return np.column_stack(flat).astype(np.float32), scale.astype(np.float32)
