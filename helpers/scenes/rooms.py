"""Empty rooms and office buildings, 224x224: a box in perspective, furnished, lit and photographed."""

import cv2
import numpy as np

from helpers.scenes import furniture, painting
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
    view = View(SIZE * _FINE, eye=rng.uniform(1.2, min(2.3, height - 0.5)), yaw=rng.normal(0, 0.35), pitch=rng.normal(0.06, 0.07),
                zoom=rng.uniform(0.75, 1.25))
    box = (left, left + width, 0.0, height, -1.0, depth)
    style = _style(rng)
    glass = rng.choice(5, p=[0.2, 0.27, 0.27, 0.22, 0.04])  # which walls are windows: none, left, right, back, all
    windows = {0: (), 1: ("left",), 2: ("right",), 3: ("back",), 4: ("left", "right", "back")}[int(glass)]
    sky = _skyline(rng)
    colors = _seen(view.rays(), np.array([0, view.eye, 0]), box, style, windows, sky)
    picture, floor = colors["color"], colors["surface"] == 2
    if style["gloss"] > 0.05:  # the floor mirrors the room
        rays = view.rays()[floor] * (1, -1, 1)
        mirrored = _seen(rays, colors["point"][floor], box, style, windows, sky)["color"]
        blur = rng.normal(0, 0.02, mirrored.shape[:1])[:, None]
        picture[floor] = picture[floor] * (1 - 0.6 * style["gloss"]) + style["gloss"] * (mirrored + blur)
    lit = _lit(rng, colors["point"], box, windows)
    picture *= lit[..., None]
    if windows and rng.random() < 0.45:
        picture = _sunshine(rng, picture, colors, box)
    furniture.place(picture, view, rng, box, windows, style)
    return picture


def _style(rng):
    """Return the materials of a room."""
    mood = rng.choice(["white", "warm", "dark", "colour"], p=[0.42, 0.26, 0.18, 0.14])
    wall = {"white": (0.88, 0.88, 0.87), "warm": (0.80, 0.70, 0.57), "dark": (0.22, 0.23, 0.25),
            "colour": rng.uniform(0.15, 0.85, 3)}[str(mood)]
    floors = {"planks": [(0.62, 0.43, 0.28), (0.74, 0.60, 0.44), (0.36, 0.23, 0.16)], "tiles": [(0.75, 0.75, 0.74), (0.5, 0.5, 0.5), (0.85, 0.82, 0.76)],
              "carpet": [(0.35, 0.36, 0.38), (0.46, 0.41, 0.36), (0.2, 0.27, 0.36)], "concrete": [(0.62, 0.61, 0.6), (0.42, 0.42, 0.43)]}
    kind = str(rng.choice(list(floors), p=[0.36, 0.24, 0.24, 0.16]))
    base = floors[kind][rng.integers(len(floors[kind]))]
    gloss = 0.0 if kind == "carpet" else float(rng.choice([0, rng.uniform(0.1, 0.45)]))
    accents = ["plain", "brick", "panels", "grooves", "map", "stone"]
    walls = {name: str(rng.choice(accents, p=[0.66, 0.09, 0.09, 0.07, 0.04, 0.05])) for name in ("left", "right", "back")}
    return {"wall": painting.varied(rng, wall, 0.04), "walls": walls, "accent": painting.varied(rng, rng.uniform(0.1, 0.85, 3), 0.05),
            "floor": painting.varied(rng, base, 0.05), "floor_kind": kind, "gloss": gloss, "dark": mood == "dark",
            "ceiling": painting.varied(rng, (0.86, 0.86, 0.86) if rng.random() < 0.75 else (0.2, 0.2, 0.21), 0.03),
            "lamps": str(rng.choice(["panels", "strips", "spots", "beams"])), "seed": int(rng.integers(2**31)),
            "pane": rng.uniform(0.8, 2.2), "bars": rng.uniform(0.04, 0.12), "frame": float(rng.choice([0.1, 0.3, 0.85]))}


def _seen(rays, start, box, style, windows, sky):
    """Cast rays within a box of walls; return the colour, the point and the surface that each meets."""
    shape = rays.shape[:-1]
    rays = rays.reshape(-1, 3)
    start = np.broadcast_to(start, (*shape, 3)).reshape(-1, 3)
    bounds = np.array(box, np.float32).reshape(3, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(rays > 0, bounds[:, 1] - start, bounds[:, 0] - start) / rays
    far = np.where(np.isfinite(far), np.maximum(far, 1e-3), 1e9)
    axis = far.argmin(1)
    surface = 2 * axis + (np.take_along_axis(rays, axis[:, None], 1)[:, 0] > 0)  # 0 left 1 right 2 floor 3 ceiling 4 front 5 back
    distance = far.min(1)
    point = (start + rays * distance[:, None]).astype(np.float32)
    color = np.empty((len(rays), 3), np.float32)
    rng = np.random.default_rng(style["seed"])
    for which, name in enumerate(("left", "right", "floor", "ceiling", "front", "back")):
        here = surface == which
        if not here.any():
            continue
        x, y, z = point[here].T
        if name == "floor":
            color[here] = _floor(x, z, distance[here], style)
        elif name == "ceiling":
            color[here] = _ceiling(x, z, style)
        else:
            along = x if name in ("back", "front") else z
            color[here] = _wall(along, y, rays[here], name, box[3], style, windows, sky, np.random.default_rng(rng.integers(2**31)))
    return {"color": color.reshape(*shape, 3), "point": point.reshape(*shape, 3), "surface": surface.reshape(shape)}


def _sample(kind, u, v, scale):
    """Look a noise picture up at positions in metres; `scale` pixels a metre, repeated."""
    picture = painting._noises()[kind]
    side = picture.shape[0]
    return picture[(v * scale).astype(int) % side, (u * scale).astype(int) % side]


def _floor(x, z, distance, style):
    kind, near = style["floor_kind"], np.exp(-distance / 9)
    factor = 1 + 0.05 * near * _sample("fine", x, z, 90) + 0.05 * _sample("cloud", x, z, 40)
    if kind == "planks":
        row = np.floor(x / 0.16)
        shift = np.mod(row * 0.618, 1) * 1.7
        board = row * 7.13 + np.floor((z + shift) / 1.7) * 3.7
        factor += near * 0.16 * np.sin(board * 12.9) + 0.07 * near * _sample("wood", x * 1.7, z / 3, 120)
        factor *= 1 - 0.35 * near * (np.mod(x, 0.16) < 0.012)
    elif kind == "tiles":
        side = 0.6
        tone = np.sin(np.floor(x / side) * 5.3 + np.floor(z / side) * 9.1)
        factor += 0.04 * tone
        factor *= 1 - 0.3 * near * ((np.mod(x, side) < 0.018) | (np.mod(z, side) < 0.018))
    elif kind == "carpet":
        factor += 0.16 * near * _sample("fine", x, z, 70) + 0.07 * np.sign(np.sin(x * 6.28) * np.sin(z * 6.28))
    else:
        factor += 0.1 * _sample("cloud", x, z, 25)
    return style["floor"] * factor[:, None]


def _ceiling(x, z, style):
    color = style["ceiling"] * (1 + 0.03 * _sample("cloud", x, z, 30))[:, None]
    if style["lamps"] == "panels":
        color = color * (1 - 0.12 * ((np.mod(x, 0.6) < 0.02) | (np.mod(z, 0.6) < 0.02)))[:, None]
        lamp = (np.mod(x, 2.4) < 0.6) & (np.mod(z, 2.4) < 1.2)
    elif style["lamps"] == "strips":
        lamp = np.mod(x + 0.3, 1.9) < 0.14
    elif style["lamps"] == "spots":
        lamp = np.hypot(np.mod(x, 1.3) - 0.65, np.mod(z, 1.3) - 0.65) < 0.1
    else:  # beams, and ducts
        color = color * (1 - 0.45 * (np.mod(z, 1.5) < 0.35) - 0.25 * (np.mod(z, 1.5) > 1.42))[:, None]
        lamp = (np.mod(x, 3) < 0.12) & (np.mod(z, 3) < 1.5)
    return np.where(lamp[:, None], np.float32([1.25, 1.23, 1.15]), color)


def _wall(along, y, rays, name, height, style, windows, sky, rng):
    plain = style["wall"] * (1 + 0.025 * _sample("cloud", along, y, 35) + 0.015 * _sample("fine", along, y, 80))[:, None]
    skirting = (y < 0.1)[:, None]
    if name in windows:
        sill = float(rng.choice([0.0, 0.1, 0.8]))
        pane, bars = style["pane"], style["bars"]
        frame = (np.mod(along, pane) < bars) | (np.abs(np.mod(y - sill, rng.uniform(0.9, 2.2))) < bars)
        out = sky(rays)
        if rng.random() < 0.22:  # blinds
            out = out * (0.55 + 0.45 * (np.mod(y, 0.09) > 0.04))[:, None]
        color = np.where(frame[:, None], style["frame"] * np.float32([1, 1, 1.02]), out)
        wall = ((y < sill) | (y > height - rng.uniform(0.1, 0.5)))[:, None]
        return np.where(wall, plain, color)
    kind = style["walls"].get(name, "plain")
    if kind == "brick":
        row = np.floor(y / 0.08)
        u = along + 0.11 * np.mod(row, 2)
        mortar = (np.mod(y, 0.08) < 0.012) | (np.mod(u, 0.22) < 0.012)
        tone = 1 + 0.2 * np.sin(row * 12.7 + np.floor(u / 0.22) * 7.7) + 0.08 * _sample("fine", along, y, 100)
        base = np.float32([0.60, 0.34, 0.26]) if rng.random() < 0.6 else np.float32([0.8, 0.79, 0.77])
        color = np.where(mortar[:, None], base * 0.8 + 0.12, base * tone[:, None])
    elif kind == "stone":
        cell = np.sin(np.floor(along / 0.3) * 3.3 + np.floor(y / 0.19) * 8.8)
        joint = (np.mod(y, 0.19) < 0.02) | (np.mod(along + 0.1 * np.mod(np.floor(y / 0.19), 3), 0.3) < 0.02)
        color = np.float32([0.55, 0.5, 0.44]) * (1 + 0.2 * cell + 0.14 * _sample("grain", along, y, 60) - 0.4 * joint)[:, None]
    elif kind in ("panels", "grooves"):
        step = 0.9 if kind == "panels" else 0.08
        wood = np.float32([0.56, 0.37, 0.22]) if rng.random() < 0.6 else style["accent"]
        color = wood * (1 + 0.1 * _sample("wood", along * 1.5, y / 4, 110) - 0.45 * (np.mod(along, step) < 0.025))[:, None]
    elif kind == "map":  # a mural
        land = _sample("cloud", along, y, 45) > 0.15
        color = np.where(land[:, None], style["accent"], style["wall"] * 0.9) * (1 + 0.08 * _sample("grain", along, y, 70))[:, None]
    else:
        color = plain if rng.random() < 0.85 else style["accent"] * (plain / style["wall"])
    return np.where(skirting, style["frame"] * np.ones(3, np.float32), color).astype(np.float32)


def _skyline(rng):
    """Return what is outside the windows, as a function of the direction of looking."""
    high, low = np.float32(rng.choice([[0.55, 0.72, 0.95], [0.95, 0.97, 1.0], [0.8, 0.85, 0.9], [0.25, 0.32, 0.5]])), np.float32([1.0, 0.98, 0.95])
    glow, city, green = rng.uniform(0.9, 1.35), rng.uniform(0.02, 0.25), np.float32([0.3, 0.42, 0.22]) * rng.uniform(0.5, 1.4)
    seed, trees = rng.uniform(0, 99), rng.random() < 0.4

    def sky(rays):
        turn, up = np.arctan2(rays[:, 0], rays[:, 2]), rays[:, 1] / np.maximum(np.hypot(rays[:, 0], rays[:, 2]), 1e-3)
        color = low + (high - low) * np.clip(up * 2.5, 0, 1)[:, None]
        color = color + 0.06 * _sample("cloud", turn + 9, up + 9, 160)[:, None]
        block = np.floor((turn + 7) * 14)
        top = city * (0.5 + 0.5 * np.sin(block * 5.7 + seed)) + 0.02
        panes = (np.mod((turn + 7) * 90, 1) < 0.5) & (np.mod((up + 3) * 70, 1) < 0.6)
        tone = 0.55 + 0.18 * np.sin(block * 9.1 + seed) - 0.14 * panes
        if trees:
            top = 0.12 + city * 0.4 * _sample("grain", turn + 9, np.full_like(turn, seed), 90)
            shade = 0.8 + 0.35 * _sample("grain", turn + 9, up + 9, 200)
            return np.where((up < top)[:, None], green * shade[:, None], color) * glow
        return np.where((up < top)[:, None], tone[:, None] * np.float32([0.93, 0.97, 1.05]), color) * glow

    return sky


def _lit(rng, point, box, windows):
    """Return how much light reaches each point: from windows, lamps, and less in the corners."""
    x, y, z = point[..., 0], point[..., 1], point[..., 2]
    left, right, _, height, _, depth = box
    light = np.full(x.shape, rng.uniform(0.5, 0.8), np.float32)
    for name in windows or ("none",):
        away = {"left": x - left, "right": right - x, "back": depth - z, "none": np.full_like(x, 3.0)}[name]
        light += rng.uniform(0.3, 0.6) / (1 + away / rng.uniform(1.5, 4))
    gaps = np.sort(np.stack([x - left, right - x, y, height - y, depth - z]), axis=0)[1]  # the second nearest wall
    return light * (1 - rng.uniform(0.12, 0.35) * np.exp(-gaps / 0.35)) * (1 + rng.uniform(0, 0.12) * np.cos(z * 2.6))


def _sunshine(rng, picture, seen, box):
    """Lay the bright pattern of a window on the floor."""
    x, z, floor = seen["point"][..., 0], seen["point"][..., 2], seen["surface"] == 2
    slant, pane = rng.uniform(-1, 1), rng.uniform(0.7, 1.4)
    u = x + slant * z
    where = (np.mod(u, pane) > 0.12) & (np.abs(z - rng.uniform(2, 6)) < rng.uniform(0.6, 2)) & (np.mod(z, 0.9) > 0.08) & floor
    where = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 2)
    return picture * (1 + rng.uniform(0.3, 0.8) * where[..., None] * np.float32([1, 0.95, 0.82]))


# --- outside ----------------------------------------------------------------------------------------


def _outside(rng):
    view = View(SIZE * _FINE, eye=rng.uniform(1.6, 9), yaw=rng.normal(0, 0.3), pitch=rng.uniform(-0.2, 0.05), zoom=rng.uniform(0.9, 1.5))
    sky = _skyline(rng)
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
    ground = paving * (1 + 0.12 * near * _sample("fine", x, z, 25) + 0.1 * _sample("cloud", x, z, 8) - 0.25 * joints)[..., None]
    if lawn:
        grass = np.float32([0.30, 0.44, 0.16]) * (1 + 0.3 * _sample("fine", x, z, 22) + 0.15 * _sample("cloud", x, z, 6))[..., None]
        ground = np.where((np.abs(x - 0.3 * z + 2) > road / 2)[..., None], grass, ground)
    picture = np.where(down[..., None], ground * rng.uniform(0.7, 1.15), picture).astype(np.float32)
    furniture.buildings(picture, view, rng)
    furniture.greenery(picture, view, rng, outside=True)
    return picture


# --- the camera -------------------------------------------------------------------------------------


def _photographed(picture, rng):
    """Expose, grade, blur and grain a picture, and return it as uint8 (224, 224, 3)."""
    picture = cv2.resize(picture.astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[-1:1:SIZE * 1j, -1:1:SIZE * 1j]
    picture = picture * (1 - rng.uniform(0, 0.22) * (rows**2 + columns**2) / 2)[..., None]
    picture = picture / np.quantile(picture.mean(-1), rng.uniform(0.86, 0.97)) * rng.uniform(0.78, 1.02)
    bloom = cv2.GaussianBlur(np.maximum(picture - 0.85, 0), (0, 0), 5)
    picture = np.clip(picture + rng.uniform(0, 0.8) * bloom, 0, 1.2)
    grey = picture.mean(-1, keepdims=True)
    picture = np.maximum(grey + rng.uniform(0.55, 1.5) * (picture - grey), 0)
    warmth = rng.normal(0, 0.07)
    picture = np.clip(picture * (1 + warmth, 1, 1 - warmth), 0, 1) ** rng.uniform(0.8, 1.35)
    contrast = rng.uniform(0.0, 0.7)
    picture = (1 - contrast) * picture + contrast * picture * picture * (3 - 2 * picture)
    picture = picture.astype(np.float32)
    if (sharp := rng.uniform(-0.5, 1.2)) > 0:  # a print sharpened, as most are
        picture = picture + sharp * (picture - cv2.GaussianBlur(picture, (0, 0), 1))
    else:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.3 - sharp)
    grain = rng.uniform(0.002, 0.02)
    picture += grain * (rng.standard_normal((SIZE, SIZE, 1)) + 0.4 * rng.standard_normal((SIZE, SIZE, 3)))
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
