"""Empty rooms and office buildings, 224x224: a box in perspective, furnished, lit and photographed."""

import cv2
import numpy as np

from helpers.scenes import buildings, furniture, greenery, surfaces
from helpers.scenes.view import View

SIZE = 224  # pixels, height and width
_FINE = 2  # painted at twice the size, then averaged


def room(seed: int, index: int) -> np.ndarray:
    """Return one empty place, uint8 (224, 224, 3): four of five are rooms, the others buildings outside.

    Parameters
    ----------
    seed, index : int
        The picture is a function of these two alone.
    """
    rng = np.random.default_rng([seed, 0, index])
    picture = _outside(rng) if rng.random() < 0.25 else _inside(rng)
    return _photographed(np.clip(picture, 0, 1.6), rng)


# --- inside -----------------------------------------------------------------------------------------


def _inside(rng):
    width, depth, height = rng.uniform(4.5, 11), rng.uniform(5, 15), rng.uniform(2.6, 4.2)
    left = -width * rng.uniform(0.25, 0.75)
    view = View(
        SIZE * _FINE,
        eye=rng.uniform(1.2, min(2.3, height - 0.5)),
        yaw=rng.normal(0, 0.35),
        pitch=rng.normal(0.06, 0.07),
        zoom=rng.uniform(0.75, 1.25),
    )
    box = (left, left + width, 0.0, height, -1.0, depth)
    style = surfaces.style(rng)
    glass = rng.choice(5, p=[0.2, 0.27, 0.27, 0.22, 0.04])  # which walls are windows: none, left, right, back, all
    windows = {0: (), 1: ("left",), 2: ("right",), 3: ("back",), 4: ("left", "right", "back")}[int(glass)]
    sky = surfaces.skyline(rng)
    colors = surfaces.seen(view.rays(), np.array([0, view.eye, 0]), box, style, windows, sky)
    picture, floor = colors["color"], colors["surface"] == 2
    if style["gloss"] > 0.05:  # the floor mirrors the room
        rays = view.rays()[floor] * (1, -1, 1)
        mirrored = surfaces.seen(rays, colors["point"][floor], box, style, windows, sky)["color"]
        blur = rng.normal(0, 0.02, mirrored.shape[:1])[:, None]
        picture[floor] = picture[floor] * (1 - 0.6 * style["gloss"]) + style["gloss"] * (mirrored + blur)
    lit = _lit(rng, colors["point"], box, windows)
    picture *= lit[..., None]
    if windows and rng.random() < 0.45:
        picture = _sunshine(rng, picture, colors, box)
    furniture.place(picture, view, rng, box, windows, style)
    return picture


def _lit(rng, point, box, windows):
    """Return how much light reaches each point: from windows, lamps, and less in the corners."""
    x, y, z = point[..., 0], point[..., 1], point[..., 2]
    left, right, _, height, _, depth = box
    light = np.full(x.shape, rng.uniform(0.5, 0.8), np.float32)
    for name in windows or ("none",):
        away = {"left": x - left, "right": right - x, "back": depth - z, "none": np.full_like(x, 3.0)}[name]
        light += rng.uniform(0.3, 0.6) / (1 + away / rng.uniform(1.5, 4))
    a, b, c = np.minimum(x - left, right - x), np.minimum(y, height - y), depth - z
    gaps = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))  # to the second nearest wall: small in corners
    return light * (1 - rng.uniform(0.12, 0.35) * np.exp(-gaps / 0.35)) * (1 + rng.uniform(0, 0.12) * np.cos(z * 2.6))


def _sunshine(rng, picture, seen, box):
    """Lay the bright pattern of a window on the floor."""
    x, z, floor = seen["point"][..., 0], seen["point"][..., 2], seen["surface"] == 2
    slant, pane = rng.uniform(-1, 1), rng.uniform(0.7, 1.4)
    u = x + slant * z
    where = (
        (np.mod(u, pane) > 0.12)
        & (np.abs(z - rng.uniform(2, 6)) < rng.uniform(0.6, 2))
        & (np.mod(z, 0.9) > 0.08)
        & floor
    )
    where = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 2)
    return picture * (1 + rng.uniform(0.3, 0.8) * where[..., None] * np.float32([1, 0.95, 0.82]))


# --- outside ----------------------------------------------------------------------------------------


def _outside(rng):
    view = View(
        SIZE * _FINE,
        eye=rng.uniform(1.6, 9),
        yaw=rng.normal(0, 0.3),
        pitch=rng.uniform(-0.2, 0.05),
        zoom=rng.uniform(0.9, 1.5),
    )
    sky = surfaces.skyline(rng)
    rays = view.rays()
    flat = rays.reshape(-1, 3)
    picture = sky(flat).reshape(rays.shape)
    down = rays[..., 1] < -0.004
    distance = view.eye / -np.where(down, rays[..., 1], -1)
    x, z = rays[..., 0] * distance, rays[..., 2] * distance
    lawn, road = rng.random() < 0.5, rng.uniform(4, 12)
    paving = np.float32(rng.choice([[0.55, 0.55, 0.56], [0.68, 0.64, 0.58], [0.32, 0.33, 0.35]]))
    near = np.exp(-distance / 25)
    joints = near * ((np.mod(x, 1.2) < 0.06) | (np.mod(z, 1.2) < 0.06))
    ground = (
        paving
        * (
            1
            + 0.12 * near * surfaces.sample("fine", x, z, 25)
            + 0.1 * surfaces.sample("cloud", x, z, 8)
            - 0.25 * joints
        )[..., None]
    )
    if lawn:
        grass = (
            np.float32([0.30, 0.44, 0.16])
            * (1 + 0.3 * surfaces.sample("fine", x, z, 22) + 0.15 * surfaces.sample("cloud", x, z, 6))[..., None]
        )
        ground = np.where((np.abs(x - 0.3 * z + 2) > road / 2)[..., None], grass, ground)
    picture = np.where(down[..., None], ground * rng.uniform(0.7, 1.15), picture).astype(np.float32)
    buildings.blocks(picture, view, rng)
    greenery.trees(picture, view, rng)
    return picture


# --- the camera -------------------------------------------------------------------------------------


def _photographed(picture, rng):
    """Expose, grade, blur and grain a picture, and return it as uint8 (224, 224, 3)."""
    picture = cv2.resize(picture.astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    picture = picture * (1 - rng.uniform(0, 0.22) * (rows**2 + columns**2) / 2)[..., None]
    picture = picture / np.quantile(picture.mean(-1), rng.uniform(0.86, 0.97)) * rng.uniform(0.78, 1.02)
    bloom = cv2.GaussianBlur(np.maximum(picture - 0.85, 0), (0, 0), 5)
    picture = np.clip(picture + rng.uniform(0, 0.8) * bloom, 0, 1.2)
    grey = picture.mean(-1, keepdims=True)
    picture = np.maximum(grey + rng.uniform(0.35, 1.15) * (picture - grey), 0)
    warmth = rng.normal(0, 0.07)
    picture = np.clip(picture * (1 + warmth, 1, 1 - warmth), 0, 1) ** rng.uniform(0.72, 1.15)
    contrast = rng.uniform(0.0, 0.5)
    picture = (1 - contrast) * picture + contrast * picture * picture * (3 - 2 * picture)
    picture = picture.astype(np.float32)
    if (sharp := rng.uniform(-0.5, 1.2)) > 0:  # a print sharpened, as most are
        picture = picture + sharp * (picture - cv2.GaussianBlur(picture, (0, 0), 1))
    else:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.3 - sharp)
    grain = rng.uniform(0.001, 0.012)
    picture += grain * (rng.standard_normal((SIZE, SIZE, 1)) + 0.4 * rng.standard_normal((SIZE, SIZE, 3)))
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
