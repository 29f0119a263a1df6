"""The studio around a diamond: a pale plate, lights and dark things to be mirrored, a camera."""

import cv2
import numpy as np


class Studio:
    """Plate, lights and camera, as they stay while one stone turns.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws all of it.

    Attributes
    ----------
    slant : float
        Radians between the camera's axis and straight down.
    lamp : float64 (2,)
        How far shade falls aside, as a share of the height it falls from.
    """

    def __init__(self, rng: np.random.Generator):
        self.slant = np.radians(rng.uniform(32, 38))
        self.lamp = rng.uniform([-0.05, 0.0], [0.35, 0.3])
        green = rng.uniform(222, 233)
        self.colour = np.array([green - rng.uniform(1, 11), green, green + rng.uniform(4, 12)]) / 255
        self.slope = rng.uniform(-0.02, 0.02, 2)
        self.falloff = rng.uniform(0, 0.04)
        self.shade, self.contact = rng.uniform(0.16, 0.32), rng.uniform(0.1, 0.3)
        self.softness = rng.uniform(0.03, 0.06)
        self.noise, self.blur, self.quality = rng.uniform(0.3, 1.2), rng.uniform(0, 0.4), int(rng.integers(88, 98))
        self.sharpening = rng.uniform(0.1, 0.6)
        self.exposure = rng.uniform(0.95, 1.03)
        self._things(rng)

    def _things(self, rng):
        """Draw what the stone mirrors: directions, how narrow, how bright."""
        _, _, towards = self.camera()
        count = int(rng.integers(110, 170))
        around = rng.normal(size=(count, 3))
        around[:, 2] = np.abs(around[:, 2])
        around /= np.linalg.norm(around, axis=1, keepdims=True)
        dark = rng.random(count) < 0.62
        levels = np.where(dark, rng.uniform(-0.9, -0.25, count), rng.uniform(0.15, 1.2, count))
        width = np.radians(np.where(dark, rng.uniform(2, 5.5, count), rng.uniform(2, 6, count)))
        self.directions = np.concatenate([[towards], around])
        self.edges = np.cos(np.concatenate([[np.radians(rng.uniform(9, 17))], width]))
        self.levels = np.concatenate([[-0.8], levels])
        self.waves = rng.normal(0, 1, (10, 3)) * np.repeat([5, 18], 5)[:, None]
        self.phases = rng.uniform(0, 2 * np.pi, 10)
        self.height = rng.uniform(0.05, 0.15)
        self.contrast = rng.uniform(0.12, 0.26)
        white = self.colour / self.colour.mean()
        self.tint = white ** rng.uniform(0.3, 1) * (1 + rng.normal(0, 0.005, 3))

    def camera(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return unit vectors in the world, z up: to the picture's right, to its top, towards the camera."""
        s, c = np.sin(self.slant), np.cos(self.slant)
        return np.array([1.0, 0, 0]), np.array([0, c, s]), np.array([0, -s, c])

    def light(self, directions: np.ndarray) -> np.ndarray:
        """Return the light that comes from unit directions (n, 3): float64 (n, 3), 1 = white paper."""
        up = directions[:, 2]
        waves = np.cos(directions @ self.waves.T + self.phases).sum(axis=1)
        level = 0.9 + self.contrast * np.tanh(waves)
        edge = (directions @ self.directions.T - self.edges) / 0.008
        level = level + (np.clip(edge, 0, 1) * self.levels).sum(axis=1)
        level = np.clip(level, 0.03, 3)
        level = level * np.clip(0.55 + up / self.height * 0.45, 0.55, 1)
        sky = level[:, None] * self.tint
        # Below the horizon lies the plate, darker where the stone itself stands on it.
        plate = self.colour * np.clip(1.03 - 0.35 * np.clip(-up, 0, 1), 0, 1)[:, None]
        return np.where((up > 0)[:, None], sky, plate) * self.exposure

    def plate(self, size: tuple[int, int], footprint: tuple[np.ndarray, np.ndarray],
              rng: np.random.Generator) -> np.ndarray:
        """Return the empty plate with a stone's shadow.

        Parameters
        ----------
        size : (height, width)
        footprint : two float arrays (n, 2)
            Where the shade falls, and where the stone touches the plate, x and y in pixels.
        rng : numpy.random.Generator

        Returns
        -------
        float32 array (height, width, 3) in 0..1
        """
        height, width = size
        y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
        level = 1 + self.slope[0] * x + self.slope[1] * y - self.falloff * (x**2 + y**2) / 2
        small = 64 / min(size)
        shade = _soft(footprint[0] * small, size, small, self.softness * 64)
        contact = _soft(footprint[1] * small, size, small, self.softness * 64 * 0.4)
        wide = _soft(footprint[0] * small, size, small, self.softness * 64 * 3)
        dark = 1 - 0.6 * self.shade * shade - 0.4 * self.shade * wide - self.contact * contact
        return (self.colour * (level * np.clip(dark, 0.2, 1))[..., None]).astype(np.float32)

    def developed(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a picture, float32 in 0..1, as the camera stores it: uint8, a little soft, noisy, compressed."""
        if self.blur > 0.15:
            picture = cv2.GaussianBlur(picture, (0, 0), self.blur)
        picture = picture + self.sharpening * (picture - cv2.GaussianBlur(picture, (0, 0), 1.0))
        grain = rng.standard_normal(picture.shape[:2], np.float32)[..., None] * self.noise
        stored = np.clip(np.round(picture * 255 + grain), 0, 255).astype(np.uint8)
        _, coded = cv2.imencode(".jpg", stored[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])


def _soft(points, size, small, blur):
    """Return a blurred filled hull of points, drawn small and enlarged to `size`: float32 in 0..1."""
    tiny = np.zeros((max(round(size[0] * small), 1), max(round(size[1] * small), 1)), np.float32)
    if len(points) > 2:
        hull = cv2.convexHull(points.astype(np.float32))[:, 0]
        cv2.fillConvexPoly(tiny, np.round(hull * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    tiny = cv2.GaussianBlur(tiny, (0, 0), blur)
    return cv2.resize(tiny, size[::-1], interpolation=cv2.INTER_CUBIC)
