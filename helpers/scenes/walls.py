"""What stands or hangs at the walls of a room: shelves with books, cupboards, pictures, doors, boards."""

import numpy as np

from helpers.scenes import boxes
from helpers.scenes.boxes import CLOTHS, METALS, WOODS, Thing


def against(rng: np.random.Generator, box: tuple, windows: list) -> list[Thing]:
    """Return shelves with books, cupboards, pictures, a door or a board on a wall."""
    left, right, _, _, _, depth = box
    wall = str(rng.choice(["left", "right", "back", "back"]))
    along = rng.uniform(2.2, depth - 1) if wall != "back" else rng.uniform(left + 0.8, right - 0.8)
    x, z, turn = {
        "left": (left + 0.2, along, -1.571),
        "right": (right - 0.2, along, 1.571),
        "back": (along, depth - 0.2, 0.0),
    }[wall]
    thing = Thing(x, z, turn)
    kind = str(rng.choice(["shelf", "cupboard", "pictures", "door", "board"], p=[0.36, 0.16, 0.26, 0.1, 0.12]))
    if kind in ("pictures", "board", "door") and wall in windows:
        kind = "cupboard"
    wood = boxes.one(rng, WOODS)
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
                    thing.add(
                        at,
                        level * 0.38 + 0.03,
                        -0.02,
                        thick,
                        tall,
                        0.2,
                        np.float32(rng.uniform(0.05, 0.95, 3)) * 0.7 + 0.1,
                    )
                at += thick + 0.005 + (rng.random() < 0.1) * 0.2
        for sx in (-wide / 2, wide / 2):
            thing.add(sx, 0, 0, 0.03, levels * 0.38, 0.32, wood)
    elif kind == "cupboard":
        wide, tall = rng.uniform(0.8, 2.5), rng.choice([0.75, 1.2, 2.0])
        thing.add(0, 0, 0, wide, tall, 0.45, wood)
        for at in np.arange(-wide / 2 + 0.45, wide / 2, 0.45):
            thing.add(at, 0.03, -0.228, 0.015, tall - 0.06, 0.01, wood * 0.5)
        for _ in range(rng.integers(0, 5)):
            thing.add(
                rng.uniform(-wide / 2.3, wide / 2.3),
                tall,
                0,
                rng.uniform(0.06, 0.3),
                rng.uniform(0.05, 0.35),
                0.15,
                boxes.one(rng, CLOTHS),
            )
    elif kind == "pictures":
        for i in range(rng.integers(1, 4)):
            wide, tall, at = rng.uniform(0.35, 1.1), rng.uniform(0.35, 0.9), (i - 1) * 1.2
            y = rng.uniform(1.2, 1.5)
            thing.add(at, y, 0.17, wide, tall, 0.03, boxes.one(rng, METALS)).add(
                at, y + 0.04, 0.15, wide - 0.08, tall - 0.08, 0.01, np.float32(rng.uniform(0.05, 1, 3))
            )
            for _ in range(rng.integers(1, 6)):
                w, h = rng.uniform(0.05, 0.5) * wide, rng.uniform(0.1, 0.6) * tall
                thing.add(
                    at + rng.uniform(-0.2, 0.2) * wide,
                    y + rng.uniform(0.06, 0.3) * tall,
                    0.145,
                    w,
                    h,
                    0.004,
                    boxes.one(rng, CLOTHS, 0.1),
                )
    elif kind == "door":
        thing.add(0, 0, 0.16, 1.02, 2.12, 0.05, wood * 0.7).add(0, 0, 0.14, 0.9, 2.05, 0.04, wood).add(
            0.36, 1.0, 0.1, 0.1, 0.03, 0.03, boxes.one(rng, METALS)
        )
    else:
        thing.add(0, 0.9, 0.16, 2.0, 1.2, 0.04, boxes.one(rng, METALS)).add(
            0,
            0.94,
            0.14,
            1.9,
            1.1,
            0.01,
            np.float32(rng.choice([[0.95, 0.95, 0.95], [0.1, 0.2, 0.15], [0.7, 0.5, 0.3]])),
        )
        for _ in range(rng.integers(2, 12)):
            thing.add(
                rng.uniform(-0.8, 0.8),
                rng.uniform(1.0, 1.85),
                0.132,
                rng.uniform(0.05, 0.5),
                rng.choice([0.015, 0.1, 0.15]),
                0.004,
                boxes.one(rng, CLOTHS, 0.1),
            )
    return [thing]
