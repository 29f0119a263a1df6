"""A person behind a generated hand: clothes that fill most of the picture, a neck or a head above them."""

import cv2
import numpy as np

from helpers.scenes import hands_cloth, heads, painting, wardrobe


def torso(rng: np.random.Generator, behind: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Return a background (height, width, 3) with someone before it; parameters as in `hands_grounds.ground`."""
    height, width = size = behind.shape[:2]
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
    if top > 0.02 and rng.random() < 0.8:
        picture = _head(rng, picture, skin, middle, top)
    elif rng.random() < 0.55:
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


def _head(rng, picture, skin, x, top):
    """Paint a whole head, as the people of the office scenes have, above the collar."""
    height, width = picture.shape[:2]
    look = wardrobe.Look.drawn(rng)
    look.skin = np.asarray(skin * rng.uniform(0.75, 1.1) if rng.random() < 0.7 else look.skin, np.float32)
    scale = width * rng.uniform(1.6, 3.4)  # pixels for a person's height
    canvas = np.zeros((height, width, 4), np.float32)
    light = (rng.normal(), -0.7)
    neck, collar = np.array([0, 0.815]), np.array([x * width, top * height])
    for part in heads.head(rng, look, 0.0, rng.normal(0, 0.6)):
        pieces = [(np.asarray(piece) + neck) * scale + collar for piece in part.pop("pieces")]
        painting.paint(canvas, pieces, np.clip(part.pop("color"), 0, 1), rng, light, **part)
    return picture * (1 - canvas[..., 3:]) + canvas[..., :3]


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
