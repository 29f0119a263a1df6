"""A hand laid on a background, with its shadow, as a camera takes it."""

import cv2
import numpy as np

from helpers.scenes.hands_render import Layer


def compose(layer: Layer, ground: np.ndarray) -> np.ndarray:
    """Return a hand laid on a background through its alpha, float32 (height, width, 3): no shadow, no camera.

    Parameters
    ----------
    ground : float32 array (height, width, 3) in 0..1
    """
    alpha = layer.alpha[..., None]
    return ground * (1 - alpha) + np.clip(layer.rgb, 0, 1.3) * alpha


def photograph(rng: np.random.Generator, layer: Layer, ground: np.ndarray) -> np.ndarray:
    """Return a hand before a background as a camera takes it, with the shadow cast on it: uint8 (height, width, 3)."""
    height, width = layer.alpha.shape
    if rng.random() < 0.75:
        far = rng.uniform(0.01, 0.12 if layer.light["kind"] == "flash" else 0.3) * max(height, width)
        way = layer.light["way"]
        move = -way[:2] / max(-way[2], 0.25) * far + rng.normal(0, 0.02, 2) * max(height, width)
        moved = cv2.warpAffine(
            layer.alpha,
            np.float32([[1, 0, move[0]], [0, 1, move[1]]]),
            (width, height),
            borderMode=cv2.BORDER_REPLICATE,
        )
        soft = rng.uniform(0.006, 0.03 if layer.light["kind"] == "flash" else 0.09) * max(height, width)
        strength = rng.uniform(0.2, 0.85) * (0.6 if layer.light["kind"] == "soft" else 1)
        ground = ground * (1 - strength * cv2.GaussianBlur(moved, (0, 0), soft))[..., None]
    return _camera(rng, compose(layer, ground))


def _camera(rng, picture):
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    if rng.random() < 0.4:
        picture = picture * (1 - rng.uniform(0, 0.4) * (rows**2 + columns**2) / 2)[..., None]
    cast = np.float32(1 + rng.normal(0, 0.04) * np.array([1, 0, -1.2]) + rng.normal(0, 0.015, 3))
    picture = np.maximum(picture * cast * np.float32(np.exp(rng.normal(-0.02, 0.2))), 0)
    picture = picture ** np.float32(np.exp(rng.normal(0, 0.12)))
    grey = picture.mean(-1, keepdims=True)
    picture = np.clip(grey + np.float32(np.clip(rng.normal(0.86, 0.13), 0.35, 1.15)) * (picture - grey), 0, 1.2)
    contrast = np.float32(rng.uniform(-0.15, 0.35))
    picture = np.clip(picture, 0, 1)
    picture = (1 - contrast) * picture + contrast * picture * picture * (3 - 2 * picture)
    size = max(height, width) / 128
    kind = rng.choice(3, p=[0.5, 0.35, 0.15])
    if kind == 0:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.25, 0.6) * size)
    elif kind == 1:
        picture = picture + np.float32(rng.uniform(0, 0.8)) * (picture - cv2.GaussianBlur(picture, (0, 0), size))
    else:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.3) * size)
    grain = rng.exponential(0.006)
    picture = picture + np.float32(grain) * rng.standard_normal((height, width, 1), np.float32)
    picture = picture + np.float32(0.5 * grain) * rng.standard_normal((height, width, 3), np.float32)
    picture = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.7:
        _, file = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(45, 97))])
        picture = np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])
    return picture
