"""Clothes and colours behind and around a generated hand, many of them close to skin."""

import cv2
import numpy as np

from helpers.scenes import painting

SKINLIKE = np.array(
    [
        (0.80, 0.58, 0.44),
        (0.72, 0.50, 0.36),
        (0.86, 0.70, 0.58),
        (0.80, 0.36, 0.30),
        (0.62, 0.40, 0.26),
        (0.90, 0.76, 0.62),
        (0.76, 0.62, 0.30),
        (0.55, 0.30, 0.22),
    ]
)


def cloth(rng: np.random.Generator, place: np.ndarray) -> np.ndarray:
    """Return sRGB colours (n, 3) of cloth at points (n, 3) in cm."""
    main, second = color(rng), color(rng)
    factor = (
        1
        + 0.05 * at("fine", place[:, 0] * 12, place[:, 1] * 12)
        + 0.10 * at("folds", place[:, 0] * 9, place[:, 1] * 9)
    )
    kind = rng.choice(4, p=[0.66, 0.12, 0.12, 0.1])
    colors = np.tile(main, (len(place), 1))
    period = rng.uniform(0.8, 3.5)
    if kind == 1:
        colors[np.mod(place[:, 1] + 0.4 * place[:, 0], period) < period / 2] = second
    elif kind == 2:
        colors = (
            colors
            * (0.65 + 0.35 * (np.mod(place[:, 0], period) < period / 2) * (np.mod(place[:, 1], period) < period / 2))[
                :, None
            ]
        )
    return np.clip(colors * factor[:, None], 0.01, 1).astype(np.float32)


def at(kind: str, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Look a noise up at places in pixels, repeated."""
    picture = painting.noises()[kind]
    return picture[np.asarray(v + 4096, int) & 511, np.asarray(u + 4096, int) & 511]


def color(rng: np.random.Generator) -> np.ndarray:
    """Return an sRGB colour: dark, pale, grey, like skin, or any."""
    kind = rng.choice(5, p=[0.29, 0.26, 0.2, 0.07, 0.18])
    if kind == 0:
        return painting.varied(rng, [rng.uniform(0.01, 0.2)] * 3, 0.04)
    if kind == 1:
        return painting.varied(rng, [rng.uniform(0.65, 0.95)] * 3, 0.03)
    if kind == 2:
        return painting.varied(rng, [rng.uniform(0.2, 0.65)] * 3, 0.05)
    if kind == 3:
        return painting.varied(rng, SKINLIKE[rng.integers(len(SKINLIKE))], 0.06)
    vivid = rng.uniform(0.05, 0.95, 3)
    return (vivid.mean() + rng.uniform(0.3, 1) * (vivid - vivid.mean())).astype(np.float32)


def noise(rng: np.random.Generator, kind: str, size: tuple[int, int], scale: float = 1.0) -> np.ndarray:
    """Return a noise (height, width) of any size, `scale` times as coarse."""
    height, width = (min(512, max(2, round(side / scale))) for side in size)
    return cv2.resize(painting.noise(rng, kind, height, width), size[::-1], interpolation=cv2.INTER_LINEAR)


def fabric(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Return cloth that fills the picture: plain, flecked, chequered, striped, dotted or printed, with folds."""
    main = color(rng)
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32) * (128 / max(size))
    turn = rng.normal(0, 0.25) + rng.choice([0, np.pi / 2])
    bend = 3 * noise(rng, "cloud", size)
    u, v = (np.cos(turn) * columns + np.sin(turn) * rows + bend, np.cos(turn) * rows - np.sin(turn) * columns + bend)
    picture = np.tile(main, (*size, 1))
    kind = rng.choice(6, p=[0.46, 0.1, 0.2, 0.1, 0.06, 0.08])
    period = np.exp(rng.uniform(np.log(3), np.log(28)))
    if kind == 1:
        picture = picture * (1 + rng.uniform(0.05, 0.25) * noise(rng, "fine", size))[..., None]
    elif kind == 2:  # chequered
        second, thin = color(rng), color(rng)
        share = rng.uniform(0.25, 0.55)
        a, b = np.mod(u, period) < share * period, np.mod(v, period) < share * period
        picture = picture * (1 - 0.5 * (a[..., None] * 1.0 + b[..., None])) + second * 0.5 * (
            a[..., None] * 1.0 + b[..., None]
        )
        picture[np.mod(u + period * 0.3, period) < 0.08 * period] = thin
        picture[np.mod(v + period * 0.3, period) < 0.08 * period] = thin
    elif kind == 3:
        picture[np.mod(u, period) < rng.uniform(0.15, 0.5) * period] = color(rng)
    elif kind == 4:
        picture[np.hypot(np.mod(u, period) - period / 2, np.mod(v, period) - period / 2) < period * 0.22] = color(rng)
    elif kind == 5:
        second = color(rng)
        picture = np.where(
            (noise(rng, "patches", size, rng.uniform(0.4, 1.5)) > rng.uniform(0, 1))[..., None], second, picture
        )
    folds = rng.uniform(0.02, 0.16)
    shade = 1 + folds * noise(rng, str(rng.choice(["folds", "drapes"])), size, rng.uniform(0.4, 1.6))
    shade += 0.5 * folds * noise(rng, "cloud", size) + rng.uniform(0, 0.05) * noise(rng, "fine", size)
    return (picture * shade[..., None]).astype(np.float32)
