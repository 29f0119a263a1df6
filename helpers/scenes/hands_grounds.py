"""What is behind a generated hand: clothes with a neck above them, walls, wood, tables, rooms, clutter, faces."""

import cv2
import numpy as np

from helpers.scenes import hands_cloth, painting

KINDS = {"torso": 30, "wall": 17, "dark": 7, "wood": 10, "table": 8, "clutter": 12, "texture": 7, "room": 9}


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


def _torso(rng, size, skin):
    """Someone's clothes, with a wall beside them, a neck, now and then a face above."""
    height, width = size
    behind = _wall(rng, size, skin) if rng.random() < 0.8 else _clutter(rng, size, skin)
    body = hands_cloth.fabric(rng, size)
    fine = 2
    scale = np.array([width, height]) * fine
    middle, half = rng.uniform(0.2, 0.8), rng.uniform(0.45, 1.1)
    top = rng.uniform(-0.9, 0.25) if rng.random() < 0.75 else rng.uniform(-1.5, -0.9)
    outline = painting.rounded(
        np.array(
            [
                (middle - half, top + 0.25),
                (middle - 0.3 * half, top),
                (middle + 0.3 * half, top),
                (middle + half, top + 0.25),
                (middle + half * 1.15, 2),
                (middle - half * 1.15, 2),
            ]
        )
        * scale
    )
    shape = cv2.resize(
        painting.fill([outline], height * fine, width * fine), (width, height), interpolation=cv2.INTER_AREA
    )
    soft = cv2.GaussianBlur(shape, (0, 0), 0.05 * width)
    picture = behind * (1 - 0.3 * soft)[..., None]
    if rng.random() < 0.5:  # the arms' seams and the shade between arm and chest
        for x in rng.uniform(0, 1, rng.integers(1, 3)):
            line = np.zeros(size, np.float32)
            points = np.array([(x, -0.1), (x + rng.normal(0, 0.1), 0.5), (x + rng.normal(0, 0.2), 1.1)]) * [
                width,
                height,
            ]
            cv2.polylines(line, [np.round(points * 16).astype(np.int32)], False, 1.0, 1, cv2.LINE_AA, 4)
            body = body * (1 - rng.uniform(0.1, 0.5) * cv2.GaussianBlur(line, (0, 0), rng.uniform(0.5, 2)))[..., None]
    picture = picture * (1 - shape[..., None]) + body * shape[..., None]
    neck = skin * rng.uniform(0.45, 0.95) * (1 + rng.normal(0, 0.02, 3))
    if rng.random() < 0.55:
        picture = _neck(rng, picture, neck, np.array([middle, top]), half)
    if rng.random() < 0.3:
        picture = _details(rng, picture, middle, size)
    return picture.astype(np.float32)


def _neck(rng, picture, neck, top, half):
    height, width = picture.shape[:2]
    scale = np.array([width, height]) * 2
    x, y = top[0], max(top[1], -0.25)
    wide, deep = 0.28 * half * rng.uniform(0.7, 1.3), rng.uniform(0.05, 0.45)
    corners = [
        (x - wide, y - 0.3),
        (x + wide, y - 0.3),
        (x + wide, y + 0.05),
        (x + 0.5 * wide, y + deep * rng.uniform(0.5, 0.95)),
        (x, y + deep),
        (x - 0.5 * wide, y + deep * rng.uniform(0.5, 0.95)),
        (x - wide, y + 0.05),
    ]
    pieces = [painting.rounded(np.array(corners) * scale, int(rng.integers(1, 3)))]
    if rng.random() < 0.5:  # chin and face
        pieces.append(
            painting.ellipse(
                *(np.array([x + rng.normal(0, 0.05), y - 0.45 * half]) * scale),
                0.3 * half * scale[0],
                0.5 * half * scale[0],
            )
        )
    shape = cv2.resize(painting.fill(pieces, height * 2, width * 2), (width, height), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(shape, (0, 0), 0.06 * width)
    shade = (0.55 + 0.5 * soft) * (1 + 0.05 * hands_cloth.noise(rng, "cloud", (height, width)))
    rim = np.clip(cv2.GaussianBlur(shape, (0, 0), 1.2) - shape, 0, 1)  # the collar's edge
    picture = picture * (1 - rng.uniform(0, 1.2) * rim)[..., None]
    return picture * (1 - shape[..., None]) + (neck * shade[..., None]) * shape[..., None]


def _details(rng, picture, middle, size):
    """Buttons, a zip, a print."""
    height, width = size
    picture = np.ascontiguousarray(picture)
    color = tuple(float(part) for part in hands_cloth.color(rng))
    x = int((middle + rng.normal(0, 0.1)) * width)
    kind = rng.integers(3)
    if kind == 0:
        for y in np.arange(rng.uniform(0, 0.2), 1.2, rng.uniform(0.15, 0.35)):
            cv2.circle(
                picture, (x, int(y * height)), max(1, int(width * rng.uniform(0.006, 0.015))), color, -1, cv2.LINE_AA
            )
    elif kind == 1:
        cv2.line(picture, (x, 0), (x + int(rng.normal(0, 5)), height), color, max(1, width // 90), cv2.LINE_AA)
    else:
        for _ in range(rng.integers(1, 4)):
            at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
            cv2.putText(
                picture,
                "".join(map(chr, rng.integers(65, 91, rng.integers(2, 7)))),
                at,
                int(rng.integers(0, 5)),
                rng.uniform(0.4, 1.6) * width / 128,
                color,
                int(rng.integers(1, 4)),
                cv2.LINE_AA,
            )
    return picture


def _wall(rng, size, skin):
    color = {
        0: [rng.uniform(0.6, 0.95)] * 3,
        1: [rng.uniform(0.15, 0.6)] * 3,
        2: (0.80, 0.66, 0.34),
        3: rng.uniform(0.2, 0.95, 3),
        4: hands_cloth.SKINLIKE[rng.integers(len(hands_cloth.SKINLIKE))],
    }[int(rng.choice(5, p=[0.36, 0.14, 0.12, 0.18, 0.2]))]
    color = painting.varied(rng, color, 0.06)
    shade = 1 + rng.uniform(0.01, 0.07) * hands_cloth.noise(rng, "cloud", size, rng.uniform(0.3, 1))
    shade += rng.exponential(0.02) * hands_cloth.noise(rng, str(rng.choice(["fine", "grain", "patches"])), size)
    picture = color * shade[..., None]
    if rng.random() < 0.25:  # an edge: a door, a corner, a skirting
        across = rng.random() < 0.5
        along = np.mgrid[: size[0], : size[1]][1 if across else 0] / size[1 if across else 0]
        picture = np.where(
            (along > rng.uniform(0.1, 0.9))[..., None],
            picture * rng.uniform(0.6, 0.95) if rng.random() < 0.5 else hands_cloth.color(rng),
            picture,
        )
    return picture.astype(np.float32)


def _dark(rng, size, skin):
    color = np.float32(rng.uniform(0.005, 0.09)) * (1 + rng.normal(0, 0.25, 3))
    return (
        np.clip(color, 0, 1) * (1 + 0.25 * hands_cloth.noise(rng, "folds", size) + 0.2 * hands_cloth.noise(rng, "cloud", size))[..., None]
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
    grain = hands_cloth.at(
        "wood", (u + 3 * hands_cloth.noise(rng, "cloud", size)) * rng.uniform(0.8, 3), v * rng.uniform(0.1, 0.5) + board * 97
    )
    shade = (
        1
        + rng.uniform(0.02, 0.14) * grain
        + rng.uniform(0, 0.12) * np.sin(board * 12.9)
        + 0.03 * hands_cloth.noise(rng, "fine", size)
    )
    shade *= 1 - 0.4 * (np.abs(np.diff(board, axis=1, prepend=board[:, :1])) > 0) * (rng.random() < 0.7)
    return (color * shade[..., None]).astype(np.float32)


def _table(rng, size, skin):
    """A table's edge or its cloth, paper on it."""
    picture = hands_cloth.fabric(rng, size) if rng.random() < 0.5 else _wall(rng, size, skin)
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
        else (hands_cloth.color(rng), hands_cloth.color(rng))
    )
    mix = np.zeros(size, np.float32)
    for kind in ("fine", "grain", "patches", "cloud"):
        mix += rng.random() * hands_cloth.noise(rng, kind, size, rng.uniform(0.3, 1.2))
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
        color = painting.varied(rng, (0.93, 0.92, 0.9), 0.03) if pale else hands_cloth.color(rng)
        shade = (
            1
            + rng.normal(0, 0.2) * (np.arange(width) / width - 0.5)[None]
            + rng.normal(0, 0.2) * (np.arange(height) / height - 0.5)[:, None]
        )
        if rng.random() < 0.4:
            shade = shade * (1 + 0.12 * hands_cloth.noise(rng, str(rng.choice(["fine", "patches", "wood"])), (height, width)))
        picture *= (1 - rng.uniform(0, 0.4) * cv2.GaussianBlur(shape, (0, 0), 0.02 * width))[..., None]
        picture = picture * (1 - shape[..., None]) + np.clip(color * shade[..., None], 0, 1) * shape[..., None]
    return picture.astype(np.float32)


def _room(rng, size, skin):
    return _clutter(rng, size, skin)
