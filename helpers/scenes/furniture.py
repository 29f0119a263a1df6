"""What stands in a room: desks, chairs, shelves, lamps, coats, and clutter on top of it."""

import numpy as np

from helpers.scenes import boxes, greenery, walls
from helpers.scenes.boxes import CLOTHS, METALS, WOODS, Thing
from helpers.scenes.view import View


def place(
    picture: np.ndarray, view: View, rng: np.random.Generator, box: tuple, windows: list, style: dict
) -> None:
    """Furnish a room: paint into `picture` (float32, in place)."""
    left, right, _, height, _, depth = box
    things = []
    for _ in range(rng.integers(2, 7)):
        things += walls.against(rng, box, windows)
    kind = rng.choice(["desks", "meeting", "lounge", "sparse"], p=[0.46, 0.22, 0.22, 0.1])
    if kind == "desks":
        wood = boxes.one(rng, WOODS)
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
    boxes.shadows(picture, view, things)
    light = np.clip(rng.normal(0.95, 0.12), 0.6, 1.2) * (0.8 if style["dark"] else 1)
    for thing in sorted(things, key=lambda t: -np.hypot(t.x, t.z)):
        boxes.paint(picture, view, thing, light, rng)
    for _ in range(rng.integers(0, 3)):
        greenery.plant(
            picture,
            view,
            rng,
            rng.uniform(left + 0.3, right - 0.3),
            rng.uniform(2.0, depth - 0.3),
            0.0,
            rng.uniform(0.7, 1.7),
        )


# --- things -----------------------------------------------------------------------------------------


def _desk(rng, x, z, turn, wood):
    desk = Thing(x, z, turn).add(0, 0.7, 0, 1.5, 0.04, 0.75, wood)
    metal = boxes.one(rng, METALS)
    if rng.random() < 0.5:
        for sx in (-0.7, 0.7):
            desk.add(sx, 0, 0, 0.05, 0.7, 0.7, metal)
    else:
        drawers = boxes.one(rng, [*WOODS, (0.8, 0.8, 0.8)])
        desk.add(-0.5, 0, 0, 0.42, 0.7, 0.6, drawers).add(0.7, 0, 0, 0.05, 0.7, 0.7, metal)
        for y in (0.22, 0.44):
            desk.add(-0.5, y, -0.305, 0.4, 0.012, 0.01, drawers * 0.5)
    if rng.random() < 0.8:
        at, back = rng.uniform(-0.3, 0.3), rng.uniform(0.1, 0.25)
        screen = np.float32([0.04, 0.04, 0.05]) if rng.random() < 0.6 else np.float32(rng.uniform(0.4, 1.0, 3))
        desk.add(at, 0.74, back, 0.25, 0.02, 0.18, metal).add(
            at, 0.84, back, 0.56, 0.34, 0.04, np.float32([0.08, 0.08, 0.09])
        )
        desk.add(at, 0.86, back - 0.025, 0.52, 0.3, 0.01, screen).add(
            at, 0.74, -0.12, 0.42, 0.015, 0.14, boxes.one(rng, METALS)
        )
    for _ in range(rng.integers(0, 6)):  # papers, books, cups
        wide, tall = rng.uniform(0.06, 0.3), rng.choice([0.008, 0.03, 0.1, 0.14])
        desk.add(
            rng.uniform(-0.65, 0.65),
            0.74,
            rng.uniform(-0.3, 0.3),
            wide,
            tall,
            rng.uniform(0.06, 0.22),
            boxes.one(rng, [*CLOTHS, (0.95, 0.95, 0.95), (0.95, 0.95, 0.92)]),
        )
    if rng.random() < 0.3:
        desk.add(0, 0.74, 0.36, 1.5, 0.4, 0.03, boxes.one(rng, CLOTHS))
    ahead = np.array([np.sin(turn), -np.cos(turn)]) * rng.uniform(0.5, 0.75)
    return [desk, _chair(rng, x + ahead[0] * 0.9 * np.cos(turn) + ahead[0], z + ahead[1], turn + rng.normal(0, 0.5))]


def _chair(rng, x, z, turn):
    cloth, metal = boxes.one(rng, CLOTHS[:4] if rng.random() < 0.6 else CLOTHS), boxes.one(rng, METALS)
    chair = (
        Thing(x, z, turn)
        .add(0, 0.43, 0, 0.46, 0.07, 0.46, cloth)
        .add(0, 0.5, -0.22, 0.44, rng.uniform(0.35, 0.6), 0.06, cloth)
    )
    if rng.random() < 0.5:
        return (
            chair.add(0, 0.08, 0, 0.06, 0.36, 0.06, metal)
            .add(0, 0.03, 0, 0.55, 0.05, 0.07, metal)
            .add(0, 0.03, 0, 0.07, 0.05, 0.55, metal)
        )
    for sx, sz in ((-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2), (0.2, 0.2)):
        chair.add(sx, 0, sz, 0.035, 0.43, 0.035, metal)
    return chair


def _table(rng, x, z):
    long, wood, turn = rng.uniform(2, 4.5), boxes.one(rng, WOODS), rng.choice([0, 1.571]) + rng.normal(0, 0.05)
    table = Thing(x, z, turn).add(0, 0.7, 0, long, 0.05, 1.2, wood)
    for sx in (-long / 2 + 0.25, long / 2 - 0.25):
        table.add(sx, 0, 0, 0.12, 0.7, 0.7, boxes.one(rng, METALS))
    for _ in range(rng.integers(2, 7)):
        table.add(
            rng.uniform(-long / 2.2, long / 2.2),
            0.75,
            rng.uniform(-0.5, 0.5),
            rng.uniform(0.1, 0.32),
            rng.choice([0.01, 0.02, 0.12]),
            rng.uniform(0.1, 0.25),
            boxes.one(rng, [*CLOTHS, (0.95, 0.95, 0.95)]),
        )
    seats, state = [], rng.bit_generator.state
    for offset in np.arange(-long / 2 + 0.4, long / 2 - 0.2, 0.75):
        for side in (-1, 1):
            rng.bit_generator.state = state  # all chairs alike
            along, off = (
                np.array([np.cos(turn), np.sin(turn)]) * offset,
                np.array([-np.sin(turn), np.cos(turn)]) * side * 0.85,
            )
            seats.append(_chair(rng, x + along[0] + off[0], z + along[1] + off[1], turn + (np.pi if side < 0 else 0)))
    return [table, *seats]


def _sofa(rng, x, z):
    cloth, wide, turn = boxes.one(rng, CLOTHS), rng.choice([0.8, 1.6, 2.2]), rng.uniform(-3.2, 3.2)
    sofa = Thing(x, z, turn).add(0, 0.12, 0, wide, 0.3, 0.8, cloth).add(0, 0.4, 0.36, wide, 0.4, 0.16, cloth * 0.95)
    for sx in (-wide / 2, wide / 2):
        sofa.add(sx, 0.12, 0, 0.16, 0.46, 0.82, cloth * 0.9)
    for _ in range(rng.integers(0, 4)):
        sofa.add(
            rng.uniform(-wide / 3, wide / 3), 0.43, rng.uniform(0.1, 0.25), 0.38, 0.34, 0.12, boxes.one(rng, CLOTHS)
        )
    things = [sofa]
    if rng.random() < 0.6:
        low = Thing(x - np.sin(turn) * -1.0, z - np.cos(turn) * 1.0, turn).add(
            0, 0.32, 0, 0.8, 0.04, 0.5, boxes.one(rng, WOODS)
        )
        things.append(
            low.add(-0.3, 0, 0, 0.04, 0.32, 0.4, boxes.one(rng, METALS)).add(
                0.3, 0, 0, 0.04, 0.32, 0.4, boxes.one(rng, METALS)
            )
        )
    return things


def _column(rng, x, z, height):
    side = rng.uniform(0.2, 0.5)
    return Thing(x, z, 0).add(
        0, 0, 0, side, height, side, boxes.one(rng, [(0.85, 0.85, 0.84), (0.6, 0.59, 0.57), (0.25, 0.25, 0.27), *WOODS])
    )


def _coats(rng, x, z):
    """Return a stand with coats: as tall, as dark and as narrow as a person."""
    stand = (
        Thing(x, z, rng.uniform(0, 1.5))
        .add(0, 0, 0, 0.04, 1.7, 0.04, boxes.one(rng, METALS))
        .add(0, 0, 0, 0.4, 0.03, 0.4, boxes.one(rng, METALS))
    )
    for _ in range(rng.integers(1, 4)):
        cloth = boxes.one(rng, CLOTHS)
        at, low, wide = rng.uniform(-0.2, 0.2), rng.uniform(0.5, 0.9), rng.uniform(0.25, 0.42)
        stand.add(at, low, rng.uniform(-0.1, 0.1), wide, 1.45 - low, 0.15, cloth).add(
            at, 1.45, 0, wide * 0.6, 0.12, 0.12, cloth
        )
    return stand


def _lamps(rng, box):
    left, right, _, height, _, depth = box
    if rng.random() < 0.55:
        return []
    things, shade, wide = (
        [],
        boxes.one(rng, [(0.95, 0.9, 0.75), (0.06, 0.06, 0.07), (0.9, 0.9, 0.9), (0.8, 0.55, 0.2)]),
        rng.uniform(0.15, 0.6),
    )
    for z in np.arange(2.5, depth, rng.uniform(1.2, 2.5)):
        for x in np.arange(left + 0.8, right, rng.uniform(1.5, 3)):
            low = height - rng.uniform(0.5, 0.9)
            lamp = Thing(x, z, 0).add(0, low, 0, 0.015, height - low, 0.015, np.float32([0.1, 0.1, 0.1]))
            things.append(
                lamp.add(0, low, 0, wide, rng.uniform(0.06, 0.2), wide, shade).add(
                    0, low - 0.01, 0, wide * 0.8, 0.012, wide * 0.8, np.float32([1.5, 1.4, 1.2])
                )
            )
    return things[:24]
