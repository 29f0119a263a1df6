"""What stands in a room or on its street: boxes with lit faces, painted from far to near."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from helpers.scenes import painting
from helpers.scenes.painting import ellipse, varied

_FACES = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))
_BRIGHT = np.array([0.78, 0.78, 0.45, 1.12, 0.9, 0.9])  # of those faces: sides, underneath, top, front, back
WOODS = ((0.60, 0.42, 0.26), (0.74, 0.60, 0.44), (0.33, 0.20, 0.13), (0.86, 0.84, 0.80))
METALS = ((0.08, 0.08, 0.09), (0.55, 0.56, 0.58), (0.9, 0.9, 0.9))
CLOTHS = ((0.10, 0.10, 0.12), (0.16, 0.2, 0.3), (0.45, 0.12, 0.12), (0.75, 0.72, 0.66), (0.85, 0.62, 0.15), (0.2, 0.42, 0.45),
          (0.82, 0.62, 0.50), (0.35, 0.22, 0.15), (0.9, 0.9, 0.9), (0.1, 0.3, 0.6))


def _one(rng, palette, amount=0.06):
    return varied(rng, palette[rng.integers(len(palette))], amount)


@dataclass
class Thing:
    """Boxes that belong together: (x, y, z, width, height, depth, colour), around a place and turned."""

    x: float
    z: float
    turn: float
    boxes: list = field(default_factory=list)

    def add(self, x, y, z, width, height, depth, color):
        """Add a box by the middle of its bottom, in metres, before the turn."""
        self.boxes.append((x, y, z, width, height, depth, color))
        return self


def place(picture, view, rng, box, windows, style):
    """Furnish a room: paint into `picture` (float32, in place)."""
    left, right, _, height, _, depth = box
    things = []
    for _ in range(rng.integers(1, 5)):
        things += _against_wall(rng, box, windows)
    kind = rng.choice(["desks", "meeting", "lounge", "sparse"], p=[0.42, 0.2, 0.2, 0.18])
    if kind == "desks":
        wood = _one(rng, WOODS)
        step_x, step_z, turn = rng.uniform(1.9, 2.8), rng.uniform(1.8, 2.6), rng.choice([0, 1.571])
        for z in np.arange(rng.uniform(2.4, 4), depth - 0.8, step_z):
            for x in np.arange(left + rng.uniform(0.9, 1.6), right - 0.8, step_x):
                if rng.random() < 0.75 and len(things) < 34:
                    things += _desk(rng, x, z, turn + rng.normal(0, 0.04), wood)
    elif kind == "meeting":
        things += _table(rng, rng.uniform(left * 0.3, right * 0.3), rng.uniform(3.2, max(3.4, depth * 0.6)))
    elif kind == "lounge":
        for _ in range(rng.integers(2, 6)):
            things += _sofa(rng, rng.uniform(left + 0.8, right - 0.8), rng.uniform(2.6, depth - 0.8))
    for _ in range(rng.integers(0, 3)):
        things.append(_column(rng, rng.uniform(left, right), rng.uniform(3, depth), height))
    for _ in range(rng.integers(0, 3)):
        things.append(_coats(rng, rng.uniform(left + 0.4, right - 0.4), rng.uniform(2.5, depth - 0.4)))
    things += _lamps(rng, box)
    _shadows(picture, view, things)
    light = np.clip(rng.normal(0.95, 0.12), 0.6, 1.2) * (0.8 if style["dark"] else 1)
    for thing in sorted(things, key=lambda t: -np.hypot(t.x, t.z)):
        _paint(picture, view, thing, light, rng)
    for _ in range(rng.integers(0, 3)):
        _plant(picture, view, rng, rng.uniform(left + 0.3, right - 0.3), rng.uniform(2.0, depth - 0.3), 0.0, rng.uniform(0.7, 1.7))


# --- things -----------------------------------------------------------------------------------------


def _desk(rng, x, z, turn, wood):
    desk = Thing(x, z, turn).add(0, 0.7, 0, 1.5, 0.04, 0.75, wood)
    metal = _one(rng, METALS)
    if rng.random() < 0.5:
        for sx in (-0.7, 0.7):
            desk.add(sx, 0, 0, 0.05, 0.7, 0.7, metal)
    else:
        drawers = _one(rng, [*WOODS, (0.8, 0.8, 0.8)])
        desk.add(-0.5, 0, 0, 0.42, 0.7, 0.6, drawers).add(0.7, 0, 0, 0.05, 0.7, 0.7, metal)
        for y in (0.22, 0.44):
            desk.add(-0.5, y, -0.305, 0.4, 0.012, 0.01, drawers * 0.5)
    if rng.random() < 0.8:
        at, back = rng.uniform(-0.3, 0.3), rng.uniform(0.1, 0.25)
        screen = np.float32([0.04, 0.04, 0.05]) if rng.random() < 0.6 else np.float32(rng.uniform(0.4, 1.0, 3))
        desk.add(at, 0.74, back, 0.25, 0.02, 0.18, metal).add(at, 0.84, back, 0.56, 0.34, 0.04, np.float32([0.08, 0.08, 0.09]))
        desk.add(at, 0.86, back - 0.025, 0.52, 0.3, 0.01, screen).add(at, 0.74, -0.12, 0.42, 0.015, 0.14, _one(rng, METALS))
    for _ in range(rng.integers(0, 6)):  # papers, books, cups
        wide, tall = rng.uniform(0.06, 0.3), rng.choice([0.008, 0.03, 0.1, 0.14])
        desk.add(rng.uniform(-0.65, 0.65), 0.74, rng.uniform(-0.3, 0.3), wide, tall, rng.uniform(0.06, 0.22),
                 _one(rng, [*CLOTHS, (0.95, 0.95, 0.95), (0.95, 0.95, 0.92)]))
    if rng.random() < 0.3:
        desk.add(0, 0.74, 0.36, 1.5, 0.4, 0.03, _one(rng, CLOTHS))
    ahead = np.array([np.sin(turn), -np.cos(turn)]) * rng.uniform(0.5, 0.75)
    return [desk, _chair(rng, x + ahead[0] * 0.9 * np.cos(turn) + ahead[0], z + ahead[1], turn + rng.normal(0, 0.5))]


def _chair(rng, x, z, turn):
    cloth, metal = _one(rng, CLOTHS[:4] if rng.random() < 0.6 else CLOTHS), _one(rng, METALS)
    chair = Thing(x, z, turn).add(0, 0.43, 0, 0.46, 0.07, 0.46, cloth).add(0, 0.5, -0.22, 0.44, rng.uniform(0.35, 0.6), 0.06, cloth)
    if rng.random() < 0.5:
        return chair.add(0, 0.08, 0, 0.06, 0.36, 0.06, metal).add(0, 0.03, 0, 0.55, 0.05, 0.07, metal).add(0, 0.03, 0, 0.07, 0.05, 0.55, metal)
    for sx, sz in ((-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2), (0.2, 0.2)):
        chair.add(sx, 0, sz, 0.035, 0.43, 0.035, metal)
    return chair


def _table(rng, x, z):
    long, wood, turn = rng.uniform(2, 4.5), _one(rng, WOODS), rng.choice([0, 1.571]) + rng.normal(0, 0.05)
    table = Thing(x, z, turn).add(0, 0.7, 0, long, 0.05, 1.2, wood)
    for sx in (-long / 2 + 0.25, long / 2 - 0.25):
        table.add(sx, 0, 0, 0.12, 0.7, 0.7, _one(rng, METALS))
    for _ in range(rng.integers(2, 7)):
        table.add(rng.uniform(-long / 2.2, long / 2.2), 0.75, rng.uniform(-0.5, 0.5), rng.uniform(0.1, 0.32), rng.choice([0.01, 0.02, 0.12]),
                  rng.uniform(0.1, 0.25), _one(rng, [*CLOTHS, (0.95, 0.95, 0.95)]))
    seats, state = [], rng.bit_generator.state
    for offset in np.arange(-long / 2 + 0.4, long / 2 - 0.2, 0.75):
        for side in (-1, 1):
            rng.bit_generator.state = state  # all chairs alike
            along, off = np.array([np.cos(turn), np.sin(turn)]) * offset, np.array([-np.sin(turn), np.cos(turn)]) * side * 0.85
            seats.append(_chair(rng, x + along[0] + off[0], z + along[1] + off[1], turn + (np.pi if side < 0 else 0)))
    return [table, *seats]


def _sofa(rng, x, z):
    cloth, wide, turn = _one(rng, CLOTHS), rng.choice([0.8, 1.6, 2.2]), rng.uniform(-3.2, 3.2)
    sofa = Thing(x, z, turn).add(0, 0.12, 0, wide, 0.3, 0.8, cloth).add(0, 0.4, 0.36, wide, 0.4, 0.16, cloth * 0.95)
    for sx in (-wide / 2, wide / 2):
        sofa.add(sx, 0.12, 0, 0.16, 0.46, 0.82, cloth * 0.9)
    for _ in range(rng.integers(0, 4)):
        sofa.add(rng.uniform(-wide / 3, wide / 3), 0.43, rng.uniform(0.1, 0.25), 0.38, 0.34, 0.12, _one(rng, CLOTHS))
    things = [sofa]
    if rng.random() < 0.6:
        low = Thing(x - np.sin(turn) * -1.0, z - np.cos(turn) * 1.0, turn).add(0, 0.32, 0, 0.8, 0.04, 0.5, _one(rng, WOODS))
        things.append(low.add(-0.3, 0, 0, 0.04, 0.32, 0.4, _one(rng, METALS)).add(0.3, 0, 0, 0.04, 0.32, 0.4, _one(rng, METALS)))
    return things


def _against_wall(rng, box, windows):
    """Return shelves with books, cupboards, pictures, a door or a board on a wall."""
    left, right, _, height, _, depth = box
    wall = str(rng.choice(["left", "right", "back", "back"]))
    along = rng.uniform(2.2, depth - 1) if wall != "back" else rng.uniform(left + 0.8, right - 0.8)
    x, z, turn = {"left": (left + 0.2, along, -1.571), "right": (right - 0.2, along, 1.571), "back": (along, depth - 0.2, 0.0)}[wall]
    thing = Thing(x, z, turn)
    kind = str(rng.choice(["shelf", "cupboard", "pictures", "door", "board"], p=[0.36, 0.16, 0.26, 0.1, 0.12]))
    if kind in ("pictures", "board", "door") and wall in windows:
        kind = "cupboard"
    wood = _one(rng, WOODS)
    if kind == "shelf":
        wide, levels = rng.uniform(0.8, 2.2), rng.integers(2, 6)
        thing.add(0, 0, 0.15, wide, levels * 0.38, 0.03, wood * 0.7)
        for level in range(levels + 1):
            thing.add(0, level * 0.38, 0, wide, 0.03, 0.32, wood)
        for level in range(levels):
            at = -wide / 2 + 0.05
            while at < wide / 2 - 0.08:
                thick, tall = rng.uniform(0.03, 0.1), rng.uniform(0.15, 0.32)
                if rng.random() < 0.75:
                    thing.add(at, level * 0.38 + 0.03, -0.02, thick, tall, 0.2, np.float32(rng.uniform(0.05, 0.95, 3)) * 0.7 + 0.1)
                at += thick + 0.005 + (rng.random() < 0.1) * 0.2
        for sx in (-wide / 2, wide / 2):
            thing.add(sx, 0, 0, 0.03, levels * 0.38, 0.32, wood)
    elif kind == "cupboard":
        wide, tall = rng.uniform(0.8, 2.5), rng.choice([0.75, 1.2, 2.0])
        thing.add(0, 0, 0, wide, tall, 0.45, wood)
        for at in np.arange(-wide / 2 + 0.45, wide / 2, 0.45):
            thing.add(at, 0.03, -0.228, 0.015, tall - 0.06, 0.01, wood * 0.5)
        for _ in range(rng.integers(0, 5)):
            thing.add(rng.uniform(-wide / 2.3, wide / 2.3), tall, 0, rng.uniform(0.06, 0.3), rng.uniform(0.05, 0.35), 0.15, _one(rng, CLOTHS))
    elif kind == "pictures":
        for i in range(rng.integers(1, 4)):
            wide, tall, at = rng.uniform(0.35, 1.1), rng.uniform(0.35, 0.9), (i - 1) * 1.2
            y = rng.uniform(1.2, 1.5)
            thing.add(at, y, 0.17, wide, tall, 0.03, _one(rng, METALS)).add(at, y + 0.04, 0.15, wide - 0.08, tall - 0.08, 0.01, np.float32(rng.uniform(0.05, 1, 3)))
            for _ in range(rng.integers(1, 6)):
                w, h = rng.uniform(0.05, 0.5) * wide, rng.uniform(0.1, 0.6) * tall
                thing.add(at + rng.uniform(-0.2, 0.2) * wide, y + rng.uniform(0.06, 0.3) * tall, 0.145, w, h, 0.004, _one(rng, CLOTHS, 0.1))
    elif kind == "door":
        thing.add(0, 0, 0.16, 1.02, 2.12, 0.05, wood * 0.7).add(0, 0, 0.14, 0.9, 2.05, 0.04, wood).add(0.36, 1.0, 0.1, 0.1, 0.03, 0.03, _one(rng, METALS))
    else:
        thing.add(0, 0.9, 0.16, 2.0, 1.2, 0.04, _one(rng, METALS)).add(0, 0.94, 0.14, 1.9, 1.1, 0.01, np.float32(rng.choice([[0.95, 0.95, 0.95], [0.1, 0.2, 0.15], [0.7, 0.5, 0.3]])))
        for _ in range(rng.integers(2, 12)):
            thing.add(rng.uniform(-0.8, 0.8), rng.uniform(1.0, 1.85), 0.132, rng.uniform(0.05, 0.5), rng.choice([0.015, 0.1, 0.15]), 0.004, _one(rng, CLOTHS, 0.1))
    return [thing]


def _column(rng, x, z, height):
    side = rng.uniform(0.2, 0.5)
    return Thing(x, z, 0).add(0, 0, 0, side, height, side, _one(rng, [(0.85, 0.85, 0.84), (0.6, 0.59, 0.57), (0.25, 0.25, 0.27), *WOODS]))


def _coats(rng, x, z):
    """Return a stand with coats: as tall, as dark and as narrow as a person."""
    stand = Thing(x, z, rng.uniform(0, 1.5)).add(0, 0, 0, 0.04, 1.7, 0.04, _one(rng, METALS)).add(0, 0, 0, 0.4, 0.03, 0.4, _one(rng, METALS))
    for _ in range(rng.integers(1, 4)):
        cloth = _one(rng, CLOTHS)
        at, low, wide = rng.uniform(-0.2, 0.2), rng.uniform(0.5, 0.9), rng.uniform(0.25, 0.42)
        stand.add(at, low, rng.uniform(-0.1, 0.1), wide, 1.45 - low, 0.15, cloth).add(at, 1.45, 0, wide * 0.6, 0.12, 0.12, cloth)
    return stand


def _lamps(rng, box):
    left, right, _, height, _, depth = box
    if rng.random() < 0.55:
        return []
    things, shade, wide = [], _one(rng, [(0.95, 0.9, 0.75), (0.06, 0.06, 0.07), (0.9, 0.9, 0.9), (0.8, 0.55, 0.2)]), rng.uniform(0.15, 0.6)
    for z in np.arange(2.5, depth, rng.uniform(1.2, 2.5)):
        for x in np.arange(left + 0.8, right, rng.uniform(1.5, 3)):
            low = height - rng.uniform(0.5, 0.9)
            lamp = Thing(x, z, 0).add(0, low, 0, 0.015, height - low, 0.015, np.float32([0.1, 0.1, 0.1]))
            things.append(lamp.add(0, low, 0, wide, rng.uniform(0.06, 0.2), wide, shade).add(0, low - 0.01, 0, wide * 0.8, 0.012, wide * 0.8, np.float32([1.5, 1.4, 1.2])))
    return things[:24]


# --- painting ---------------------------------------------------------------------------------------


def _corners(thing, part):
    x, y, z, width, height, depth, _ = part
    unit = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], float) - (0.5, 0, 0.5)
    local = unit[:, [0, 1, 2]] * (width, height, depth) + (x, y, z)
    c, s = np.cos(thing.turn), np.sin(thing.turn)
    return np.stack([c * local[:, 0] - s * local[:, 2] + thing.x, local[:, 1], s * local[:, 0] + c * local[:, 2] + thing.z], 1)


# The corners above are numbered 4i + 2j + k; these are the six faces: left, right, bottom, top, front, back.
_SIDES = ((0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5))


def _paint(picture, view, thing, light, rng):
    """Paint the boxes of a thing, far ones first, only the faces turned to the camera."""
    eye = np.array([0, view.eye, 0])
    boxes = [(_corners(thing, part), part[6]) for part in thing.boxes]
    boxes.sort(key=lambda pair: -np.linalg.norm(pair[0].mean(0) - eye))
    for corners, color in boxes:
        middle = corners.mean(0)
        for face, bright in zip(_SIDES, _BRIGHT, strict=True):
            points = corners[list(face)]
            normal = points.mean(0) - middle
            if normal @ (eye - points.mean(0)) <= 0:
                continue
            flat = view.polygon(points)
            if flat is not None:
                shade = np.asarray(color) * bright * light * rng.normal(1, 0.03)
                _lay(picture, flat, shade, rng)


def _lay(picture, flat, color, rng):
    """Fill a polygon with a colour that has a slope of light and some grain."""
    side = picture.shape[0]
    low, high = np.floor(flat.min(0)).astype(int) - 1, np.ceil(flat.max(0)).astype(int) + 2
    (x0, y0), (x1, y1) = np.clip(low, 0, side), np.clip(high, 0, side)
    if x1 <= x0 or y1 <= y0:
        return
    part = picture[y0:y1, x0:x1]
    mask = painting.fill([flat], y1 - y0, x1 - x0, x0, y0)[..., None]
    paint = np.broadcast_to(np.asarray(color, np.float32), part.shape)
    if mask.size > 600:
        slope = np.linspace(-1, 1, y1 - y0, dtype=np.float32)[:, None] * rng.normal(0, 0.1) + np.linspace(-1, 1, x1 - x0, dtype=np.float32) * rng.normal(0, 0.1)
        if min(part.shape[:2]) < 440:
            slope = slope + 0.05 * painting.noise(rng, "cloud", y1 - y0, x1 - x0) + 0.02 * painting.noise(rng, "fine", y1 - y0, x1 - x0)
        paint = paint * (1 + slope[..., None])
    part += mask * (paint - part)


def _shadows(picture, view, things):
    """Darken the floor beneath and around what stands on it."""
    side = picture.shape[0]
    dark = np.zeros((side, side), np.float32)
    for thing in things:
        for part in thing.boxes:
            if part[1] > 0.9 or part[3] * part[5] < 0.01:
                continue
            corners = _corners(thing, (*part[:3], part[3] * 1.15, 0, part[5] * 1.15, None))[[0, 1, 5, 4]]
            corners[:, 1] = 0.0
            flat = view.polygon(corners)
            if flat is not None:
                dark = np.maximum(dark, painting.fill([flat], side, side) * (0.6 - 0.4 * min(part[1], 0.9)))
    picture *= (1 - cv2.GaussianBlur(dark, (0, 0), 5))[..., None]


def _plant(picture, view, rng, x, z, low, tall):
    pot = Thing(x, z, 0).add(0, low, 0, 0.3, 0.32, 0.3, _one(rng, [(0.9, 0.9, 0.9), (0.55, 0.3, 0.2), (0.15, 0.15, 0.16)]))
    _paint(picture, view, pot, 1.0, rng)
    base = view.polygon([(x, low + 0.3, z)] * 3)
    top = view.polygon([(x, low + 0.3 + tall, z)] * 3)
    if base is None or top is None:
        return
    _leaves(picture, rng, base[0], base[0] + (top[0] - base[0]) * (1, 1), int(rng.integers(25, 60)))


def _leaves(picture, rng, base, top, count):
    tall = max(np.hypot(*(top - base)), 4)
    green = np.array([0.22, 0.38, 0.14]) * rng.uniform(0.6, 1.3)
    for _ in range(count):
        reach = rng.beta(2, 1.2)
        middle = base + (top - base) * reach + rng.normal(0, 0.16, 2) * tall
        leaf = ellipse(*middle, tall * rng.uniform(0.04, 0.13), tall * rng.uniform(0.015, 0.04), rng.uniform(0, 3.14), 8)
        _lay(picture, leaf, varied(rng, green, 0.14), rng)


def greenery(picture, view, rng, outside):
    """Paint trees and hedges outside."""
    for _ in range(rng.integers(0, 7)):
        x, z = rng.uniform(-16, 16), rng.uniform(9, 34)
        tall = rng.uniform(0.8, 9)
        foot, top = view.polygon([(x, 0, z)] * 3), view.polygon([(x, tall, z)] * 3)
        if foot is None:
            continue
        foot, top = foot[0], top[0]
        pixels = foot[1] - top[1]
        green = np.float32([0.22, 0.36, 0.13]) * rng.uniform(0.5, 1.4)
        _lay(picture, np.array([foot - (pixels * 0.02, 0), foot + (pixels * 0.02, 0), top + (pixels * 0.01, pixels * 0.4), top - (pixels * 0.01, -pixels * 0.4)]),
             np.float32([0.3, 0.22, 0.16]), rng)
        for _ in range(60):
            at = top + (rng.normal(0, 0.2) * pixels, (0.3 + rng.normal(0, 0.16)) * pixels)
            size = pixels * rng.uniform(0.03, 0.1)
            _lay(picture, ellipse(*at, size, size * 0.7, rng.uniform(0, 3), 8), varied(rng, green * (1.25 - (at[1] - top[1]) / max(pixels, 1)), 0.1), rng)


def buildings(picture, view, rng):
    """Paint office blocks with their rows of windows, far ones first."""
    count = rng.integers(1, 5)
    for z in sorted(rng.uniform(14, 55, count), reverse=True):
        tall, wide, deep = rng.uniform(7, 32) * (0.6 + z / 50), rng.uniform(10, 34), rng.uniform(8, 20)
        x = rng.uniform(-0.5, 0.5) * z
        block = Thing(x, z + deep / 2, rng.uniform(-0.7, 0.7))
        corners = _corners(block, (0, 0, 0, wide, tall, deep, None))
        wall, glass = _facade(rng)
        eye = np.array([0, view.eye, 0])
        for face, bright in ((0, 0.7), (1, 0.85), (4, 1.0)):
            points = corners[list(_SIDES[face])]
            if (points.mean(0) - corners.mean(0)) @ (eye - points.mean(0)) <= 0:
                continue
            flat = view.polygon(points)
            if flat is None or len(flat) != 4:
                continue
            _panel(picture, flat, _windows(rng, wall, glass, (deep if face < 2 else wide), tall, face < 2) * bright)


def _facade(rng):
    walls = [(0.75, 0.72, 0.68), (0.85, 0.85, 0.84), (0.62, 0.38, 0.30), (0.35, 0.36, 0.38), (0.72, 0.60, 0.45), (0.80, 0.62, 0.52)]
    glasses = [(0.25, 0.38, 0.5), (0.45, 0.62, 0.72), (0.12, 0.16, 0.2), (0.3, 0.45, 0.42), (0.75, 0.6, 0.35)]
    return _one(rng, walls), _one(rng, glasses)


def _windows(rng, wall, glass, wide, tall, turned):
    """Return the picture of a facade, float32 (256, 256, 3): u to the right, v up the wall."""
    v, u = np.mgrid[0:1:256j, 0:1:256j]
    floors, bays = max(2, int(tall / rng.uniform(2.8, 4.2))), max(2, int(wide / rng.uniform(1.2, 4)))
    pane_u, pane_v = rng.uniform(0.45, 0.95), rng.uniform(0.4, 0.9)
    pane = (np.mod(u * bays, 1) < pane_u) & (np.mod(v * floors, 1) < pane_v)
    tone = 1 + 0.28 * np.sin(np.floor(u * bays) * 7.9 + np.floor(v * floors) * 13.7) + 0.5 * (v - 0.5)
    face = np.where(pane[..., None], glass * tone[..., None], wall * (1 + 0.05 * painting.noise(rng, "cloud", 256, 256))[..., None])
    return (face if not turned else face).astype(np.float32)


def _panel(picture, flat, face):
    """Lay a picture of a wall onto four corners (bottom near, bottom far, top far, top near)."""
    side, size = picture.shape[0], face.shape[0]
    # Corners of a face come as bottom, bottom, top, top (sides) or bottom, top, top, bottom (front).
    order = [0, 1, 2, 3] if abs(flat[0, 1] - flat[1, 1]) < abs(flat[0, 1] - flat[3, 1]) else [0, 3, 2, 1]
    target = flat[order].astype(np.float32)
    source = np.float32([[0, 0], [size - 1, 0], [size - 1, size - 1], [0, size - 1]])
    warp = cv2.getPerspectiveTransform(source, target)
    laid = cv2.warpPerspective(face, warp, (side, side), flags=cv2.INTER_AREA)
    mask = painting.fill([target], side, side)[..., None]
    picture += mask * (laid - picture)
