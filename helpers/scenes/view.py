"""A pinhole camera: from pixels to rays, and from points in metres to pixels."""

from collections.abc import Sequence

import numpy as np

_NEAR = 0.15  # metres: what is nearer is cut off


class View:
    """A camera at (0, eye, 0) that looks along z, turned by `yaw` and tilted down by `pitch` (radians).

    Parameters
    ----------
    side : int
        Height and width of the picture in pixels.
    eye : float
        Height above the floor in metres.
    zoom : float
        Focal length in picture widths.
    """

    def __init__(self, side: int, eye: float, yaw: float, pitch: float, zoom: float):
        self.side, self.eye, self.focal = side, eye, zoom * side
        cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        tilt = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        self._to_world = turn @ tilt

    def rays(self) -> np.ndarray:
        """Return the direction of every pixel, float32 (side, side, 3), of unit length."""
        place = (np.arange(self.side) + 0.5 - self.side / 2) / self.focal
        x, y = np.meshgrid(place, -place)
        rays = np.stack([x, y, np.ones_like(x)], -1) @ self._to_world.T
        return (rays / np.linalg.norm(rays, axis=-1, keepdims=True)).astype(np.float32)

    def points(self, points: np.ndarray) -> np.ndarray | None:
        """Project points (n, 3); None if one of them lies behind the camera, or too near."""
        seen = (points - (0, self.eye, 0)) @ self._to_world
        if seen[:, 2].min() <= _NEAR:
            return None
        return seen[:, :2] / seen[:, 2:] * (self.focal, -self.focal) + self.side / 2

    def polygon(self, points: Sequence) -> np.ndarray | None:
        """Project a flat polygon (n, 3), cut where it passes the camera; None if nothing is left of it."""
        seen = (np.asarray(points, float) - (0, self.eye, 0)) @ self._to_world
        inside = seen[:, 2] > _NEAR
        if not inside.all():
            if not inside.any():
                return None
            cut = []
            for i, (a, b) in enumerate(zip(seen, np.roll(seen, -1, axis=0), strict=True)):
                if inside[i]:
                    cut.append(a)
                if (a[2] > _NEAR) != (b[2] > _NEAR):
                    cut.append(a + (b - a) * (_NEAR - a[2]) / (b[2] - a[2]))
            seen = np.array(cut)
        flat = seen[:, :2] / seen[:, 2:] * (self.focal, -self.focal) + self.side / 2
        return np.clip(flat, -4 * self.side, 5 * self.side)
