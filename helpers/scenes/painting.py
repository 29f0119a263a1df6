"""What rooms and people are painted with: noise, textures, soft shapes with light on them."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

_POOL = 512  # side of the noise pictures that everything is cut from


@cache
def noises() -> dict[str, np.ndarray]:
    """Return float32 pictures of zero mean and unit deviation, each of its own grain; drawn once."""
    rng = np.random.default_rng(20_05)
    wave = np.hypot(*np.meshgrid(np.fft.fftfreq(_POOL), np.fft.rfftfreq(_POOL), indexing="ij"))

    def filtered(weight):
        field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((_POOL, _POOL))) * weight, s=(_POOL, _POOL))
        return ((field - field.mean()) / field.std()).astype(np.float32)

    def streaks(along, across):
        field = cv2.resize(
            rng.standard_normal((_POOL // along, _POOL // across)), (_POOL, _POOL), interpolation=cv2.INTER_CUBIC
        )
        return ((field - field.mean()) / field.std()).astype(np.float32)

    def creases(angle, along, across):
        down, right = np.meshgrid(np.fft.fftfreq(_POOL), np.fft.rfftfreq(_POOL), indexing="ij")
        u, v = right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)
        field = filtered(np.exp(-((u * along) ** 2) - (v * across) ** 2))
        field = 0.6 * field - 1.4 * np.exp(-((field / 0.3) ** 2))  # thin dark valleys, as in cloth
        return ((field - field.mean()) / field.std()).astype(np.float32)

    return {
        "fine": filtered(np.exp(-((wave * 2) ** 2))),
        "grain": filtered(np.exp(-((wave * 8) ** 2))),
        "patches": filtered(np.exp(-((wave * 30) ** 2))),
        "cloud": filtered(1 / np.maximum(wave, 1 / _POOL) ** 1.5),
        "folds": creases(0.5, 60, 22),
        "drapes": creases(1.35, 90, 20),
        "wood": streaks(64, 4),
    }


def noise(rng: np.random.Generator, kind: str, height: int, width: int) -> np.ndarray:
    """Return a float32 piece (height, width) of one noise, of about zero mean and unit deviation.

    Parameters
    ----------
    kind : str
        "fine", "grain", "patches" (ever coarser), "cloud" (all sizes), "folds" or "drapes" (of cloth),
        "wood" (vertical streaks).
    height, width : int
        At most 512.
    """
    picture = noises()[kind]
    top, left = (int(rng.integers(_POOL - side + 1)) for side in (height, width))
    piece = picture[top : top + height, left : left + width]
    return piece[:, ::-1] if rng.random() < 0.5 else piece


def shades(color: np.ndarray, *factors: float) -> list[np.ndarray]:
    """Return a colour made darker or lighter by each factor, in 0..1."""
    return [np.clip(np.asarray(color, np.float32) * factor, 0, 1) for factor in factors]


def varied(rng: np.random.Generator, color: Sequence[float], amount: float = 0.05) -> np.ndarray:
    """Return a colour near another: brightness moved more than hue."""
    return np.clip(np.asarray(color) * rng.normal(1, 2 * amount) + rng.normal(0, amount / 2, 3), 0.01, 1).astype(
        np.float32
    )


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0.0, n: int = 20) -> np.ndarray:
    """Return a closed polygon (n, 2) of an ellipse with half axes `across` and `down`, turned in radians."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    px, py = across * np.cos(angle), down * np.sin(angle)
    return np.stack([x + px * np.cos(turn) - py * np.sin(turn), y + px * np.sin(turn) + py * np.cos(turn)], 1)


def rounded(corners: Sequence, times: int = 2) -> np.ndarray:
    """Return a closed polygon with its corners cut `times` times (Chaikin): a soft outline."""
    points = np.asarray(corners, float)
    for _ in range(times):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], 1).reshape(-1, 2)
    return points


def tube(points: Sequence, radii: Sequence[float], steps: int = 4) -> list[np.ndarray]:
    """Return convex pieces that together make a bent tube: a limb, a strap, a strand of hair.

    Parameters
    ----------
    points : sequence of (x, y)
        Its centre line; bends are softened.
    radii : sequence of float
        Its radius at each of these points.
    """
    line = np.column_stack([np.asarray(points, float), np.asarray(radii, float)])
    if len(line) > 2:  # soften the bends: one cut of the inner corners, ends kept
        inner = np.stack([0.8 * line[1:-1] + 0.2 * line[:-2], 0.8 * line[1:-1] + 0.2 * line[2:]], 1).reshape(-1, 3)
        line = np.concatenate([line[:1], inner, line[-1:]])
    pieces = [ellipse(x, y, r, r, n=12) for x, y, r in line]
    for (ax, ay, ar), (bx, by, br) in pairwise(line):
        along = np.array([bx - ax, by - ay])
        side = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-9)
        pieces.append(
            np.array([[ax, ay] + ar * side, [bx, by] + br * side, [bx, by] - br * side, [ax, ay] - ar * side])
        )
    return pieces


def fill(pieces: Sequence[np.ndarray], height: int, width: int, left: float = 0, top: float = 0) -> np.ndarray:
    """Return the union of polygons as a float32 mask (height, width) in 0..1 with smooth edges."""
    mask = np.zeros((height, width), np.uint8)
    for piece in pieces:
        fixed = np.round((np.asarray(piece) - (left, top)) * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def paint(
    canvas: np.ndarray,
    pieces: Sequence[np.ndarray],
    color: np.ndarray,
    rng: np.random.Generator,
    light: tuple[float, float],
    *,
    folds: float = 0.08,
    round_: float = 0.3,
    occlusion: float = 0.3,
    pattern: Callable | None = None,
) -> None:
    """Paint a lit shape onto a canvas, in place.

    Parameters
    ----------
    canvas : float32 array (height, width, 4)
        Colour times alpha, and alpha, as in Porter and Duff.
    pieces : list of arrays (n, 2)
        Polygons in pixels; their union is painted.
    color : 3 floats in 0..1
    light : (x, y)
        Where it comes from: (-0.7, -0.7) is the upper left.
    folds : float
        Contrast of the streaks within.
    round_ : float
        How much darker the side away from the light is.
    occlusion : float
        How much it darkens what lies just behind it.
    pattern : callable, optional
        Takes x and y in pixels, returns the factor or the colour to multiply by.
    """
    height, width = canvas.shape[:2]
    points = np.concatenate(pieces)
    extent = np.ptp(points, axis=0)
    thick = max(3.0, min(extent) * 0.35)
    pad = int(thick * 0.5) + 2
    (x0, y0), (x1, y1) = (np.floor(points.min(0)) - pad).astype(int), (np.ceil(points.max(0)) + pad).astype(int)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x1 - x0 < 1 or y1 - y0 < 1:
        return
    mask = fill(pieces, y1 - y0, x1 - x0, x0, y0)
    odd = int(thick) | 1
    soft = cv2.blur(cv2.blur(mask, (odd, odd)), (odd, odd))
    slope = light[0] * cv2.Sobel(soft, cv2.CV_32F, 1, 0) + light[1] * cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    shade = 1 - round_ * odd / 8 * slope - 0.35 * round_ * (1 - soft)
    if folds:
        shade += folds * noise(rng, ("folds", "folds", "drapes")[rng.integers(3)], *mask.shape)
        shade += folds * noise(rng, "cloud", *mask.shape)
    paint_ = np.clip(shade, 0.05, 2)[..., None] * np.asarray(color, np.float32)
    if pattern is not None:
        rows, columns = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        factor = pattern(columns, rows)
        paint_ = paint_ * (factor[..., None] if factor.ndim == 2 else factor)
    part = canvas[y0:y1, x0:x1]
    if occlusion:
        part[..., :3] *= (1 - occlusion * soft)[..., None]
    part *= (1 - mask)[..., None]
    part[..., :3] += np.clip(paint_, 0, 1) * mask[..., None]
    part[..., 3] += mask
