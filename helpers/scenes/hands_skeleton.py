"""The skeleton of a generated hand: a pose within the limits of its joints, and the rounded cones around its bones.

Lengths are in centimetres. A hand's own frame is that of a right hand: the wrist at the origin, x towards
the thumb, y towards the fingers, z out of the back of the hand. Angles are in degrees, flexion positive.
"""

from dataclasses import dataclass, field

import numpy as np

# Thumb, index, middle, ring, little finger: 1 = stretched, 0 = folded.
NAMED = {
    "open": (1, 1, 1, 1, 1),
    "flat": (1, 1, 1, 1, 1),
    "fist": (0, 0, 0, 0, 0),
    "thumb": (1, 0, 0, 0, 0),
    "point": (0, 1, 0, 0, 0),
    "gun": (1, 1, 0, 0, 0),
    "victory": (0, 1, 1, 0, 0),
    "three": (1, 1, 1, 0, 0),
    "middle three": (0, 1, 1, 1, 0),
    "four": (0, 1, 1, 1, 1),
    "horns": (0, 1, 0, 0, 1),
    "shaka": (1, 0, 0, 0, 1),
    "little": (0, 0, 0, 0, 1),
}
POSES = {
    "open": 24,
    "flat": 9,
    "fist": 7,
    "thumb": 7,
    "point": 6,
    "gun": 5,
    "victory": 5,
    "three": 6,
    "middle three": 3,
    "four": 6,
    "horns": 1,
    "shaka": 1,
    "little": 1,
    "relaxed": 8,
    "ok": 3,
    "sampled": 10,
}
LIMITS = np.array([[-15, 90], [-2, 110], [-8, 80]], float)  # flexion of the three joints of a finger

_KNUCKLES = np.array([[2.75, 8.9, 0.1], [0.65, 9.3, 0.4], [-1.35, 8.8, 0.25], [-3.1, 7.9, -0.2]])
_LENGTHS = np.array([[3.4, 3.1, 1.9], [4.7, 2.7, 1.7], [5.2, 3.1, 1.8], [4.8, 2.9, 1.8], [3.8, 2.1, 1.6]])
_RADII = np.array(
    [
        [1.2, 1.1, 1.06, 0.82],
        [1.04, 0.96, 0.86, 0.70],
        [1.06, 0.98, 0.88, 0.72],
        [1.01, 0.93, 0.83, 0.68],
        [0.90, 0.82, 0.73, 0.60],
    ]
)
_SPLAY = np.array([14.0, 3.0, -9.0, -22.0])
_THUMB_ROOT = np.array([2.0, 1.9, -0.9])
_THUMBS = {  # direction of the metacarpal; flexion of its two joints, mean and spread
    "out": ((0.80, 0.58, -0.15), (0, -6), 10),
    "up": ((0.76, 0.62, -0.22), (-6, -14), 10),
    "along": ((0.52, 0.83, -0.22), (6, 8), 8),
    "tucked": ((0.50, 0.70, -0.52), (36, 46), 8),
    "across": ((0.36, 0.74, -0.58), (34, 32), 10),
    "opposed": ((0.45, 0.68, -0.62), (20, 26), 6),
}


@dataclass
class Pose:
    """Joint angles: ``flexion`` (4, 3) of the fingers from index to little, ``splay`` (4,), and those of the thumb."""

    name: str
    flexion: np.ndarray
    splay: np.ndarray
    thumb: np.ndarray  # direction of its metacarpal
    thumb_flexion: np.ndarray  # (2,)


@dataclass
class Bones:
    """Rounded cones from `a` to `b` with radii `ra` and `rb`.

    ``part``: 0 palm and arm, 1 to 5 thumb to little finger; ``segment``: 0 to 2 along a finger, and of
    part 0: 0 palm, 1 ball of the thumb or hand, 3 forearm, 4 upper arm. ``frames``: for each segment of
    each finger (5, 3) its start, its direction and where its pad looks.
    """

    a: np.ndarray
    b: np.ndarray
    ra: np.ndarray
    rb: np.ndarray
    part: np.ndarray
    segment: np.ndarray
    frames: dict = field(default_factory=dict)


def pose(rng: np.random.Generator, name: str | None = None) -> Pose:
    """Return a pose: a named one with its angles varied, or one sampled from the joints' limits."""
    name = name or str(rng.choice(list(POSES), p=np.array(list(POSES.values())) / sum(POSES.values())))
    spread = rng.uniform(0.55, 1.35) if name != "flat" else rng.uniform(0.0, 0.35)
    if name in NAMED:
        stretched = np.array(NAMED[name][1:])[:, None]
        straight = rng.normal(6, 6) + rng.normal(0, 5, (4, 3)) + np.array([0, 5, 3]) * rng.uniform(0, 2)
        folded = np.array([78, 98, 52]) + rng.normal(0, 7, 3) + rng.normal(0, 4, (4, 3))
        flexion = np.where(stretched, straight, folded)
        how = {
            "thumb": "up",
            "gun": "up",
            "shaka": "out",
            "three": "out",
            "flat": str(rng.choice(["along", "out"])),
            "open": str(rng.choice(["out", "up", "along"], p=[0.65, 0.15, 0.2])),
        }.get(name, "across" if name in ("four", "middle three") else "tucked")
    elif name == "relaxed":
        curl = rng.uniform(10, 45) + np.array([0, 5, 9, 12]) * rng.uniform(0, 1.6)
        flexion = curl[:, None] * np.array([0.8, 1.1, 0.7]) + rng.normal(0, 4, (4, 3))
        how, spread = str(rng.choice(["along", "opposed", "out"])), spread * 0.5
    elif name == "ok":
        flexion = rng.normal(10, 8, (4, 3))
        flexion[0] = np.array([48, 62, 38]) + rng.normal(0, 4, 3)
        how = "opposed"
    else:  # neighbours bend alike
        curl = np.cumsum(rng.normal(0, 0.25, 4)) + rng.uniform(0, 1)
        flexion = np.clip(curl, 0, 1)[:, None] * np.array([70, 95, 50]) + rng.normal(0, 8, (4, 3))
        how = str(rng.choice(list(_THUMBS)))
    direction, bend, loose = _THUMBS[how]
    flexion = np.clip(flexion, LIMITS[:, 0], LIMITS[:, 1])
    splay = _SPLAY * spread * np.clip(1 - flexion[:, 0] / 70, 0.1, 1) + rng.normal(0, 2, 4)
    thumb = np.array(direction) + rng.normal(0, 0.07, 3)
    return Pose(name, flexion, splay, thumb / np.linalg.norm(thumb), np.array(bend) + rng.normal(0, loose, 2))


def build(rng: np.random.Generator) -> dict[str, float]:
    """Return a person's measures, about 1: length and thickness of the fingers, width of the hand, girth of the arm."""
    return {
        "long": rng.normal(1, 0.06),
        "thick": float(np.clip(rng.normal(1, 0.1), 0.78, 1.28)),
        "wide": rng.normal(1, 0.04),
        "girth": rng.normal(1, 0.08),
    }


def bones(rng: np.random.Generator, posed: Pose, body: dict[str, float]) -> Bones:
    """Return the cones of a hand with its forearm (24 cm) in that pose, of a person of that build."""
    long, thick, wide = body["long"], body["thick"], body["wide"]
    found = []  # a, b, ra, rb, part, segment

    def cone(a, b, ra, rb, part, segment):
        found.append((np.asarray(a, float), np.asarray(b, float), ra, rb, part, segment))

    knuckles = _KNUCKLES * np.array([wide * (0.4 + 0.6 * thick), 1, 1])
    fleshy = 0.75 + 0.25 * thick
    starts, ways, pads = np.zeros((5, 3, 3)), np.zeros((5, 3, 3)), np.zeros((5, 3, 3))
    for finger in range(5):
        lengths = _LENGTHS[finger] * long * rng.normal(1, 0.025, 3)
        radii = _RADII[finger] * thick
        if finger == 0:
            root, way = _THUMB_ROOT * np.array([wide, 1, 1]), posed.thumb
            pad = np.array([-0.9, 0.2, -0.2]) - way * (way @ np.array([-0.9, 0.2, -0.2]))
            pad /= np.linalg.norm(pad)
            bends = np.radians([0, *posed.thumb_flexion])
            lengths = np.array([4.2, lengths[0], lengths[1] * 0.75])
            radii = np.array([1.3 * fleshy, *radii[[0, 1, 3]]])
            web = knuckles[0] * np.array([0.75, 0.68, 1]) + np.array([0, 0, -0.3])
            cone(root + way * 2.4, web, 0.62, 0.62, 0, 1)
            cone(root + way * 3.4, web, 0.42, 0.5, 0, 1)
            cone([0.9 * wide, 1.8, -0.7], root + way * 3.6, 1.25 * fleshy, 1.05 * fleshy, 0, 1)  # ball of the thumb
        else:
            root, turn = knuckles[finger - 1], np.radians(posed.splay[finger - 1])
            way, pad = np.array([np.sin(turn), np.cos(turn), 0]), np.array([0.0, 0, -1])
            side = (
                0.1 * (finger - 2.3) * np.clip(posed.flexion[finger - 1, 0] / 80, 0, 1)
            )  # folded ones draw together
            pad = pad + np.array([side, 0, 0])
            pad /= np.linalg.norm(pad)
            bends = np.radians(posed.flexion[finger - 1])
        for segment in range(3):
            way, pad = (
                np.cos(bends[segment]) * way + np.sin(bends[segment]) * pad,
                np.cos(bends[segment]) * pad - np.sin(bends[segment]) * way,
            )
            end = root + way * lengths[segment]
            starts[finger, segment], ways[finger, segment], pads[finger, segment] = root, way, pad
            joins = finger == 0 and segment == 0  # the root of the thumb flows into the palm
            cone(root, end, radii[segment], radii[segment + 1], 0 if joins else finger + 1, 1 if joins else segment)
            root = end
    for i, knuckle in enumerate(knuckles):  # the palm, a little hollow
        deep = (-0.35, -0.2, -0.2, -0.35)[i]
        cone([knuckle[0] * 0.5, 1.0, deep], knuckle - np.array([0, 0.3, 0.2]), 1.0 * fleshy, 0.92 * fleshy, 0, 0)
    webs = starts[1:, 0] + 1.25 * ways[1:, 0] + 0.25 * pads[1:, 0]
    for i in range(3):  # between the roots of fingers that are bent alike
        if abs(posed.flexion[i, 0] - posed.flexion[i + 1, 0]) < 25:
            cone(webs[i], webs[i + 1], 0.5 * fleshy, 0.5 * fleshy, 0, 0)
    cone([-1.5 * wide, 1.9, -0.8], [-2.8 * wide, 6.0, -0.65], 1.05 * fleshy, 0.85 * fleshy, 0, 1)  # and of the hand
    arm = _arm(rng, wide, fleshy * body["girth"])
    for a, b, ra, rb in arm["cones"]:
        cone(a, b, ra, rb, 0, 3)
    found.sort(key=lambda one: one[4])  # the palm first
    a, b, ra, rb, part, segment = (np.array(column) for column in zip(*found, strict=True))
    return Bones(
        a,
        b,
        ra,
        rb,
        part,
        segment,
        {
            "starts": starts,
            "ways": ways,
            "pads": pads,
            "wrist": np.zeros(3),
            "elbow": arm["elbow"],
            "knuckles": knuckles,
            "girth": arm["girth"],
        },
    )


def _arm(rng, wide, girth):
    """Return a forearm, flat at the wrist and round at the elbow, bent at the wrist."""
    bend, turn = np.radians(np.clip(rng.normal(0, 20), -50, 50)), np.radians(np.clip(rng.normal(0, 10), -22, 22))
    way = np.array([np.sin(turn) * np.cos(bend), -np.cos(turn) * np.cos(bend), np.sin(bend)])
    length = rng.uniform(22, 26)
    cones = []
    for side in (-1, 1):
        start = np.array([side * 1.1 * wide, 1.2, -0.25])
        middle = start * np.array([1.1, 0, 1]) + way * length * 0.45
        end = np.array([side * 0.9, 0, 0]) + way * length
        cones += [(start, middle, 1.28 * girth, 1.9 * girth), (middle, end, 1.9 * girth, 2.6 * girth)]
    return {"cones": cones, "elbow": way * length, "girth": girth}
