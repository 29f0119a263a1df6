"""What cameras, lamps and files do to a picture: cast, exposure, blur, noise, JPEG. Its mask stays as it is."""

import cv2
import numpy as np


def shot(image: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Return a picture as another camera might have taken it in another light, and stored it.

    In this order, each part at random and some left out: exposure and contrast, the colour of the
    light, saturation and hue (or no colour at all), an uneven light, a blur, noise, JPEG.

    Parameters
    ----------
    image : uint8 array (height, width, 3)
        Red, green, blue.
    rng : numpy Generator
    strength : float
        1 for all that a snapshot may suffer, 0 for nothing but JPEG; between them less of each.

    Returns
    -------
    uint8 array (height, width, 3)
    """
    image = _tinted(_exposed(image, rng, strength), rng, strength)
    if rng.random() < 0.35 * strength:
        image = _uneven(image, rng)
    if rng.random() < 0.35 * strength:
        image = _blurred(image, rng)
    if rng.random() < 0.5 * strength:
        image = _noisy(image, rng)
    if rng.random() < 0.5:
        image = _jpeg(image, int(rng.integers(30, 96)))
    return image


def _exposed(image, rng, strength):
    """Change each colour by a curve of its own: gamma and contrast for all, the light's colour for each."""
    level = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = np.exp(strength * rng.normal(0, 0.32))
    contrast = 1 + strength * rng.uniform(-0.35, 0.3)
    light = np.exp(strength * (rng.normal(0, 0.18) + rng.normal(0, 0.09, 3)))
    curve = ((level ** gamma - 0.45) * contrast + 0.45) * light
    return cv2.LUT(image, np.clip(255 * curve, 0, 255).astype(np.uint8)[None])


def _tinted(image, rng, strength):
    if rng.random() < 0.05 * strength:
        return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    turned = (np.arange(256) + round(strength * rng.normal(0, 3.5))) % 180  # OpenCV counts hue in 2 degrees
    richer = np.clip(np.arange(256) * np.exp(strength * rng.normal(0, 0.25)), 0, 255)
    table = np.stack([turned, richer, np.arange(256)], axis=-1).astype(np.uint8)
    return cv2.cvtColor(cv2.LUT(hsv, table[None]), cv2.COLOR_HSV2RGB)


def _uneven(image, rng):
    """Multiply by a smooth light: a lamp at one side, or the shadow of something out of sight."""
    height, width = image.shape[:2]
    light = cv2.resize(np.exp(rng.normal(0, 0.35, (3, 3))).astype(np.float32), (width, height),
                       interpolation=cv2.INTER_CUBIC)
    return np.clip(image * np.clip(light, 0.2, 2.5)[..., None], 0, 255).astype(np.uint8)


def _blurred(image, rng):
    if rng.random() < 0.6:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.4))
    length, angle = int(rng.integers(2, 6)), rng.uniform(0, np.pi)  # the hand moved, or the camera
    kernel = np.zeros((2 * length + 1,) * 2, np.float32)
    step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    ends = [tuple(round(value) for value in length + sign * step) for sign in (-1, 1)]
    cv2.line(kernel, *ends, 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT_101)


def _noisy(image, rng):
    """Add noise to brightness and, weaker, to colour, in grains of one pixel or of two."""
    height, width = image.shape[:2]
    grain = int(rng.integers(1, 3))
    shape = (-(-height // grain), -(-width // grain))
    noise = rng.standard_normal((*shape, 1), np.float32) + 0.5 * rng.standard_normal((*shape, 3), np.float32)
    noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST) * np.float32(rng.uniform(1, 11))
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _jpeg(image, quality):
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)  # stored as if blue, green, red: the same both ways
