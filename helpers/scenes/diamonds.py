"""Generated photos of diamonds on a turntable, with exact masks: any of 14 shapes, 256 positions a stone.

As in D360 the stone lies tilted on a pale plate that turns under a fixed camera: near position 0
the camera looks straight at its table, half a turn later at its side. A picture is a function of
(seed, shape, stone, position), so nothing is stored.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial import ConvexHull

from helpers.scenes import diamond_light, diamond_shapes
from helpers.scenes.diamond_studio import Studio

SHAPES = tuple(diamond_shapes.SHAPES)
POSITIONS = 256
SEED = 12  # of the generated set
_INSIDE = {1: np.array([[0.5, 0.5]]), 2: np.array([[0.25, 0.3], [0.75, 0.7]]),
           4: np.array([[0.15, 0.4], [0.6, 0.15], [0.4, 0.85], [0.85, 0.6]])}
_FINE = 8  # a mask is counted on a grid as many times finer


@dataclass(frozen=True)
class Subject:
    """One stone with all that stays the same while it turns.

    ``pieces``: as `diamond_shapes.stone`; ``lying``: float64 (3, 3), turns it as it lies at position 0;
    ``spread``: half its width as a share of the picture's; ``middle``: of its orbit in the picture,
    (x, y) in shares; ``orbit``: (radius, phase); ``studio``: plate, lights and camera.
    """

    pieces: tuple
    lying: np.ndarray
    spread: float
    middle: np.ndarray
    orbit: tuple
    studio: Studio


@lru_cache(maxsize=256)
def subject(shape: str, stone: int, seed: int = SEED) -> Subject:
    """Return the stone of that number and how it was photographed.

    Parameters
    ----------
    shape : str
        One of `SHAPES`.
    stone : int
        Which stone of this shape; 0 or more.
    seed : int

    Raises
    ------
    ValueError
        If there is no such shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"There is no diamond shape {shape!r}. There are: {', '.join(SHAPES)}.")
    rng = np.random.default_rng([seed, SHAPES.index(shape), stone])
    pieces = diamond_shapes.stone(shape, rng)
    studio = Studio(rng)
    corners = np.concatenate([piece.corners for piece in pieces])
    tilt = studio.slant + rng.normal(0, 0.06)
    roll = rng.normal(0, 0.12) + rng.choice([0, np.pi]) if rng.random() < 0.6 else rng.uniform(0, 2 * np.pi)
    lying = _about_x(tilt) @ _about_z(roll) @ _about_x(rng.normal(0, 0.03))
    wide, high = np.ptp(corners[:, 0]), np.ptp(corners[:, 1])
    spread = rng.uniform(0.52, 0.7) / np.sqrt(wide * high)
    spread = min(spread, 0.435 / np.linalg.norm(corners, axis=1).max())  # whole in every position
    middle = 0.5 + np.clip(rng.normal(0, 0.02, 2), -0.035, 0.035)
    orbit = min(abs(rng.normal(0, 0.02)), 0.03), rng.uniform(0, 2 * np.pi)
    return Subject(pieces, lying, spread, middle, orbit, studio)


def draw(shape: str, stone: int, position: int, size: tuple[int, int] = (256, 256),
         seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Return one photo and its mask.

    Parameters
    ----------
    shape, stone, seed
        As `subject`.
    position : int
        Of the turntable, 0 to 255; one is 1.4 degrees.
    size : (height, width)

    Returns
    -------
    uint8 array (height, width, 3), and uint8 array (height, width): 1 where the stone covers at least half a pixel

    Raises
    ------
    ValueError
        If there is no such shape or position.
    """
    if not 0 <= position < POSITIONS:
        raise ValueError(f"There is no turntable position {position}. There are: 0 to {POSITIONS - 1}.")
    chosen = subject(shape, stone, seed)
    pose = _Pose(chosen, position, size)
    coverage = pose.coverage()
    rng = np.random.default_rng([seed, SHAPES.index(shape), stone, position, 7])
    picture = chosen.studio.plate(size, pose.footprint(), rng)
    _paint(picture, pose, coverage)
    return chosen.studio.developed(picture, rng), (coverage >= 0.5).astype(np.uint8)


class _Pose:
    """A stone at one position, before the camera: from the world to pixels."""

    def __init__(self, chosen, position, size):
        angle = 2 * np.pi * position / POSITIONS
        self.chosen, self.size = chosen, size
        self.turn = _about_z(-angle) @ chosen.lying
        self.right, self.up, self.towards = chosen.studio.camera()
        parts = [piece.corners @ self.turn.T for piece in chosen.pieces]
        whole = np.concatenate(parts)
        self.drop = np.array([0, 0, -whole[:, 2].min()])
        self.parts = [part + self.drop for part in parts]
        self.pixel = min(size) * chosen.spread
        flat = (whole + self.drop) @ np.stack([self.right, self.up], axis=1)
        radius, phase = chosen.orbit
        middle = chosen.middle + radius * np.array([np.cos(angle + phase), np.sin(angle + phase)])
        self.origin = (flat.max(axis=0) + flat.min(axis=0)) / 2  # what lies at the middle
        self.middle = middle * size[::-1]

    def pixels(self, points):
        """Return where points of the world lie in the picture: (n, 2), x and y, pixel centres at .5."""
        flat = points @ np.stack([self.right, self.up], axis=1) - self.origin
        return self.middle + flat * self.pixel * [1, -1]

    def coverage(self):
        """Return the share of each pixel that the stone covers, float32 (height, width)."""
        hulls = [ConvexHull(self.pixels(part)).equations.T for part in self.parts]
        y, x = np.indices(self.size)
        centres = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1)
        beyond = [(centres @ hull[:2] + hull[2]).max(axis=1) for hull in hulls]  # pixels from the outline, < 0 inside
        covered = (np.min(beyond, axis=0) < 0).astype(np.float32)
        # Within a pixel's half diagonal of an outline, count on the finer grid.
        edge = np.flatnonzero(np.min(np.abs(beyond), axis=0) < 0.71)
        at = (np.arange(_FINE) + 0.5) / _FINE - 0.5
        fine = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
        points = (centres[edge, None] + fine).reshape(-1, 2)
        inside = np.zeros(len(points), bool)
        for hull in hulls:
            inside |= (points @ hull[:2] + hull[2]).max(axis=1) <= 0
        covered[edge] = inside.reshape(-1, _FINE**2).mean(axis=1)
        return covered.reshape(self.size)

    def footprint(self):
        """Return where the stone's shade falls on the plate and where it touches it: two (n, 2) in pixels."""
        corners = np.concatenate(self.parts)
        lamp = self.chosen.studio.lamp
        shade = corners - corners[:, 2:] * np.array([*lamp, 1])
        near = shade[corners[:, 2] < 0.35 * corners[:, 2].max()]
        return self.pixels(shade), self.pixels(near)


def _paint(picture, pose, coverage):
    """Draw the stone into a picture float32 in 0..1, in place."""
    rows, columns = np.nonzero(coverage)
    if not len(rows):
        return
    # Where within a pixel rays start: fewer in a large picture, whose pixels see less.
    at = _INSIDE[4 if min(pose.size) <= 160 else 2 if min(pose.size) <= 320 else 1]
    x, y = (columns[:, None] + at[:, 0]).reshape(-1), (rows[:, None] + at[:, 1]).reshape(-1)
    flat = (np.stack([x, y], axis=1) - pose.middle) / pose.pixel * [1, -1] + pose.origin
    origins = flat[:, :1] * pose.right + flat[:, 1:] * pose.up + 50 * pose.towards
    facets = diamond_light.placed(pose.chosen.pieces, pose.turn, pose.drop, 1.0)
    seen, hit = diamond_light.colours(facets, origins.astype(np.float32), -pose.towards, pose.chosen.studio.light)
    np.clip(seen, 0, 1.04, out=seen)
    seen = seen.reshape(len(rows), len(at), 3).sum(axis=1)
    hits = hit.reshape(len(rows), len(at)).sum(axis=1)
    share = np.where(hits > 0, coverage[rows, columns], 0)[:, None]
    picture[rows, columns] = picture[rows, columns] * (1 - share) + seen / np.maximum(hits, 1)[:, None] * share


def _about_z(angle):
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _about_x(angle):
    return np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
