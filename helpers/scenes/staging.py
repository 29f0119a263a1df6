"""Scenes staged anew for training: anyone, anywhere, several or nobody, seen by any camera.

`office` pastes a cut-out at twenty places, at one size, and shows the plain result. A network that
is to work on other photos must not learn those habits. Here people come in all sizes and places,
cut by the border, hidden by things or by each other; things that are no people are pasted just as
people are; and the finished picture goes through light, lens, sensor and JPEG.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from helpers.scenes import office


def shrunk(material: office.Material, side: int) -> office.Material:
    """Return the same rooms and people with frames of `side` pixels (32 or more, even), for small scenes made fast.

    Averaged by area; colours of the people by their alpha, so that nothing hidden shows at the rim.
    """
    def smaller(picture, size):
        return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)

    rooms = np.stack([smaller(room, side) for room in material.rooms])
    people = np.empty((len(material.people), side // 2, side // 2, 4), np.uint8)
    for into, person in zip(people, material.people, strict=True):
        alpha = person[..., 3:].astype(np.float32)
        mixed = smaller(np.concatenate([person[..., :3] * alpha, alpha], axis=-1), side // 2)
        into[..., :3] = np.round(mixed[..., :3] / np.maximum(mixed[..., 3:], 1e-3))
        into[..., 3] = np.round(mixed[..., 3])
    return dataclasses.replace(material, rooms=rooms, people=people, masks=None)


def batch(material: office.Material, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return newly staged scenes and their masks.

    Parameters
    ----------
    material : office.Material
        Rooms and people to stage with; all of them are used.
    count : int
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    float32 array (count, side, side, 3) in 0..1, float32 array (count, side, side, 1) of 0 and 1
        As large as the rooms are: `side` is 224, or what they were `shrunk` to.
    """
    pairs = [scene(material, rng) for _ in range(count)]
    images, masks = (np.stack(part) for part in zip(*pairs, strict=True))
    return images.astype(np.float32) / 255, masks[..., None].astype(np.float32)


def scene(material: office.Material, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return one staged scene, uint8 (side, side, 3), and its mask, uint8 (side, side): 1 = person."""
    side = material.rooms.shape[1]
    picture, mask = _room(material, rng).astype(np.float32), np.zeros((side, side), np.float32)
    if rng.random() < 0.25:
        for _ in range(rng.integers(1, 3)):
            _lay(picture, mask, _thing(material, rng), 0)
    kind = rng.random()
    close = kind < 0.1
    tall = rng.uniform(1.4, 3) if close else np.exp(rng.uniform(-0.7, 0.6) if kind < 0.45 else rng.normal(0, 0.12))
    for _ in range(rng.choice(5, p=[0.08, 0.68, 0.16, 0.05, 0.03])):
        _lay(picture, mask, _person(material, tall * np.exp(rng.normal(0, 0.1)), close, rng), 1)
    if rng.random() < 0.15:
        _lay(picture, mask, _thing(material, rng), 0)
    picture, mask = np.uint8(picture + 0.5), np.uint8(mask > 0.5)
    if rng.random() < 0.15:
        picture, mask = _framed(picture, mask, rng)
    return _photographed(picture, rng), mask


def _room(material, rng):
    """Return part of a room, turned or not, in a new light."""
    room, side = _any(material.rooms, rng), material.rooms.shape[1]
    part = rng.uniform(0.5, 1, 2) if rng.random() < 0.2 else np.full(2, rng.uniform(0.65, 1))
    h, w = (int(side * share) for share in part)
    top, left = rng.integers(side - h + 1), rng.integers(side - w + 1)
    room = cv2.resize(room[top:top + h, left:left + w], (side, side), interpolation=cv2.INTER_LINEAR)
    return lit(room[:, ::-1] if rng.random() < 0.5 else room, rng, 0.6)


def _person(material, tall, close, rng):
    """Return a person and where in the frame: premultiplied colour and alpha, float32."""
    rgba, side = _any(material.people, rng), material.rooms.shape[1]
    if rng.random() < 0.5:
        rgba = rgba[:, ::-1]
    color, alpha = lit(rgba[..., :3], rng, 0.6), rgba[..., 3:].astype(np.float32) / 255
    if rng.random() < 0.3:  # the light and dark of some room, as folds and prints that the drawing lacks
        stuff = cv2.cvtColor(_patch(material, rng), cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
        color = np.clip(color * (1 + rng.uniform(0.2, 0.8) * (stuff - stuff.mean()) / 255), 0, 255)
    cut_out = np.concatenate([color * alpha, alpha], axis=-1).astype(np.float32)
    wide = tall * np.exp(rng.uniform(-0.9, 0.1) if rng.random() < 0.35 else rng.normal(0, 0.08))
    x, y = (rng.uniform(min(size / 4, 0.5), max(1 - size / 4, 0.5)) for size in (wide, tall))
    if rng.random() < 0.2:  # cut by the border
        x, y = rng.uniform(0, 1), rng.uniform(0.3, 1.1)
    if close:  # the head is in the picture, the feet are not
        y = tall / 4 + rng.uniform(-0.05, 0.4)
    return _placed(cut_out, wide, tall, rng.normal(0, 0.05), x * side, y * side, side)


def _thing(material, rng):
    """Return something that is no person, and where: a shape cut from a room, or of one colour."""
    side = material.rooms.shape[1]
    half, shape = side // 2, np.zeros((side // 2, side // 2), np.uint8)
    if rng.random() < 0.5:
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
        radii = 0.48 * half * rng.uniform(0.3, 1, len(angles))
        points = half / 2 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        cv2.fillPoly(shape, [np.int32(points)], 255, cv2.LINE_AA)
    else:
        for _ in range(rng.integers(1, 4)):
            centre, axes = np.int32(half * rng.uniform(0.28, 0.72, 2)), np.int32(half * rng.uniform(0.06, 0.35, 2))
            cv2.ellipse(shape, centre.tolist(), axes.tolist(), float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    color = _patch(material, rng)
    if rng.random() < 0.3:
        color = np.uint8(np.clip(0.25 * (color - color.mean()) + rng.uniform(0, 255, 3), 0, 255))
    alpha = cv2.GaussianBlur(shape, (0, 0), rng.uniform(0.4, 1.2))[..., None].astype(np.float32) / 255
    cut_out = np.concatenate([lit(color, rng, 0.6) * alpha, alpha], axis=-1).astype(np.float32)
    wide, high = np.exp(rng.uniform(-1.9, 0.2, 2))
    return _placed(cut_out, wide, high, rng.uniform(-3, 3), *rng.uniform(0, side, 2), side)


def _any(pictures, rng):
    return pictures[rng.integers(len(pictures))]


def _patch(material, rng):
    """Return a quarter of some room, as large as a cut-out."""
    half = material.people.shape[1]
    y, x = rng.integers(material.rooms.shape[1] - half + 1, size=2)
    return _any(material.rooms, rng)[y:y + half, x:x + half]


def _placed(cut_out, wide, high, turn, x, y, side):
    """Return where in the frame a cut-out lies when stretched, turned (radians) and centred on (x, y); and it."""
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[c * wide, -s * high], [s * wide, c * high]])
    middle = cut_out.shape[0] / 2
    reach = middle * np.abs(matrix).sum(axis=1)  # of its corners from its middle
    (left, right), (top, bottom) = ((int(max(at - far, 0)), int(min(at + far + 1, side)))
                                    for at, far in zip((x, y), reach, strict=True))
    if right <= left or bottom <= top:
        return np.s_[:0, :0], cut_out[:0, :0]
    move = np.array([x - left, y - top]) - matrix @ (middle, middle)
    placed = cv2.warpAffine(cut_out, np.column_stack([matrix, move]), (right - left, bottom - top))
    return np.s_[top:bottom, left:right], placed


def _lay(picture, mask, placed, value):
    """Lay a premultiplied cut-out over picture and mask, in place."""
    where, cut_out = placed
    alpha = cut_out[..., 3:]
    picture[where] = picture[where] * (1 - alpha) + cut_out[..., :3]
    np.copyto(mask[where], value, where=alpha[..., 0] > 0.5)


def _framed(picture, mask, rng):
    """Return a wide or a tall photo in the square frame, its border pixels repeated, as `models.letterbox` does."""
    side = len(picture)
    bar = int(side * rng.uniform(0.03, 0.25))
    first = int(rng.integers(0, 2 * bar + 1))
    edges = (first, 2 * bar - first, 0, 0)
    if rng.random() < 0.5:  # cut above and below
        picture, mask = picture[bar:side - bar], mask[bar:side - bar]
    else:
        picture, mask, edges = picture[:, bar:side - bar], mask[:, bar:side - bar], edges[2:] + edges[:2]
    return tuple(cv2.copyMakeBorder(part, *edges, cv2.BORDER_REPLICATE) for part in (picture, mask))


def lit(rgb: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Return a uint8 picture (h, w, 3) in a new light: brightness, contrast, gamma, tint, saturation."""
    x = np.linspace(0, 1, 256)[:, None] ** np.exp(strength * rng.normal(0, 0.25))
    x = (x - 0.5) * np.exp(strength * rng.normal(0, 0.18)) + 0.5 + strength * rng.normal(0, 0.06)
    x = x * np.exp(strength * rng.normal(0, 0.06, 3))
    table = np.uint8(np.clip(x * 255, 0, 255) + 0.5)[None]
    rgb = cv2.LUT(np.ascontiguousarray(rgb), table)
    keep = float(np.clip(1 + strength * rng.normal(0, 0.3), 0, 2))
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(rgb, keep, grey, 1 - keep, 0)


def _photographed(picture, rng):
    """Return a picture after lens, sensor and file."""
    picture, side = lit(picture, rng, 0.6), len(picture)
    if rng.random() < 0.05:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.2, 1.3) * side / 224)
    elif rng.random() < 0.2:  # sharpened
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        amount = rng.uniform(0.3, 1.2)
        picture = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)
    if rng.random() < 0.4:
        noise = rng.standard_normal((side, side, 1 if rng.random() < 0.5 else 3), np.float32) * rng.uniform(1, 10)
        picture = np.uint8(np.clip(picture + noise, 0, 255))
    return office.jpeg(picture, int(rng.integers(35, 98))) if rng.random() < 0.5 else picture
