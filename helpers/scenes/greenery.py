"""Plants in pots, trees and bushes."""

import numpy as np

from helpers.scenes import boxes
from helpers.scenes.boxes import Thing
from helpers.scenes.painting import ellipse, varied
from helpers.scenes.view import View


def plant(
    picture: np.ndarray, view: View, rng: np.random.Generator, x: float, z: float, low: float, tall: float
) -> None:
    """Paint a plant in a pot that stands `low` metres above the floor."""
    pot = Thing(x, z, 0).add(
        0, low, 0, 0.3, 0.32, 0.3, boxes.one(rng, [(0.9, 0.9, 0.9), (0.55, 0.3, 0.2), (0.15, 0.15, 0.16)])
    )
    boxes.paint(picture, view, pot, 1.0, rng)
    base = view.polygon([(x, low + 0.3, z)] * 3)
    top = view.polygon([(x, low + 0.3 + tall, z)] * 3)
    if base is None or top is None:
        return
    _leaves(picture, rng, base[0], base[0] + (top[0] - base[0]) * (1, 1), int(rng.integers(40, 110)))


def _leaves(picture, rng, base, top, count):
    tall = max(np.hypot(*(top - base)), 4)
    green = np.array([0.20, 0.32, 0.13]) * rng.uniform(0.5, 1.2)
    for _ in range(count):
        reach = rng.beta(2, 1.2)
        middle = base + (top - base) * reach + rng.normal(0, 0.16, 2) * tall
        leaf = ellipse(
            *middle, tall * rng.uniform(0.03, 0.09), tall * rng.uniform(0.008, 0.025), rng.uniform(0, 3.14), 8
        )
        boxes.lay(picture, leaf, varied(rng, green, 0.14), rng)


def trees(picture: np.ndarray, view: View, rng: np.random.Generator) -> None:
    """Paint trees and bushes outside, far ones first."""
    for z in sorted(rng.uniform(10, 40, rng.integers(0, 9)), reverse=True):
        x, tall, slim = (
            rng.uniform(-0.5, 0.5) * z,
            rng.choice([rng.uniform(0.5, 1.2), rng.uniform(3, 9)]),
            rng.uniform(0.12, 0.24),
        )
        foot, top = view.polygon([(x, 0, z)] * 3), view.polygon([(x, tall, z)] * 3)
        if foot is None or top is None:
            continue
        foot, top = foot[0], top[0]
        pixels = foot[1] - top[1]
        green = np.float32([0.20, 0.31, 0.12]) * rng.uniform(0.5, 1.5)
        trunk = [
            foot - (pixels * 0.02, 0),
            np.add(foot, (pixels * 0.02, 0)),
            np.add(top, (pixels * 0.01, pixels * 0.4)),
            top - (pixels * 0.01, -pixels * 0.4),
        ]
        boxes.lay(picture, np.array(trunk), np.float32([0.28, 0.21, 0.16]), rng)
        places = rng.normal((0, 0.33), (slim, 0.15 if tall > 2 else 0.3), (110, 2)).clip(-0.6, 0.95)
        for right, down in places[np.argsort(-places[:, 1])]:
            size = pixels * rng.uniform(0.015, 0.05)
            leaf = ellipse(
                *np.add(top, (right * pixels, down * pixels)), size, size * rng.uniform(0.4, 0.9), rng.uniform(0, 3), 8
            )
            boxes.lay(picture, leaf, varied(rng, green * (1.5 - 1.2 * down - 0.5 * right), 0.12), rng)
