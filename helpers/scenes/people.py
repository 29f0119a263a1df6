"""Cut-out people, RGBA with exact soft alpha: jointed figures in varied clothes, alone or in groups.

A figure is a list of `Part`, far ones first, in units of its height: x to the right, y down, the
ground at 0 and the top of the head at -1. Only when all parts are known is it fitted to the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from helpers.scenes import clothes, heads, painting, wardrobe

SIZE = 112  # pixels, height and width
_FINE = 3  # painted at three times the size, then averaged: that is where the soft edges come from


@dataclass
class Part:
    """One shape of a figure: its polygons, its colour, and how the light falls on it."""

    pieces: list[np.ndarray]
    color: np.ndarray
    folds: float = 0.07
    round_: float = 0.35
    occlusion: float = 0.25
    pattern: Callable | None = None


def person(seed: int, index: int) -> np.ndarray:
    """Return one cut-out: one to three people who fill the picture, as the real ones do.

    Parameters
    ----------
    seed, index : int
        The picture is a function of these two alone.

    Returns
    -------
    uint8 array (112, 112, 4)
        Straight (not premultiplied) colour, and alpha.
    """
    rng = np.random.default_rng([seed, 1, index])
    count = int(rng.choice([1, 2, 3], p=[0.6, 0.34, 0.06]))
    facing = rng.choice([-1, 1])
    parts, across = [], 0.0
    for i in range(count):
        if count == 2 and rng.random() < 0.5:  # they talk
            facing = 1 if i == 0 else -1
        figure = _figure(rng, facing, busy=count == 1)
        while count == 1 and _breadth(figure) < rng.uniform(0.36, 0.56):  # alone, the busy poses: less to stretch
            figure = _figure(rng, facing, busy=True)
        height = rng.uniform(0.92, 1.06)
        for part in figure:
            part.pieces = [piece * height + (across, 0) for piece in part.pieces]
        parts += figure
        across += rng.uniform(0.24, 0.38)
    return _developed(_painted(parts, rng), rng)


def _figure(rng, facing, busy):
    """Return the parts of one person."""
    look = wardrobe.Look.drawn(rng)
    turn = facing * rng.choice([rng.uniform(0, 0.5), rng.uniform(0.5, 1.2)])  # 0: towards us; 1.57: in profile
    wide, deep = np.cos(turn), np.sin(turn)
    lean = rng.normal(0, 0.012) + 0.02 * deep
    half = look.stout * (0.112 if look.broad else 0.098)
    shoulder = half * (0.58 + 0.42 * wide)
    hip = look.stout * (0.078 if look.broad else 0.084) * (0.62 + 0.38 * wide)
    walking = rng.random() < (0.65 if busy else 0.35)
    stride = rng.uniform(0.2, 0.6) if walking else rng.uniform(0, 0.15)
    legs = [_leg(rng, side, hip, stride, wide, deep, look) for side in ((-1, 1) if rng.random() < 0.5 else (1, -1))]
    pose = rng.choice(
        ["hang", "hip", "hold", "gesture", "phone", "swing", "cross"], p=[0.2, 0.1, 0.2, 0.14, 0.12, 0.18, 0.06]
    )
    far, near = (-1, 1) if deep * rng.choice([1, 1, 1, -1]) < 0 else (1, -1)
    poses = {far: "cross" if pose == "cross" else rng.choice(["hang", "hang", "swing", "hold"]), near: pose}
    arms = {side: _arm(rng, poses[side], side, shoulder, lean, wide, deep, facing, look) for side in (far, near)}
    parts = clothes.behind(rng, look, shoulder, lean, wide)
    parts += arms[far][0] if poses[far] != "cross" and abs(deep) > 0.35 else []
    for leg in legs:
        parts += clothes.leg(rng, look, leg)
    parts += clothes.torso(rng, look, shoulder, hip, lean, deep)
    parts += heads.head(rng, look, lean, turn)
    parts += [] if poses[far] != "cross" and abs(deep) > 0.35 else arms[far][0]
    parts += arms[near][0]
    for side in (far, near):
        parts += clothes.held(rng, look, arms[side][1], poses[side]) if side == near or rng.random() < 0.35 else []
    return [Part(**part) for part in parts]


def _breadth(figure):
    return np.ptp(np.concatenate([piece[:, 0] for part in figure for piece in part.pieces]))


def _leg(rng, side, hip, stride, wide, deep, look):
    """Return the joints hip, knee, ankle and toe of one leg, (4, 2)."""
    swing = side * stride * deep + side * 0.06 * rng.uniform(0.1, 2.2) * wide
    bent = 0.45 * stride if swing * deep < 0 else 0.08 * stride  # the leg left behind bends
    top = np.array([side * hip * 0.5 * (0.35 + 0.65 * wide), -0.5])
    knee = top + 0.245 * np.array([np.sin(swing), np.cos(swing)])
    below = swing - np.sign(deep) * bent
    ankle = knee + (0.215 - 0.02 * bent) * np.array([np.sin(below), np.cos(below)])
    ankle[1] = min(ankle[1], -0.035)
    point = (0.095 * deep + 0.03 * side * wide) * rng.uniform(0.9, 1.15)
    toe = np.add(ankle, (point, 0.03 if look.shoes != "heels" else 0.035))
    return np.stack([top, knee, ankle, toe])


def _arm(rng, pose, side, shoulder, lean, wide, deep, facing, look):
    """Return the parts of one arm, and where its hand is."""
    start = np.array([side * shoulder * 0.93 + lean, -0.795])
    out, ahead = side * (0.35 + 0.65 * wide), np.sign(deep) if abs(deep) > 0.3 else -side
    elbow, hand = {
        "hang": ((0.045 * out, 0.155), (0.06 * out + 0.02 * ahead, 0.31)),
        "hip": ((0.105 * out, 0.13), (0.01 * out, 0.26)),
        "hold": ((0.03 * out, 0.15), (0.075 * ahead, 0.165)),
        "gesture": ((0.06 * out + 0.03 * ahead, 0.14), (0.2 * ahead * rng.uniform(0.5, 1.1), rng.uniform(0.02, 0.14))),
        "phone": ((0.075 * out + 0.03 * ahead, 0.13), (0.02 * out + 0.01 * ahead, -0.04)),
        "swing": ((-0.09 * side * abs(deep) + 0.03 * out, 0.145), (-0.12 * side * abs(deep) + 0.06 * out, 0.28)),
        "cross": ((0.03 * out, 0.15), (-side * 0.09 * (0.4 + 0.6 * wide), 0.135)),
    }[pose]
    elbow, hand = (start + np.array(place) + rng.normal(0, 0.006, 2) for place in (elbow, hand))
    return clothes.arm(rng, look, start, elbow, hand), hand


def _painted(parts, rng):
    """Fit the parts to the picture and paint them; float32 (height, width, 4), colour times alpha."""
    points = np.concatenate([piece for part in parts for piece in part.pieces])
    low, high = points.min(0), points.max(0)
    side = SIZE * _FINE
    room = side * rng.uniform([0.0, 0.0, 0.0, 0.0], [0.05, 0.04, 0.05, 0.02])  # left, top, right, bottom
    if rng.random() < 0.15:  # not all are stretched to the full width
        room[[0, 2]] += side * rng.uniform(0.03, 0.14)
    scale = (side - 1 - room[:2] - room[2:]) / (high - low)
    canvas = np.zeros((side, side, 4), np.float32)
    angle = rng.uniform(-1.0, 1.0)
    light = (np.sin(angle), -np.cos(angle) * 0.8)
    for part in parts:
        pieces = [(piece - low) * scale + room[:2] + 0.5 for piece in part.pieces]
        painting.paint(
            canvas,
            pieces,
            part.color,
            rng,
            light,
            folds=part.folds,
            round_=part.round_,
            occlusion=part.occlusion,
            pattern=part.pattern,
        )
    return canvas


def _developed(canvas, rng):
    """Shrink, expose like a camera, and return straight uint8 RGBA."""
    small = cv2.resize(canvas, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    soft = rng.uniform(0.0, 0.75)
    if soft > 0.25:
        small = cv2.GaussianBlur(small, (5, 5), soft)
    alpha = small[..., 3].clip(0, 1)
    near = cv2.GaussianBlur(small, (0, 0), 2)  # outside: the colour of the nearest cloth, not black
    spread = near[..., :3] / np.maximum(near[..., 3:], 1e-3)
    color = np.where(alpha[..., None] > 0.05, small[..., :3] / np.maximum(alpha, 0.05)[..., None], spread)
    if rng.random() < 0.45:  # many cut-outs keep a rim of the studio's white
        rim = (1 - alpha)[..., None] * rng.uniform(0.15, 0.6)
        color = color * (1 - rim) + rim * rng.uniform(0.75, 1.0)
    color = np.clip(color, 0, 1) ** rng.uniform(0.9, 1.35) * rng.uniform(0.85, 1.15) * rng.normal(1, 0.03, 3)
    color = color * (1 - 2 * (h := rng.uniform(-0.05, 0.03))) + h  # contrast
    grain = rng.uniform(0.002, 0.012)
    color = color + grain * (rng.standard_normal((SIZE, SIZE, 1)) + 0.3 * rng.standard_normal((SIZE, SIZE, 3)))
    return np.round(np.dstack([np.clip(color, 0, 1), alpha]) * 255).astype(np.uint8)
