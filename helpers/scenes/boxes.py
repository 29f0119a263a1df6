"""Boxes in metres, painted with lit faces from far to near: what furniture and houses are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from helpers.scenes import painting
from helpers.scenes.painting import varied
from helpers.scenes.view import View

WOODS = ((0.60, 0.42, 0.26), (0.74, 0.60, 0.44), (0.33, 0.20, 0.13), (0.86, 0.84, 0.80))
METALS = ((0.08, 0.08, 0.09), (0.55, 0.56, 0.58), (0.9, 0.9, 0.9))
CLOTHS = (
    (0.10, 0.10, 0.12),
    (0.16, 0.2, 0.3),
    (0.45, 0.12, 0.12),
    (0.75, 0.72, 0.66),
    (0.85, 0.62, 0.15),
    (0.2, 0.42, 0.45),
    (0.82, 0.62, 0.50),
    (0.35, 0.22, 0.15),
    (0.9, 0.9, 0.9),
    (0.1, 0.3, 0.6),
)
_BRIGHT = np.array([0.78, 0.78, 0.45, 1.12, 0.9, 0.9])  # of those faces: sides, underneath, top, front, back


def one(rng: np.random.Generator, palette: Sequence[tuple], amount: float = 0.06) -> np.ndarray:
    """Return a colour of a palette, varied a little."""
    return varied(rng, palette[rng.integers(len(palette))], amount)


@dataclass
class Thing:
    """Boxes that belong together: (x, y, z, width, height, depth, colour), around a place and turned."""

    x: float
    z: float
    turn: float
    boxes: list = field(default_factory=list)

    def add(
        self, x: float, y: float, z: float, width: float, height: float, depth: float, color: np.ndarray
    ) -> Thing:
        """Add a box by the middle of its bottom, in metres, before the turn."""
        self.boxes.append((x, y, z, width, height, depth, color))
        return self


def corners_of(thing: Thing, part: tuple) -> np.ndarray:
    """Return the eight corners of one box of a thing: float array (8, 3), in metres."""
    x, y, z, width, height, depth, _ = part
    unit = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], float) - (0.5, 0, 0.5)
    local = unit[:, [0, 1, 2]] * (width, height, depth) + (x, y, z)
    c, s = np.cos(thing.turn), np.sin(thing.turn)
    return np.stack(
        [c * local[:, 0] - s * local[:, 2] + thing.x, local[:, 1], s * local[:, 0] + c * local[:, 2] + thing.z], 1
    )


# The corners above are numbered 4i + 2j + k; these are the six faces: left, right, bottom, top, front, back.
SIDES = np.array([(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)])


def paint(picture: np.ndarray, view: View, thing: Thing, light: float, rng: np.random.Generator) -> None:
    """Paint the boxes of a thing, far ones first, only the faces turned to the camera."""
    eye = np.array([0, view.eye, 0])
    boxes = [(corners_of(thing, part), part[6]) for part in thing.boxes]
    boxes.sort(key=lambda pair: -((pair[0].sum(0) / 8 - eye) ** 2).sum())
    for corners, color in boxes:
        whole = view.points(corners)
        for face in turned_to(corners, eye):
            flat = view.polygon(corners[SIDES[face]]) if whole is None else whole[SIDES[face]]
            if flat is not None:
                lay(picture, flat, np.asarray(color) * _BRIGHT[face] * light * rng.normal(1, 0.03), rng)


def turned_to(corners: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Return which faces of a box (8 corners) the eye sees."""
    faces = corners[SIDES].sum(1) / 4
    return np.flatnonzero(((faces - corners.sum(0) / 8) * (eye - faces)).sum(1) > 0)


def lay(picture: np.ndarray, flat: np.ndarray, color: np.ndarray, rng: np.random.Generator) -> None:
    """Fill a polygon with a colour that has a slope of light and some grain."""
    side = picture.shape[0]
    (x0, y0), (x1, y1) = flat.min(0).tolist(), flat.max(0).tolist()
    x0, y0, x1, y1 = max(int(x0) - 1, 0), max(int(y0) - 1, 0), min(int(x1) + 2, side), min(int(y1) + 2, side)
    if x1 <= x0 or y1 <= y0:
        return
    part = picture[y0:y1, x0:x1]
    mask = painting.fill([flat], y1 - y0, x1 - x0, x0, y0)[..., None]
    paint = np.asarray(color, np.float32)
    if mask.size > 600:
        slope = np.linspace(-1, 1, y1 - y0, dtype=np.float32)[:, None] * rng.normal(0, 0.1) + np.linspace(
            -1, 1, x1 - x0, dtype=np.float32
        ) * rng.normal(0, 0.1)
        if min(part.shape[:2]) < 440:
            slope = (
                slope
                + 0.05 * painting.noise(rng, "cloud", y1 - y0, x1 - x0)
                + 0.02 * painting.noise(rng, "fine", y1 - y0, x1 - x0)
            )
        paint = paint * (1 + slope[..., None])
    part += mask * (paint - part)


def shadows(picture: np.ndarray, view: View, things: list[Thing]) -> None:
    """Darken the floor beneath and around what stands on it."""
    side = picture.shape[0]
    dark = np.zeros((side, side), np.uint8)
    near_floor = [
        (thing, part) for thing in things for part in thing.boxes if part[1] < 0.9 and part[3] * part[5] > 0.01
    ]
    for thing, part in sorted(near_floor, key=lambda pair: -pair[1][1]):  # the lower, the darker
        corners = corners_of(thing, (*part[:3], part[3] * 1.15, 0, part[5] * 1.15, None))[[0, 1, 5, 4]]
        corners[:, 1] = 0.0
        flat = view.polygon(corners)
        if flat is not None:
            cv2.fillConvexPoly(dark, np.round(flat).astype(np.int32), int(150 - 100 * part[1]))
    picture *= (1 - cv2.GaussianBlur(dark, (0, 0), 5).astype(np.float32) / 255)[..., None]
