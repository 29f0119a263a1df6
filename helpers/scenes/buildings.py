"""Office blocks with their rows of windows."""

import cv2
import numpy as np

from helpers.scenes import boxes, painting
from helpers.scenes.boxes import Thing
from helpers.scenes.view import View


def blocks(picture: np.ndarray, view: View, rng: np.random.Generator) -> None:
    """Paint office blocks with their rows of windows, far ones first."""
    for z in sorted(rng.uniform(14, 60, rng.integers(1, 6)), reverse=True):
        tall, wide, deep = rng.uniform(7, 32) * (0.6 + z / 50), rng.uniform(10, 38), rng.uniform(8, 24)
        block = Thing(rng.uniform(-0.5, 0.5) * z, z + deep / 2, rng.uniform(-0.7, 0.7))
        corners = boxes.corners_of(block, (0, 0, 0, wide, tall, deep, None))
        style, eye = _facade(rng), np.array([0, view.eye, 0])
        for face, bright in ((0, 0.7), (1, 0.85), (4, 1.0)):
            flat = view.polygon(corners[boxes.SIDES[face]]) if face in boxes.turned_to(corners, eye) else None
            if flat is None or len(flat) != 4:
                continue
            wall = _windows(rng, style, deep if face < 2 else wide, tall) * bright
            _panel(picture, flat, wall)


def _facade(rng):
    """Return what is common to all sides of a building."""
    walls = [
        (0.75, 0.72, 0.68),
        (0.85, 0.85, 0.84),
        (0.60, 0.40, 0.33),
        (0.35, 0.36, 0.38),
        (0.72, 0.62, 0.50),
        (0.76, 0.62, 0.54),
    ]
    glasses = [
        (0.25, 0.36, 0.46),
        (0.45, 0.58, 0.66),
        (0.12, 0.16, 0.2),
        (0.3, 0.42, 0.40),
        (0.62, 0.54, 0.40),
        (0.2, 0.24, 0.28),
    ]
    return {
        "wall": boxes.one(rng, walls),
        "glass": boxes.one(rng, glasses),
        "storey": rng.uniform(2.8, 4.2),
        "bay": rng.uniform(1.1, 4),
        "pane": (rng.uniform(0.5, 0.97), rng.uniform(0.4, 0.95)),
        "split": int(rng.integers(1, 4)),
        "sky": rng.uniform(0, 0.6),
        "lit": rng.choice([0, rng.uniform(0.03, 0.3)]),
    }


def _windows(rng, style, wide, tall):
    """Return the picture of a facade, float32 (256, 256, 3): u along it, v up from the ground."""
    side = 256
    v, u = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j].astype(np.float32)
    bays, floors = u * max(2, round(wide / style["bay"])), v * max(2, round(tall / style["storey"]))
    in_u, in_v = np.mod(bays, 1) / style["pane"][0], np.mod(floors, 1) / style["pane"][1]
    pane = (in_u < 1) & (in_v < 1)
    bars = pane & ((np.mod(in_u * style["split"], 1) < 0.06) | (np.abs(in_v - 0.5) < 0.025))
    cell = np.sin(np.floor(bays) * 7.9 + np.floor(floors) * 13.7 + 1.3 * np.floor(in_u * style["split"]))
    glass = style["glass"] * (1 + 0.22 * cell + 0.5 * (v - 0.5) - 0.5 * (in_v > 0.9))[..., None]
    glass = glass + style["sky"] * (0.25 + 0.12 * painting.noise(rng, "cloud", side, side))[..., None] * np.float32(
        [0.8, 0.9, 1]
    )
    lamps = (np.sin(np.floor(bays) * 3.1 + np.floor(floors) * 5.9) > 1 - 2 * style["lit"])[..., None]
    glass = np.where(lamps, np.float32([1.0, 0.85, 0.55]), glass)
    wall = (
        style["wall"]
        * (1 + 0.05 * painting.noise(rng, "cloud", side, side) - 0.25 * (np.mod(floors, 1) > 0.96))[..., None]
    )
    frame = style["wall"] * 0.55
    door = (v < 0.9 / max(floors.max(), 1))[..., None]
    face = np.where(bars[..., None], frame, np.where(pane[..., None], glass, wall))
    return np.where(door, face * 0.6, face).astype(np.float32)


def _panel(picture, flat, face):
    """Lay a picture of a wall onto four corners (bottom near, bottom far, top far, top near)."""
    side, size = picture.shape[0], face.shape[0]
    # Corners of a face come as bottom, bottom, top, top (sides) or bottom, top, top, bottom (front).
    order = [0, 1, 2, 3] if abs(flat[0, 1] - flat[1, 1]) < abs(flat[0, 1] - flat[3, 1]) else [0, 3, 2, 1]
    target = flat[order].astype(np.float32)
    source = np.float32([[0, 0], [size - 1, 0], [size - 1, size - 1], [0, size - 1]])
    warp = cv2.getPerspectiveTransform(source, target)
    laid = cv2.warpPerspective(face, warp, (side, side), flags=cv2.INTER_AREA)
    mask = painting.fill([target], side, side)[..., None]
    picture += mask * (laid - picture)
