"""From the cones of a hand and its sleeve to a picture of it before nothing: rays, light, shadows, exact coverage."""

from dataclasses import dataclass

import cv2
import numpy as np

from helpers.scenes import hands_cloth, hands_skin
from helpers.scenes.hands_outlines import Camera, Cones
from helpers.scenes.hands_skeleton import Bones
from helpers.scenes.hands_tracing import clearance, trace


@dataclass
class Layer:
    """A hand before nothing.

    ``rgb``: float32 (height, width, 3) 0..1, sRGB, defined wherever ``alpha`` is above 0; ``alpha``: float32
    (height, width), how much of a pixel hand, arm and sleeve cover; ``mask``: uint8, 1 where hand and bare arm
    cover at least half; ``light``: what lit it, for the background; ``skin``: its sRGB colour, for a neck.
    """

    rgb: np.ndarray
    alpha: np.ndarray
    mask: np.ndarray
    light: dict
    skin: np.ndarray


def light(rng: np.random.Generator) -> dict:
    """Return the light: a flash, a window or lamps, with their colours."""
    kind = str(rng.choice(["flash", "side", "above", "soft"], p=[0.36, 0.28, 0.18, 0.18]))
    way = {
        "flash": rng.normal([0.05, -0.12, -1], [0.15, 0.12, 0.05]),
        "side": rng.normal([0, -0.3, -0.45], [1, 0.35, 0.25]),
        "above": rng.normal([0, -1, -0.5], [0.4, 0.2, 0.25]),
        "soft": rng.normal([0, -0.6, -0.8], [0.6, 0.4, 0.2]),
    }[kind]
    way[2] = min(way[2], -0.12)
    strength = {
        "flash": rng.uniform(0.7, 1.0),
        "side": rng.uniform(0.55, 1.0),
        "above": rng.uniform(0.5, 0.9),
        "soft": rng.uniform(0.2, 0.5),
    }[kind]
    warm = rng.normal(0.02, 0.05)
    key = np.array([1 + warm, 1, 1 - 1.3 * warm]) * strength
    fill = (1 - strength) * 0.9 + rng.uniform(0.06, 0.3)
    cool = rng.normal(0, 0.05)
    sky = np.array([1 + cool, 1, 1 - cool]) * fill
    ground = sky * rng.uniform(0.35, 0.95) * (1 + rng.normal(0, 0.03, 3))
    return {
        "kind": kind,
        "way": (way / np.linalg.norm(way)).astype(np.float32),
        "key": key.astype(np.float32),
        "sky": sky.astype(np.float32),
        "ground": ground.astype(np.float32),
    }


def render(
    rng: np.random.Generator,
    flesh: Cones,
    sleeve: tuple | None,
    hand: Bones,
    pose: tuple[np.ndarray, np.ndarray],
    camera: Camera,
    own: hands_skin.Skin,
    light: dict,
) -> Layer:
    """Return the picture of a hand before nothing.

    Parameters
    ----------
    flesh : Cones
        The hand and its arm in the camera's frame, and ``hand``: the same cones in the same order with
        what they are.
    sleeve : (cones, cut), optional
        As `hands_tracing.trace` takes them.
    pose : (turn, wrist)
        Rotation (3, 3) from the hand's frame to the camera's, and where the wrist is there.
    """
    height, width = camera.shape
    count = height * width
    met = trace(flesh, camera)
    depth = np.full(count, np.inf, np.float32)
    depth[met["at"]] = met["depth"]
    over = np.zeros(count, bool)
    if sleeve is not None:
        dressed = trace(sleeve[0], camera, sleeve[1])
        nearer = dressed["depth"] < depth[dressed["at"]]
        dressed = {key: value[nearer] for key, value in dressed.items()}
        over[dressed["at"]] = True
        depth[dressed["at"]] = dressed["depth"]
        keep = ~over[met["at"]]
        met = {key: value[keep] for key, value in met.items()}
    solid = np.isfinite(depth).reshape(height, width)
    shadow, occlusion = (part.ravel() for part in _shadows(depth.reshape(height, width), camera, light))
    colors, turn = np.zeros((count, 3), np.float32), pose[0]
    met["place"] = ((met["point"] - pose[1]) @ turn).astype(np.float32)
    met["facing"] = (met["normal"] @ turn).astype(np.float32)
    color, bump, shine = hands_skin.surface(rng, own, hand, met)
    normal = (met["normal"] + bump @ turn.T).astype(np.float32)
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-6)[:, None]
    at = met["at"]
    colors[at] = hands_skin.lit(color, normal, shine, light, shadow[at], occlusion[at])
    if sleeve is not None and over.any():
        at, color = dressed["at"], hands_cloth.cloth(rng, dressed["point"]) ** 2.2
        dull = np.zeros(len(at))
        colors[at] = hands_skin.lit(color, dressed["normal"], dull, light, shadow[at], occlusion[at], soft=False)
    bare = solid & ~over.reshape(height, width)
    covered = _coverage(flesh, sleeve, camera, solid, bare)
    rgb = np.clip(_filled(colors.reshape(height, width, 3), solid), 0, 1.5) ** np.float32(1 / 2.2)
    return Layer(rgb, covered, bare.astype(np.uint8), light, own.back ** (1 / 2.2))


def _coverage(flesh, cloth, camera, solid, skin):
    """Return how much of each pixel is covered: along the outlines by how far off its middle they run."""
    around = np.ones((3, 3), np.uint8)
    border = cv2.dilate(solid.astype(np.uint8), around) != cv2.erode(solid.astype(np.uint8), around)
    covered = np.where(border, 0, solid).astype(np.float32)
    for cones, kind, cut in ((flesh, skin, None), *([(cloth[0], solid & ~skin, cloth[1])] if cloth else [])):
        where = border & (cv2.dilate(kind.astype(np.uint8), around) > 0)
        share = np.clip(0.5 - clearance(cones, camera, where, cut), 0, 1)
        covered[where] = np.maximum(covered, share)[where]
    return np.where(solid, np.maximum(covered, 0.5), np.minimum(covered, 0.499))  # as the rays through the middles say


def _filled(colors, solid):
    """Carry the colours two pixels over the edge, for pixels that are covered only in part."""
    weight = solid.astype(np.float32)
    for _ in range(2):
        spread, around = cv2.blur(colors * weight[..., None], (3, 3)), cv2.blur(weight, (3, 3))
        empty = (weight == 0) & (around > 0)
        colors[empty] = spread[empty] / around[empty][:, None]
        weight[empty] = 1
    return colors


def _shadows(depth, camera, light):
    """Return what light reaches each pixel from the lamp, and from all around, both 0..1, by looking at the depths."""
    solid = np.isfinite(depth)
    scale = camera.focal / camera.distance
    lowest = np.where(solid, depth, 1e3).astype(np.float32)
    blocked = np.zeros(depth.shape, np.float32)
    way = light["way"]
    height, width = depth.shape
    for reach in (0.5, 0.9, 1.4, 2.0, 2.8, 3.8, 5.2, 7.0):
        moved = np.float32([[1, 0, way[0] * reach * scale], [0, 1, way[1] * reach * scale]])
        there = cv2.warpAffine(
            lowest,
            moved,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=1e3,
        )
        above = lowest + way[2] * reach - there
        blocked = np.maximum(blocked, np.clip((above - 0.12) * 3, 0, 1) * (above < 4.5))
    blocked = cv2.GaussianBlur(blocked, (0, 0), max(0.4, 0.12 * scale))
    occlusion = np.ones(depth.shape, np.float32)
    filled = np.where(solid, depth, 0)
    for radius, strength in ((0.7, 0.45), (2.0, 0.35)):
        sigma = radius * scale
        weight = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), sigma) + 1e-3
        around = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), sigma) / weight
        occlusion -= strength * np.clip((np.where(solid, depth, 0) - around) / (1.4 * radius), 0, 1)
    return 1 - blocked, np.clip(occlusion, 0.15, 1)
