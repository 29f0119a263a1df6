"""How a generated hand looks: skin of every tone with lines, veins and nails, and light on it."""

from dataclasses import dataclass

import cv2
import numpy as np

from helpers.scenes import painting
from helpers.scenes.hands_skeleton import Bones

# From pale to dark, sRGB; photos of skin in white light.
TONES = np.array(
    [
        (0.95, 0.78, 0.70),
        (0.90, 0.70, 0.59),
        (0.83, 0.61, 0.49),
        (0.74, 0.52, 0.40),
        (0.60, 0.41, 0.30),
        (0.44, 0.29, 0.22),
        (0.30, 0.20, 0.16),
    ]
)
_MAP = 96  # pixels a side of the drawn lines; they cover x from -6 to 6 and y from -1 to 11 cm


@dataclass
class Skin:
    """One person's skin: linear colours 0..1 of its back and palm, how blotched, and what it wears."""

    back: np.ndarray
    palm: np.ndarray
    nail: np.ndarray
    blotch: float
    shine: float
    lines: np.ndarray  # float32 (2, _MAP, _MAP): how dark the palm's lines are, how high the veins and sinews
    rings: list
    band: tuple | None  # around the wrist: place, half width, colour


def skin(rng: np.random.Generator, tone: float | None = None) -> Skin:
    """Return a skin; `tone` runs from 0 (pale) to 6 (dark), drawn if None, pale and dark ones alike."""
    if tone is None:
        tone = rng.uniform(0, 4) if rng.random() < 0.7 else rng.uniform(3, 6)
    low = min(int(tone), len(TONES) - 2)
    back = TONES[low] + (TONES[low + 1] - TONES[low]) * (tone - low)
    back = back * (1 + np.array([0.02, -0.03, -0.05]) * rng.normal(0.2, 0.9)) * rng.normal(1, 0.05)
    dark = tone / 6
    palm = back * (1 - 0.5 * dark) + np.array([0.80, 0.58, 0.50]) * 0.5 * dark
    palm = palm * np.array([1.03, 0.97, 0.96]) * (1 + 0.04 * rng.normal())
    nail = back * 0.75 + np.array([0.95, 0.78, 0.75]) * 0.25
    if rng.random() < 0.12:
        nail = rng.uniform(0.05, 0.9, 3)  # painted
    back, palm, nail = (np.clip(color, 0.03, 0.98).astype(np.float32) ** 2.2 for color in (back, palm, nail))
    rings = [
        (int(rng.integers(1, 5)), rng.uniform(0.35, 0.55), rng.choice([(0.8, 0.6, 0.25), (0.7, 0.7, 0.72)]))
        for _ in range(rng.choice([0, 1, 2], p=[0.84, 0.12, 0.04]))
    ]
    band = None
    if rng.random() < 0.06:
        band = (rng.uniform(1.5, 4.5), rng.uniform(0.25, 1.1), painting.varied(rng, rng.uniform(0.03, 0.6, 3)) ** 2)
    return Skin(back, palm, nail, rng.uniform(0.03, 0.1), rng.uniform(0.0, 0.45) ** 1.5, _lines(rng), rings, band)


def _lines(rng):
    """Draw the lines of a palm, and veins and sinews of a back."""
    palm, back = np.zeros((_MAP, _MAP), np.float32), np.zeros((_MAP, _MAP), np.float32)
    scale = _MAP / 12

    def draw(picture, points, width, strength):
        points = (np.asarray(points, float) + rng.normal(0, 0.15, (len(points), 2)) + [6, 1]) * scale
        layer = np.zeros_like(picture)
        cv2.polylines(
            layer,
            [np.round(bent(points) * 16).astype(np.int32)],
            False,
            float(strength),
            width,
            cv2.LINE_AA,
            4,
        )
        np.maximum(picture, layer, out=picture)

    deep = rng.uniform(0.4, 1)
    draw(palm, [(3.2, 5.6), (1.4, 5.3), (0.3, 3.4), (0.6, 1.0)], 1, deep)  # around the ball of the thumb
    draw(palm, [(3.2, 5.9), (0.8, 5.4), (-1.6, 4.2), (-2.9, 3.0)], 1, deep * 0.9)
    draw(palm, [(-3.4, 5.6), (-1.4, 6.2), (0.6, 7.2), (1.2, 8.2)], 1, deep)
    for _ in range(rng.integers(2, 6)):
        start = rng.uniform((-3, 1), (3, 8))
        draw(palm, [start, start + rng.normal(0, 1, 2), start + rng.normal(0, 2, 2)], 1, deep * rng.uniform(0.2, 0.5))
    for knuckle, root in ((2.7, 0.9), (0.6, 0.3), (-1.3, -0.4), (-3.0, -1.0)):
        draw(back, [(knuckle, 8.8), ((knuckle + root) / 2, 5), (root, 1)], 2, 0.5)
    for _ in range(rng.integers(2, 5)):
        x = rng.uniform(-2.5, 2.2)
        draw(
            back,
            [(x, 8), (x + rng.normal(0, 0.8), 5.5), (x * 0.6 + rng.normal(0, 0.8), 3), (x * 0.3, -0.8)],
            2,
            rng.uniform(0.2, 1),
        )
    return np.stack([palm, cv2.GaussianBlur(back, (0, 0), 1.3)])


def bent(points: np.ndarray) -> np.ndarray:
    """Return a smoother open line through about the same points (n, 2): its inner corners cut twice."""
    for _ in range(2):
        cut = np.stack([0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], 1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points


def surface(rng: np.random.Generator, own: Skin, hand: Bones, met: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return linear colour (n, 3), changes of the normal (n, 3) in the hand's frame and shine (n,) of points on a hand.

    Parameters
    ----------
    met : dict
        ``place`` and ``facing`` (n, 3): points and normals in the hand's frame; ``cone``, ``along``,
        ``crease`` as `hands_tracing.trace` returns them.
    """
    place, facing = met["place"], met["facing"]
    x, y, z = place.T
    part, segment = hand.part[met["cone"]], hand.segment[met["cone"]]
    finger = part > 0
    palmar = np.clip(0.5 - 1.2 * facing[:, 2], 0, 1)  # 1 on the palm's side
    pads = hand.frames["pads"]
    inner = np.zeros_like(palmar)
    inner[finger] = np.clip(0.5 + 1.2 * (facing[finger] * pads[part[finger] - 1, segment[finger]]).sum(1), 0, 1)
    palmar = np.where(finger, inner, palmar)
    palmar = palmar * np.where(segment == 3, np.clip(1 + y / 10, 0.25, 1), 1) * (segment != 4)
    color = own.back + (own.palm - own.back) * palmar[:, None]
    height = 0.5 * own.blotch * _noise(rng, "grain", x + z, y - 0.6 * z, 10)
    mottle = own.blotch * (_noise(rng, "patches", x + 0.7 * z, y + z, 9) + 0.7 * _noise(rng, "cloud", x - z, y, 12))
    red = _red(hand, met, part, segment, finger) + 0.5 * own.blotch * _noise(rng, "patches", y, x - z, 14)
    color = color * (1 + mottle)[:, None] * (1 + red[:, None] * np.array([0.25, -0.75, -0.6], np.float32))
    dark, relief = _creases(own, hand, met, part, segment, finger, palmar)
    shine = own.shine * (1 + 0 * x)
    color = color * (1 - dark)[:, None]
    color, shine = _nails(own, hand, place, part, segment, color, shine)
    color, shine = _worn(own, hand, place, part, segment, met["along"], color, shine)
    slope = np.zeros_like(facing)
    slope[:, 0] = (_look(own.lines[1], x + 0.15, y) - _look(own.lines[1], x - 0.15, y)) * relief
    slope[:, 1] = (_look(own.lines[1], x, y + 0.15) - _look(own.lines[1], x, y - 0.15)) * relief
    return color.astype(np.float32), -0.5 * slope - height[:, None] * facing[:, [1, 2, 0]], shine


def _noise(rng, kind, u, v, scale):
    """Look a noise up at places in cm, shifted by chance."""
    picture = painting.noises()[kind]
    rows, columns = (
        (((v + 40) * scale).astype(np.int64) + rng.integers(512)) & 511,
        (((u + 40) * scale).astype(np.int64) + rng.integers(512)) & 511,
    )
    return picture[rows, columns]


def _look(picture, x, y):
    scale = _MAP / 12
    columns, rows = ((x + 6) * scale).astype(int), ((y + 1) * scale).astype(int)
    inside = (columns >= 0) & (columns < _MAP) & (rows >= 0) & (rows < _MAP)
    return np.where(inside, picture[rows.clip(0, _MAP - 1), columns.clip(0, _MAP - 1)], 0)


def _red(hand, met, part, segment, finger):
    """Return how much more blood shows: at the tips, the knuckles, the heel of the hand."""
    along = met["along"]
    tip = finger & (segment == 2)
    red = np.where(tip, 0.25 * along, 0)
    red += np.where(finger & (segment < 2), 0.18 * np.exp(-(((along - 1) / 0.2) ** 2)), 0)
    knuckles = hand.frames["knuckles"]
    apart = ((met["place"][:, None, :2] - knuckles[None, :, :2]) ** 2).sum(-1).min(1)
    red += np.where(met["facing"][:, 2] > 0, 0.2 * np.exp(-apart / 0.7), 0) * ~finger
    return red + np.where(met["crease"] > 0.1, 0.1, 0)


def _creases(own, hand, met, part, segment, finger, palmar):
    """Return how much creases darken, and how strongly the relief of veins shows."""
    place, along = met["place"], met["along"]
    dark = 0.45 * np.clip(met["crease"], 0, 1) ** 1.5
    if finger.any():
        lengths = np.linalg.norm(hand.b - hand.a, axis=1)[met["cone"]]
        from_joint = np.minimum(along, np.where(segment < 2, 1 - along, 9)) * lengths
        fold = np.exp(-((from_joint / 0.13) ** 2)) + 0.5 * np.exp(-(((from_joint - 0.35) / 0.1) ** 2))
        dark += np.where(finger, fold * (0.10 + 0.16 * palmar), 0)
    on_palm = ~finger & (place[:, 1] > -1)
    dark += np.where(on_palm, 0.38 * _look(own.lines[0], place[:, 0], place[:, 1]) * (palmar > 0.6), 0)
    wrist = np.exp(-(((place[:, 1] - 0.2) / 0.12) ** 2)) * (palmar > 0.6) * ~finger
    return np.clip(dark + 0.2 * wrist, 0, 0.8), np.where(on_palm & (palmar < 0.5), 1.0, 0.0)


def _nails(own, hand, place, part, segment, color, shine):
    for number in range(1, 6):
        here = np.flatnonzero((part == number) & (segment == 2))
        if not len(here):
            continue
        frames = hand.frames
        start, way, pad = (frames[key][number - 1, 2] for key in ("starts", "ways", "pads"))
        cone = np.flatnonzero((hand.part == number) & (hand.segment == 2))[0]
        length, radius = np.linalg.norm(hand.b[cone] - hand.a[cone]), hand.rb[cone]
        away = place[here] - start
        ahead, up, side = away @ way, -(away @ pad), away @ np.cross(way, pad)
        middle = length + 0.05 * radius
        round_ = ((ahead - middle) / (0.95 * radius)) ** 4 + (side / (0.78 * radius)) ** 4
        nail = (round_ < 1) & (up > 0.25 * radius)
        tip = nail & (ahead > middle + 0.62 * radius)
        rim = (round_ >= 1) & (round_ < 1.9) & (up > 0.2 * radius)
        color[here[nail]] = own.nail
        color[here[tip]] = own.nail * 0.4 + np.float32(0.6) * np.float32([0.8, 0.74, 0.66])
        color[here[rim]] *= 0.82
        shine[here[nail]] = 0.5
    return color, shine


def _worn(own, hand, place, part, segment, along, color, shine):
    for number, where, metal in own.rings:
        ring = (part == number + 1) & (segment == 0) & (np.abs(along - where) < 0.045)
        color[ring], shine[ring] = np.asarray(metal, np.float32) ** 2.2, 1.0
    if own.band is not None:
        way = hand.frames["elbow"] / np.linalg.norm(hand.frames["elbow"])
        band = (segment == 3) & (part == 0) & (np.abs(place @ way - own.band[0]) < own.band[1])
        color[band], shine[band] = own.band[2], 0.5
    return color, shine


def lit(
    color: np.ndarray,
    normal: np.ndarray,
    shine: np.ndarray,
    light: dict,
    shadow: np.ndarray,
    occlusion: np.ndarray,
    soft: bool = True,
) -> np.ndarray:
    """Return linear light (n, 3) from a surface.

    Parameters
    ----------
    light : dict
        ``way``: unit vector to the light in the camera's frame; ``key``, ``sky``, ``ground``: colours.
    shadow, occlusion : (n,)
        1 = in the light, 0 = none reaches it.
    soft : bool
        Light passes a little way under the surface, red the farthest, as in skin.
    """
    straight = normal @ light["way"]
    wrap = np.array([0.32, 0.16, 0.10], np.float32) if soft else np.array([0.05] * 3, np.float32)
    falls = np.clip((straight[:, None] + wrap) / (1 + wrap), 0, None) ** 1.15
    falls *= 1 - (1 - shadow[:, None]) * np.array([0.86, 0.93, 0.95], np.float32)
    up = 0.5 - 0.5 * normal[:, 1:2]
    around = light["sky"] * up + light["ground"] * (1 - up)
    dim = occlusion[:, None] ** np.array([0.8, 1.1, 1.2], np.float32)
    half = light["way"] - np.array([0, 0, 1.0])
    half /= np.linalg.norm(half)
    gloss = np.clip(normal @ half, 0, 1)
    glint = shine * (0.30 * gloss**14 + 0.25 * gloss**50) * shadow
    return color * (light["key"] * falls + around * dim) + glint[:, None] * light["key"]
