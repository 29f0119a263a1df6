"""What is behind a generated hand: clothes with a neck above them, walls, wood, tables, rooms, clutter, faces."""

from functools import cache

import cv2
import numpy as np

from helpers.scenes import hands_torso, painting, rooms
from helpers.scenes.hands_cloth import SKINLIKE, at, fabric, noise
from helpers.scenes.hands_cloth import color as colored

_ROOMS = 10
KINDS = {"torso": 36, "wall": 18, "dark": 13, "wood": 6, "table": 7, "clutter": 9, "texture": 4, "room": 7}


def ground(
    rng: np.random.Generator, size: tuple[int, int], skin: np.ndarray, light: dict, kind: str | None = None
) -> np.ndarray:
    """Return a background, float32 (height, width, 3) in 0..1, sRGB.

    Parameters
    ----------
    skin : 3 floats
        Of the person whose neck and face may be seen.
    light : dict
        As `hands_skin.lit` takes it: its colours fall on the background too.
    kind : str, optional
        One of `KINDS`; drawn if None.
    """
    kind = kind or str(rng.choice(list(KINDS), p=np.array(list(KINDS.values())) / sum(KINDS.values())))
    made = {
        "torso": _torso,
        "wall": _wall,
        "dark": _dark,
        "wood": _wood,
        "table": _table,
        "clutter": _clutter,
        "texture": _texture,
        "room": _room,
    }[kind]
    picture = made(rng, size, skin)
    if rng.random() < 0.2 and kind in ("wall", "table", "wood", "texture"):
        picture = _things(rng, picture, rng.integers(1, 5))
    if kind in ("clutter", "room") or rng.random() < 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.2, 2.5) * max(size) / 128)
    rows, columns = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j].astype(np.float32)
    slope = 1 + rng.normal(0, 0.12) * rows + rng.normal(0, 0.12) * columns
    cast = (light["key"] + light["sky"]) / (light["key"] + light["sky"]).mean()
    away = rng.uniform(0.5, 1.05) if light["kind"] == "flash" else rng.uniform(0.75, 1.15)  # light falls off behind
    return np.clip(picture * (slope * away)[..., None] * cast ** np.float32(0.45), 0, 1).astype(np.float32)


def _wall(rng, size, skin):
    color = {
        0: [rng.uniform(0.6, 0.95)] * 3,
        1: [rng.uniform(0.15, 0.6)] * 3,
        2: (0.80, 0.66, 0.34),
        3: rng.uniform(0.2, 0.95) + rng.uniform(-0.22, 0.22, 3),
        4: SKINLIKE[rng.integers(len(SKINLIKE))],
    }[int(rng.choice(5, p=[0.44, 0.2, 0.1, 0.18, 0.08]))]
    color = painting.varied(rng, color, 0.06)
    shade = 1 + rng.uniform(0.01, 0.07) * noise(rng, "cloud", size, rng.uniform(0.3, 1))
    shade += rng.exponential(0.02) * noise(rng, str(rng.choice(["fine", "grain", "patches"])), size)
    picture = color * shade[..., None]
    if rng.random() < 0.25:  # an edge: a door, a corner, a skirting
        across = rng.random() < 0.5
        along = np.mgrid[: size[0], : size[1]][1 if across else 0] / size[1 if across else 0]
        picture = np.where(
            (along > rng.uniform(0.1, 0.9))[..., None],
            picture * rng.uniform(0.6, 0.95) if rng.random() < 0.5 else colored(rng),
            picture,
        )
    return picture.astype(np.float32)


def _dark(rng, size, skin):
    color = np.float32(rng.uniform(0.005, 0.09)) * (1 + rng.normal(0, 0.25, 3))
    return (
        np.clip(color, 0, 1) * (1 + 0.25 * noise(rng, "folds", size) + 0.2 * noise(rng, "cloud", size))[..., None]
    ).astype(np.float32)


def _wood(rng, size, skin):
    color = painting.varied(
        rng,
        [
            (0.72, 0.52, 0.34),
            (0.82, 0.66, 0.48),
            (0.55, 0.36, 0.22),
            (0.38, 0.23, 0.15),
            (0.66, 0.40, 0.26),
            (0.90, 0.80, 0.66),
        ][rng.integers(6)],
        0.06,
    )
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32) * (128 / max(size))
    turn = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
    u, v = np.cos(turn) * columns + np.sin(turn) * rows, np.cos(turn) * rows - np.sin(turn) * columns
    board = np.floor(u / rng.uniform(14, 80))
    grain = at(
        "wood", (u + 3 * noise(rng, "cloud", size)) * rng.uniform(0.8, 3), v * rng.uniform(0.1, 0.5) + board * 97
    )
    shade = (
        1
        + rng.uniform(0.02, 0.14) * grain
        + rng.uniform(0, 0.12) * np.sin(board * 12.9)
        + 0.03 * noise(rng, "fine", size)
    )
    shade *= 1 - 0.4 * (np.abs(np.diff(board, axis=1, prepend=board[:, :1])) > 0) * (rng.random() < 0.7)
    return (color * shade[..., None]).astype(np.float32)


def _table(rng, size, skin):
    """A table's edge or its cloth, paper on it."""
    picture = fabric(rng, size) if rng.random() < 0.5 else _wall(rng, size, skin)
    if rng.random() < 0.5:
        picture = _things(rng, picture, 1, pale=True)
    if rng.random() < 0.4:
        edge = int(size[0] * rng.uniform(0.05, 0.5))
        picture[:edge] = (_wall(rng, size, skin) if rng.random() < 0.6 else _wood(rng, size, skin))[:edge]
    return picture


def _texture(rng, size, skin):
    """Grass, gravel, stone, carpet, leaves: noise of several grains between two colours."""
    one, two = (
        (np.array([0.18, 0.32, 0.08]), np.array([0.55, 0.62, 0.25]))
        if rng.random() < 0.3
        else (colored(rng), colored(rng))
    )
    mix = np.zeros(size, np.float32)
    for kind in ("fine", "grain", "patches", "cloud"):
        mix += rng.random() * noise(rng, kind, size, rng.uniform(0.3, 1.2))
    mix = np.clip(0.5 + 0.5 * mix / (mix.std() + 1e-3) * rng.uniform(0.3, 1), 0, 1)[..., None]
    return (one * mix + two * (1 - mix)).astype(np.float32)


def _clutter(rng, size, skin):
    base = (_wall, _wood, _texture)[rng.integers(3)](rng, size, skin)
    return _things(rng, base, int(rng.integers(6, 28)))


def _things(rng, picture, count, pale=False):
    """Lay boxes, discs, bars and blobs on a picture, each lit and with some shadow."""
    height, width = picture.shape[:2]
    picture = np.ascontiguousarray(picture, np.float32)
    for _ in range(count):
        x, y = rng.uniform(-0.1, 1.1, 2) * [width, height]
        across, down = np.exp(rng.uniform(np.log(0.03), np.log(0.35), 2)) * width
        turn = rng.choice([0, rng.uniform(0, np.pi)])
        kind = rng.choice(4, p=[0.5, 0.22, 0.16, 0.12])
        if kind == 0:
            corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * [across, down]
            spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            pieces = [corners @ spin.T + [x, y]]
        elif kind == 1:
            pieces = [painting.ellipse(x, y, across, down, turn)]
        elif kind == 2:
            end = np.array([x, y]) + rng.normal(0, 0.4, 2) * width
            pieces = painting.tube([(x, y), end], [rng.uniform(0.5, 0.06 * width)] * 2)
        else:
            pieces = [painting.rounded(np.array([x, y]) + rng.normal(0, 1, (6, 2)) * [across, down])]
        shape = painting.fill(pieces, height, width)
        color = painting.varied(rng, (0.93, 0.92, 0.9), 0.03) if pale else colored(rng)
        shade = (
            1
            + rng.normal(0, 0.2) * (np.arange(width) / width - 0.5)[None]
            + rng.normal(0, 0.2) * (np.arange(height) / height - 0.5)[:, None]
        )
        if rng.random() < 0.4:
            shade = shade * (1 + 0.12 * noise(rng, str(rng.choice(["fine", "patches", "wood"])), (height, width)))
        picture *= (1 - rng.uniform(0, 0.4) * cv2.GaussianBlur(shape, (0, 0), 0.02 * width))[..., None]
        picture = picture * (1 - shape[..., None]) + np.clip(color * shade[..., None], 0, 1) * shape[..., None]
    return picture.astype(np.float32)


@cache
def places() -> list[np.ndarray]:
    """Return a few of the office scenes' places, float32 (224, 224, 3) in 0..1; drawn once."""
    return [rooms.room(10, number).astype(np.float32) / 255 for number in range(_ROOMS)]


def _room(rng, size, skin):
    place = places()[rng.integers(_ROOMS)]
    shape = np.array(size) / max(size) * rng.uniform(100, 224)
    top, left = (int(rng.integers(0, 224 - int(side) + 1)) for side in shape)
    part = place[top : top + int(shape[0]), left : left + int(shape[1])]
    part = cv2.resize(part[:, ::-1] if rng.random() < 0.5 else part, size[::-1], interpolation=cv2.INTER_AREA)
    part = _things(rng, part, int(rng.integers(0, 8)))
    return part * rng.uniform(0.7, 1.1) * (1 + rng.normal(0, 0.04, 3).astype(np.float32))


def _torso(rng, size, skin):
    behind = (_wall, _wall, _wall, _dark, _room)[rng.integers(5)](rng, size, skin)
    return hands_torso.torso(rng, behind, skin)
