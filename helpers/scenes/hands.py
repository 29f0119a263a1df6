"""Generated photos of one hand with exact masks: picture `index` of `seed` is a function of these two alone.

A picture is made of layers, so that a training can put the same hand before other backgrounds cheaply:
the hand (with its arm, and a sleeve), traced as a signed distance field, and a background; `photograph`
lays one on the other, casts the shadow and is the camera. The mask holds the hand and all of its arm that
is bare, as in the HGR1 photos; sleeves, faces and necks are not in it.
"""

import cv2
import numpy as np

from helpers.scenes import hands_camera, hands_grounds, hands_render, hands_skeleton, hands_skin
from helpers.scenes.hands_outlines import Camera, Cones
from helpers.scenes.hands_render import Layer

VERSION = 1  # counts up when pictures change
SIZE = (96, 128)  # pixels, (height, width)
PER_PERSON = 4  # pictures after each other that show hands of one person


def draw(seed: int, index: int, size: tuple[int, int] = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Return one photo, uint8 (height, width, 3), and its mask, uint8 (height, width), 1 = hand and bare arm.

    Parameters
    ----------
    seed, index : int
        Pictures of another seed have nothing in common with these.
    size : (height, width)
        From 32 pixels up. The same hand in another size is another picture of it.
    """
    layer = hand(seed, index, size)
    rng = np.random.default_rng([seed, index, 1])
    return hands_camera.photograph(rng, layer, hands_grounds.ground(rng, size, layer.skin, layer.light)), layer.mask


def hand(seed: int, index: int, size: tuple[int, int] = SIZE) -> Layer:
    """Return the hand of `draw(seed, index, size)` alone."""
    rng = np.random.default_rng([seed, index, 0])
    while True:
        layer = _hand(rng, np.random.default_rng([seed, index // PER_PERSON, 2]), size)
        if layer is not None and 0.04 < layer.mask.mean() < 0.8:
            return layer


def _hand(rng, person, size):
    posed = hands_skeleton.pose(rng)
    own = hands_skin.skin(person)
    bones = hands_skeleton.bones(rng, posed, hands_skeleton.build(person))
    light = hands_render.light(rng)
    turn = _turn(rng)
    sleeve, elbow = _sleeve(rng), rng.random() < 0.4
    to_camera, camera, upper = _framed(rng, bones, turn, size, elbow)
    a, b = np.vstack([to_camera(bones.a), upper[0]]), np.vstack([to_camera(bones.b), upper[1]])
    ra, rb = np.append(bones.ra, upper[2]), np.append(bones.rb, upper[3])
    part, segment = np.append(bones.part, 0), np.append(bones.segment, 4)
    order = np.argsort(part, kind="stable")
    flesh = Cones(a[order], b[order], ra[order], rb[order], part[order])
    whole = hands_skeleton.Bones(a[order], b[order], ra[order], rb[order], part[order], segment[order], bones.frames)
    nearest = min((a[:, 2] - ra).min(), (b[:, 2] - rb).min()) + camera.distance
    if nearest < 0.4 * camera.distance:  # an arm that reaches past the camera
        return None
    elbow, wrist = to_camera(np.stack([bones.frames["elbow"], np.zeros(3)]))
    cloth = _cloth(rng, flesh, whole, sleeve, elbow, wrist)
    return hands_render.render(rng, flesh, cloth, whole, (turn, wrist), camera, own, light)


def _turn(rng):
    """Return the rotation (3, 3) from the hand's frame to the camera's; a left hand is mirrored."""
    palm = rng.random() < 0.42
    base = np.diag([-1.0, -1, 1]) if palm else np.diag([1.0, -1, -1])
    if rng.random() < 0.5:
        base = base @ np.diag([-1.0, 1, 1])
    tilt = np.abs(rng.normal(0, 24 if rng.random() < 0.75 else 50))
    axis = rng.uniform(0, 2 * np.pi)
    tilted = cv2.Rodrigues(np.radians(min(tilt, 85)) * np.array([np.cos(axis), np.sin(axis), 0]))[0]
    around = rng.choice(4, p=[0.36, 0.34, 0.25, 0.05])
    degrees = (
        rng.normal(0, 20),
        rng.choice([-1, 1]) * rng.normal(75, 22),
        rng.uniform(-180, 180),
        rng.normal(180, 20),
    )[around]
    return cv2.Rodrigues(np.array([0, 0, np.radians(degrees)]))[0] @ tilted @ base


def _framed(rng, bones, turn, size, elbow):
    """Place the hand before a camera; return how points get there, the camera, and the cone behind the elbow."""
    frames = bones.frames
    tips = frames["starts"][:, 2] + frames["ways"][:, 2] * 2.4
    arm = frames["elbow"] * rng.choice([0.08, rng.uniform(0.1, 0.5), rng.uniform(0.5, 1.0)], p=[0.42, 0.38, 0.2])
    shown = np.concatenate(
        [tips, frames["knuckles"], arm[None] + [[2, 0, 0], [-2, 0, 0]], frames["starts"][:, 1] + frames["ways"][:, 1]]
    )
    middle = (shown.max(0) + shown.min(0)) / 2

    def to_camera(points):
        return (points - middle) @ turn.T

    height, width = size
    distance = np.exp(rng.uniform(np.log(28), np.log(160)))
    seen = Camera(distance, distance, (0, 0), size).project(to_camera(shown))[:, :2]
    low, high = seen.min(0) - 0.8, seen.max(0) + 0.8
    scale = min(width / (high - low)[0], height / (high - low)[1]) * rng.uniform(0.82, 1.2)
    slack = np.array([width, height]) - scale * (high - low)
    corner = slack * np.clip(rng.normal(0.5, 0.24, 2), 0, 1)
    camera = Camera(distance, distance * scale, tuple(corner - scale * low), size)
    end, start = to_camera(frames["elbow"][None])[0], to_camera(np.zeros((1, 3)))[0]
    way = (end - start) / np.linalg.norm(end - start)
    if not elbow:  # the forearm goes on, out of the picture
        return to_camera, camera, (end, end + 45 * way, 3.2 * frames["girth"], 4.0 * frames["girth"])
    side = rng.normal(size=3)
    side[2] = abs(side[2]) * 0.6
    side -= way * (side @ way)
    bend = np.radians(rng.uniform(75, 160))
    to = side / np.linalg.norm(side) * np.sin(bend) - way * np.cos(bend)
    to[2] = abs(to[2])
    girth = frames["girth"]
    return to_camera, camera, (end, end + 50 * to / np.linalg.norm(to), 3.2 * girth, 4.6 * girth)


def _sleeve(rng):
    """Return where a sleeve begins, cm from the wrist towards the elbow; None for a bare arm."""
    kind = rng.choice(4, p=[0.44, 0.28, 0.14, 0.14])
    return (None, rng.uniform(0.5, 5), rng.uniform(5, 18), rng.uniform(26, 36))[kind]


def _cloth(rng, flesh, whole, sleeve, elbow, wrist):
    """Return the cones of a sleeve and the plane where it ends, or None."""
    if sleeve is None:
        return None
    way = (elbow - wrist) / np.linalg.norm(elbow - wrist)
    wide = rng.uniform(0.35, 1.2)
    upper = whole.segment == 4
    which = (whole.segment == 3) | upper
    if sleeve > 25:  # of a short-sleeved shirt
        which = upper
        way = (flesh.b - flesh.a)[upper][0]
        length = np.linalg.norm(way)
        way, point = way / length, flesh.a[upper][0] + way / length * (sleeve - 22)
    else:
        point = wrist + way * sleeve
    cones = Cones(
        flesh.a[which], flesh.b[which], flesh.ra[which] + wide, flesh.rb[which] + 1.3 * wide, np.zeros(which.sum(), int)
    )
    return cones, (point, -way)
