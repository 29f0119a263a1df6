"""Materials of a room, and which of them a ray meets: floors, ceilings, walls, windows and what is outside."""

from collections.abc import Callable

import numpy as np

from helpers.scenes import painting


def style(rng: np.random.Generator) -> dict:
    """Return the materials of a room."""
    mood = rng.choice(["white", "warm", "dark", "colour"], p=[0.5, 0.25, 0.17, 0.08])
    wall = {
        "white": (0.88, 0.88, 0.87),
        "warm": (0.80, 0.70, 0.57),
        "dark": (0.22, 0.23, 0.25),
        "colour": rng.uniform(0.3, 0.8, 3),
    }[str(mood)]
    floors = {
        "planks": [(0.62, 0.43, 0.28), (0.74, 0.60, 0.44), (0.36, 0.23, 0.16)],
        "tiles": [(0.75, 0.75, 0.74), (0.5, 0.5, 0.5), (0.85, 0.82, 0.76)],
        "carpet": [(0.35, 0.36, 0.38), (0.46, 0.41, 0.36), (0.2, 0.27, 0.36)],
        "concrete": [(0.62, 0.61, 0.6), (0.42, 0.42, 0.43)],
    }
    kind = str(rng.choice(list(floors), p=[0.36, 0.24, 0.24, 0.16]))
    base = floors[kind][rng.integers(len(floors[kind]))]
    gloss = 0.0 if kind == "carpet" else float(rng.choice([0, rng.uniform(0.1, 0.45)]))
    accents = ["plain", "brick", "panels", "grooves", "map", "stone"]
    walls = {
        name: str(rng.choice(accents, p=[0.66, 0.09, 0.09, 0.07, 0.04, 0.05])) for name in ("left", "right", "back")
    }
    return {
        "wall": painting.varied(rng, wall, 0.04),
        "walls": walls,
        "accent": painting.varied(rng, 0.25 + 0.5 * rng.uniform(0.1, 0.85, 3), 0.06),
        "floor": painting.varied(rng, base, 0.05),
        "floor_kind": kind,
        "gloss": gloss,
        "dark": mood == "dark",
        "ceiling": painting.varied(rng, (0.86, 0.86, 0.86) if rng.random() < 0.75 else (0.2, 0.2, 0.21), 0.03),
        "lamps": str(rng.choice(["panels", "strips", "spots", "beams"])),
        "seed": int(rng.integers(2**31)),
        "pane": rng.uniform(0.8, 2.2),
        "bars": rng.uniform(0.04, 0.12),
        "frame": float(rng.choice([0.1, 0.3, 0.85])),
    }


def seen(
    rays: np.ndarray, start: np.ndarray, box: tuple, style: dict, windows: list, sky: Callable
) -> dict[str, np.ndarray]:
    """Cast rays within a box of walls; return the colour, the point and the surface that each meets."""
    shape = rays.shape[:-1]
    rays = rays.reshape(-1, 3)
    start = np.broadcast_to(start, (*shape, 3)).reshape(-1, 3)
    sides, aims = [], []
    for axis in range(3):
        ray = rays[:, axis]
        ahead = ray > 0
        aims.append(ahead)
        to = np.where(ahead, np.float32(box[2 * axis + 1]), np.float32(box[2 * axis])) - start[:, axis]
        sides.append(np.maximum(to / np.where(np.abs(ray) < 1e-6, np.copysign(np.float32(1e-6), to), ray), 1e-3))
    x, y, z = sides
    distance = np.minimum(np.minimum(x, y), z)
    surface = np.where(distance == x, 0 + aims[0], np.where(distance == y, 2 + aims[1], 4 + aims[2]))  # as named below
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
            color[here] = _wall(
                along, y, rays[here], name, box[3], style, windows, sky, np.random.default_rng(rng.integers(2**31))
            )
    return {"color": color.reshape(*shape, 3), "point": point.reshape(*shape, 3), "surface": surface.reshape(shape)}


def sample(kind: str, u: np.ndarray, v: np.ndarray, scale: float) -> np.ndarray:
    """Look a noise picture up at positions in metres; `scale` pixels a metre, repeated."""
    picture = painting.noises()[kind]
    last = picture.shape[0] - 1  # a side is a power of two, so "and" is the remainder
    rows, columns = (v * scale).astype(np.int32) & last, (u * scale).astype(np.int32) & last
    return picture.ravel().take(rows * (last + 1) + columns)


def _floor(x, z, distance, style):
    kind, near = style["floor_kind"], np.exp(-distance / 9)
    factor = 1 + 0.05 * near * sample("fine", x, z, 90) + 0.05 * sample("cloud", x, z, 40)
    if kind == "planks":
        row = np.floor(x / 0.16)
        shift = np.mod(row * 0.618, 1) * 1.7
        board = row * 7.13 + np.floor((z + shift) / 1.7) * 3.7
        factor += near * 0.16 * np.sin(board * 12.9) + 0.07 * near * sample("wood", x * 1.7, z / 3, 120)
        factor *= 1 - 0.35 * near * (np.mod(x, 0.16) < 0.012)
    elif kind == "tiles":
        side = 0.6
        tone = np.sin(np.floor(x / side) * 5.3 + np.floor(z / side) * 9.1)
        factor += 0.04 * tone
        factor *= 1 - 0.3 * near * ((np.mod(x, side) < 0.018) | (np.mod(z, side) < 0.018))
    elif kind == "carpet":
        factor += 0.16 * near * sample("fine", x, z, 70) + 0.07 * np.sign(np.sin(x * 6.28) * np.sin(z * 6.28))
    else:
        factor += 0.1 * sample("cloud", x, z, 25)
    return style["floor"] * factor[:, None]


def _ceiling(x, z, style):
    color = style["ceiling"] * (1 + 0.03 * sample("cloud", x, z, 30))[:, None]
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
    plain = style["wall"] * (1 + 0.025 * sample("cloud", along, y, 35) + 0.006 * sample("fine", along, y, 80))[:, None]
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
        tone = 1 + 0.13 * np.sin(row * 12.7 + np.floor(u / 0.22) * 7.7) + 0.05 * sample("fine", along, y, 100)
        base = np.float32([0.60, 0.34, 0.26]) if rng.random() < 0.6 else np.float32([0.8, 0.79, 0.77])
        color = np.where(mortar[:, None], base * 0.85 + 0.1, base * tone[:, None])
    elif kind == "stone":
        cell = np.sin(np.floor(along / 0.3) * 3.3 + np.floor(y / 0.19) * 8.8)
        joint = (np.mod(y, 0.19) < 0.02) | (np.mod(along + 0.1 * np.mod(np.floor(y / 0.19), 3), 0.3) < 0.02)
        color = (
            np.float32([0.55, 0.5, 0.44])
            * (1 + 0.2 * cell + 0.14 * sample("grain", along, y, 60) - 0.4 * joint)[:, None]
        )
    elif kind in ("panels", "grooves"):
        step = 0.9 if kind == "panels" else 0.08
        wood = np.float32([0.56, 0.37, 0.22]) if rng.random() < 0.6 else style["accent"]
        color = (
            wood * (1 + 0.1 * sample("wood", along * 1.5, y / 4, 110) - 0.45 * (np.mod(along, step) < 0.025))[:, None]
        )
    elif kind == "map":  # a mural
        land = sample("cloud", along, y, 45) > 0.15
        color = (
            np.where(land[:, None], style["accent"], style["wall"] * 0.9)
            * (1 + 0.08 * sample("grain", along, y, 70))[:, None]
        )
    else:
        color = plain if rng.random() < 0.85 else style["accent"] * (plain / style["wall"])
    return np.where(skirting, style["frame"] * np.ones(3, np.float32), color).astype(np.float32)


def skyline(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """Return what is outside the windows, as a function of the direction of looking."""
    high, low = (
        np.float32(rng.choice([[0.55, 0.72, 0.95], [0.95, 0.97, 1.0], [0.8, 0.85, 0.9], [0.25, 0.32, 0.5]])),
        np.float32([1.0, 0.98, 0.95]),
    )
    glow, city, green = (
        rng.uniform(0.9, 1.35),
        rng.uniform(0.02, 0.25),
        np.float32([0.3, 0.42, 0.22]) * rng.uniform(0.5, 1.4),
    )
    seed, trees = rng.uniform(0, 99), rng.random() < 0.4

    def sky(rays):
        turn, up = np.arctan2(rays[:, 0], rays[:, 2]), rays[:, 1] / np.maximum(np.hypot(rays[:, 0], rays[:, 2]), 1e-3)
        color = low + (high - low) * np.clip(up * 2.5, 0, 1)[:, None]
        color = color + 0.06 * sample("cloud", turn + 9, up + 9, 160)[:, None]
        block = np.floor((turn + 7) * 14)
        top = city * (0.5 + 0.5 * np.sin(block * 5.7 + seed)) + 0.02
        panes = (np.mod((turn + 7) * 90, 1) < 0.5) & (np.mod((up + 3) * 70, 1) < 0.6)
        tone = 0.55 + 0.18 * np.sin(block * 9.1 + seed) - 0.14 * panes
        if trees:
            top = 0.12 + city * 0.4 * sample("patches", turn + 9, np.full_like(turn, seed), 300)
            shade = 0.85 + 0.2 * sample("patches", turn + 9, up + 9, 700) + 0.2 * sample("grain", turn + 9, up + 9, 450)
            return np.where((up < top)[:, None], green * shade[:, None], color) * glow
        return np.where((up < top)[:, None], tone[:, None] * np.float32([0.93, 0.97, 1.05]), color) * glow

    return sky
