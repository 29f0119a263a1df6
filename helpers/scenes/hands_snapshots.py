"""Endless training pictures from a few thousand drawn hands: each laid, moved and turned, before other backgrounds.

Tracing a hand takes a tenth of a second, laying its layer before a background a few thousandths. So
layers and backgrounds are drawn once and kept in files, and each snapshot combines them anew.
"""

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from helpers import cameras
from helpers.scenes import drawing, hands, hands_camera, hands_grounds, hands_render

SEED = 4005  # none of the seeds that the splits of `hands_sets` are drawn from
PART = 250  # hands kept in one file
_LIGHT = 204  # sRGB 1 in a layer, which may hold values up to 1.25


def pool(count: int, folder: Path | None, side: int = 160) -> dict[str, np.ndarray]:
    """Return the layers of so many hands and as many backgrounds, drawn on all cores, or read where they were kept.

    Parameters
    ----------
    count : int
        Rounded up to whole files of 250 where there is a folder.
    folder : Path, optional
        Where to keep them, 51 MB a file of 160x160 pixels; an interrupted drawing goes on from there.
    side : int
        Height and width in pixels.

    Returns
    -------
    dict
        ``layers``: uint8 (n, side, side, 5), colours of which 204 is white, opacity, mask of the bare skin;
        ``grounds``: uint8 (n, side, side, 3); ``kinds`` and ``ways``: what lit each hand, and from where.
    """
    if folder is None:
        parts = list(drawing.in_order(partial(_drawn, side=side), [[number] for number in range(count)], "hands"))
    else:
        parts = [_kept(folder, part, side) for part in range(-(-count // PART))]
    return _joined(parts)


def snapshot(pool: dict[str, np.ndarray], rng: np.random.Generator, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a new picture and its mask from a pool.

    A hand is moved, scaled, turned and sheared, before its own or another background, likewise moved;
    the photo of both, of any shape between 1 : 1 and 1 : 1.8, has been taken by another camera, better
    or worse (`cameras.shot`), and is fitted into a square as `models.segment` does it.

    Parameters
    ----------
    pool : dict
        As `pool` returns it.
    rng : numpy Generator
    side : int
        Height and width in pixels.

    Returns
    -------
    uint8 array (side, side, 3), uint8 array (side, side)
        The mask is 0..255, with greys on outlines.
    """
    i, j = rng.integers(len(pool["layers"]), size=2)
    layer, ground = pool["layers"][i], pool["grounds"][i if rng.random() < 0.4 else j]
    narrow = round(side * np.exp(rng.uniform(np.log(0.55), 0)))
    width, height = (side, narrow) if rng.random() < 0.5 else (narrow, side)
    move = _placed(rng, layer[..., 4] > 127, width, height)
    # What leaves the layer at its border is an arm; repeated border pixels let it go on.
    rgba, mask = (cv2.warpAffine(part, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
                  for part in (np.ascontiguousarray(layer[..., :4]), layer[..., 4]))
    half, linear = np.array([width, height]) / 2, _turned(rng, np.exp(rng.uniform(0, 0.8)) * side / len(ground), 0.3)
    move = np.column_stack([linear, half - linear @ (rng.uniform(0.3, 0.7, 2) * len(ground))])
    ground = cv2.warpAffine(ground, move, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    light = {"kind": str(pool["kinds"][i]), "way": pool["ways"][i]}
    moved = hands_render.Layer(np.float32(rgba[..., :3]) / _LIGHT, np.float32(rgba[..., 3]) / 255, mask, light,
                               np.zeros(3))
    ground = np.float32(ground) / 255
    if rng.random() < 0.2:
        ground = _like_skin(rng, ground, moved)
    if rng.random() < 0.3:
        ground = _flashed(rng, ground, moved.alpha)
    picture = cameras.shot(hands_camera.photograph(rng, moved, ground), rng, rng.uniform(0, 0.9))
    top, left = (side - height) // 2, (side - width) // 2
    picture, mask = (cv2.copyMakeBorder(part, top, side - height - top, left, side - width - left,
                                        cv2.BORDER_REPLICATE) for part in (picture, mask))
    return picture, mask


def _placed(rng, mask, width, height):
    """Return the matrix (2, 3) that moves a hand's layer into a photo of this width and height."""
    half, side = np.array([width, height]) / 2, len(mask)
    if _has_cut_fingers(mask):  # the photo lies within the layer, for there is nothing beyond
        angle = rng.normal(0, 0.06)
        scale = max(width, height) / side * rng.uniform(1, 1.35) * (1 + abs(angle))
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = linear @ np.diag([rng.choice([-1, 1]), 1])
        place = half + rng.uniform(-1, 1, 2) * np.maximum(scale * side / 2 - half, 0)
        return np.column_stack([linear, place - linear @ np.full(2, (side - 1) / 2)])
    rows, columns = np.nonzero(mask)
    middle = np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2
    reach = max(np.ptp(columns), np.ptp(rows)) / 2 + 1
    scale = max(rng.uniform(0.7, 1.5) * min(width, height) / (2 * reach), 0.7 * max(width, height) / side)
    linear = _turned(rng, scale, 0.45)
    place = half + rng.uniform(-1, 1, 2) * (0.35 * np.abs(half - scale * reach) + 0.1 * half)
    return np.column_stack([linear, place - linear @ middle])


def _has_cut_fingers(mask):
    """Return whether anything but one broad piece, an arm, meets a side of the layer."""
    for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1]):
        pieces = np.count_nonzero(np.diff(np.pad(edge.astype(np.int8), 1)) == 1)
        if pieces > 1 or 0 < np.count_nonzero(edge) < 0.13 * len(mask):
            return True
    return False


def _like_skin(rng, ground, layer):
    """Give a background nearly the colour of the hand: a shirt or a wall that only its pattern tells from skin."""
    inside = layer.mask > 127
    if not inside.any():
        return ground
    wanted = layer.rgb[inside].mean(axis=0) * rng.uniform(0.55, 1.35) * rng.normal(1, 0.09, 3)
    gain = np.clip(wanted / np.maximum(ground.mean(axis=(0, 1)), 0.05), 0.1, 5)
    return np.clip(ground * np.float32(gain), 0, 1)


def _flashed(rng, ground, alpha):
    """Cast the narrow dark shadow of a flash beside the hand on what is close behind it."""
    height, width = alpha.shape
    right, down = rng.normal(0, 0.035, 2) * max(height, width)
    shadow = cv2.warpAffine(alpha, np.float32([[1, 0, right], [0, 1, down]]), (width, height),
                            borderMode=cv2.BORDER_REPLICATE)
    shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(0.002, 0.012) * max(height, width))
    tint = np.float32(rng.uniform(0.35, 0.9) * np.array([1, 1.03, 1.06]))  # what light is left is warm
    return ground * (1 - np.minimum(tint, 0.95) * shadow[..., None])


def _turned(rng, scale, spread):
    """Return a random rotation with scale and shear, mirrored in half of the cases: float (2, 2)."""
    angle = rng.uniform(-np.pi, np.pi) if rng.random() < 0.3 else rng.normal(0, spread)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return linear @ np.array([[1, rng.normal(0, 0.1)], [0, 1]]) @ np.diag([rng.choice([-1, 1]), 1])


def _kept(folder, part, side):
    """Return a file's hands, drawn now if it is not there."""
    file = Path(folder) / f"hands{hands.VERSION}_{side}_{part:03d}.npz"
    if not file.exists():
        numbers = [[number] for number in range(part * PART, (part + 1) * PART)]
        drawn = _joined(list(drawing.in_order(partial(_drawn, side=side), numbers, file.stem, "hand")))
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new.npz")
        np.savez(new, **drawn)
        new.replace(file)
    with np.load(file) as kept:
        return dict(kept)


def _joined(parts):
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _drawn(numbers, side):
    found = {"layers": [], "grounds": [], "kinds": [], "ways": []}
    for number in numbers:
        layer, rng = hands.hand(SEED, number, (side, side)), np.random.default_rng([SEED, number, 1])
        ground = hands_grounds.ground(rng, (side, side), layer.skin, layer.light)
        found["layers"].append(np.uint8(np.round(np.dstack(
            [_LIGHT * np.clip(layer.rgb, 0, 255 / _LIGHT), 255 * layer.alpha, 255 * layer.mask]))))
        found["grounds"].append(np.uint8(np.round(255 * np.clip(ground, 0, 1))))
        found["kinds"].append(layer.light["kind"])
        found["ways"].append(layer.light["way"])
    return {key: np.array(values) for key, values in found.items()}
