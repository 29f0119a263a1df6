"""Rays against rounded cones that flow into each other: sphere tracing of a signed distance field, tile by tile.

The distances to the cones of the palm are joined by a soft minimum, -k log(sum(exp(-d / k))), and so are
those of the fingers with the palm's, with a smaller k: skin stretches between bones, yet fingers that
touch stay apart. (Quilez, "Smooth minimum"; Hart 1996, "Sphere tracing", doi:10.1007/s003710050084.)
"""

from dataclasses import dataclass

import numpy as np

SOFT_PALM, SOFT = 0.55, 0.17  # cm: how far surfaces reach for each other
_TILE = 32  # pixels, side of the squares in which only the cones near by are looked at
_NEAR = 0.02  # cm: a ray that is so near has met the surface
_STEPS = 16


@dataclass
class Cones:
    """Rounded cones in the camera's frame: x right, y down, z away from it, the origin in the middle of the hand."""

    a: np.ndarray
    b: np.ndarray
    ra: np.ndarray
    rb: np.ndarray
    part: np.ndarray  # ascending; 0: joined softly, others: fingers


@dataclass
class Camera:
    """A pinhole ``distance`` cm from the origin; ``focal`` and ``middle`` (x, y) in pixels, ``shape`` (height, width)."""

    distance: float
    focal: float
    middle: tuple[float, float]
    shape: tuple[int, int]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n, 3) appear: x, y in pixels, and pixels per centimetre there, (n, 3)."""
        scale = self.focal / np.maximum(points[:, 2] + self.distance, 1.0)
        return np.stack([points[:, 0] * scale + self.middle[0], points[:, 1] * scale + self.middle[1], scale], 1)


def trace(
    cones: Cones, camera: Camera, cut: tuple[np.ndarray, np.ndarray] | None = None, where: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return what each pixel's ray meets first.

    Parameters
    ----------
    cut : (point, direction), optional
        Nothing is solid on the side of the plane through the point that the direction looks to.

    where : bool array (height, width), optional
        Trace these pixels only.

    Returns
    -------
    dict of arrays over the n pixels that meet something
        ``at``: their numbers in the flattened picture; ``point``, ``normal`` (n, 3); ``depth`` (n,) along z;
        ``cone`` (n,): the nearest one; ``along`` (n,): 0..1 from its `a` to its `b`; ``crease`` (n,): 0..1
        where two fingers touch.
    """
    height, width = camera.shape
    packed, (flat, scale) = _packed(cones), _flattened(cones, camera)
    tops, lefts = np.arange(0, height, _TILE), np.arange(0, width, _TILE)
    middles = np.stack([g.ravel() for g in np.meshgrid(lefts + _TILE / 2, tops + _TILE / 2)]).astype(np.float32)
    beside = 0.71 * _TILE + scale > _flat(*middles, flat)[0].T
    found = []
    for number in np.flatnonzero(beside.any(1)):
        near = beside[number]
        top, left = (
            int(corner[place]) for corner, place in zip((tops, lefts), divmod(int(number), len(lefts)), strict=True)
        )
        rows, columns = np.mgrid[top : min(top + _TILE, height), left : min(left + _TILE, width)].reshape(2, -1)
        pixels = np.stack([columns, rows]).astype(np.float32) + 0.5
        away, front = _flat(*pixels, flat[near])
        reached = away < 0.5 * scale[near, None]
        inside = reached.any(0) if where is None else reached.any(0) & where[rows, columns]
        if not inside.any():
            continue
        start = np.where(reached, front * (1 / scale[near, None]), np.inf).min(0)[inside]
        hit = _march(pixels[:, inside], start, camera, packed[near], cones.part[near], cut)
        if hit is not None:
            hit["at"] = (rows * width + columns)[inside][hit.pop("kept")]
            hit["cone"] = np.flatnonzero(near)[hit["cone"]]
            found.append(hit)
    if not found:
        empty = np.zeros(0, np.float32)
        return {
            "at": np.zeros(0, int),
            "cone": np.zeros(0, int),
            "depth": empty,
            "along": empty,
            "crease": empty,
            "point": np.zeros((0, 3), np.float32),
            "normal": np.zeros((0, 3), np.float32),
        }
    return {key: np.concatenate([hit[key] for hit in found]) for key in found[0]}


def _flat(x, y, flat):
    """Return how far pixels are outside the cones' outlines, and about where their fronts are, in pixels, (k, n)."""
    c = flat.T[:, :, None]
    from_x, from_y = x - c[0], y - c[1]
    h = np.clip((from_x * c[2] + from_y * c[3]) * c[4], 0, 1)
    from_x -= h * c[2]
    from_y -= h * c[3]
    square = from_x * from_x + from_y * from_y
    radius = c[5] + h * c[6]
    front = c[7] + h * c[8] - c[9] * np.sqrt(np.maximum(radius * radius - square, 0))
    return np.sqrt(square) - radius, np.maximum(front, c[10])


def _flattened(cones, camera):
    """Return what `_flat` needs, float32 (k, 11), all in pixels."""
    a, b = camera.project(cones.a), camera.project(cones.b)
    scale = np.maximum(a[:, 2], b[:, 2])
    way, ra, rb = b[:, :2] - a[:, :2], cones.ra * a[:, 2], cones.rb * b[:, 2]
    square = np.maximum((way**2).sum(1), 1e-3)
    za, zb = cones.a[:, 2] * scale, cones.b[:, 2] * scale
    steep = np.minimum(np.sqrt(1 + (zb - za) ** 2 / square), 4)
    return np.column_stack(
        [a[:, :2], way, 1 / square, ra, rb - ra, za, zb - za, steep, np.minimum(za, zb) - np.maximum(ra, rb)]
    ).astype(np.float32), scale.astype(np.float32)


def _packed(cones):
    """Return all that distances need, float32 (k, 11): a, b - a, ra, rb - ra, |a|², a·(b - a), |b - a|²."""
    way = cones.b - cones.a
    return np.column_stack(
        [
            cones.a,
            way,
            cones.ra,
            cones.rb - cones.ra,
            (cones.a**2).sum(1),
            (cones.a * way).sum(1),
            np.maximum((way**2).sum(1), 1e-6),
        ]
    ).astype(np.float32)


def _distances(points, packed):
    """Return the signed distance of points (3, n) to every cone, where along it the nearest is, and the axis's distance.

    All (k, n): sums over the few cones then run along whole rows, several times faster than across them.
    """
    x, y, z = points
    c = packed.T[:, :, None]
    ahead = c[3] * x + c[4] * y + c[5] * z - c[9]
    h = np.clip(ahead * (1 / c[10]), 0, 1)
    square = c[0] * x
    square += c[1] * y
    square += c[2] * z
    square *= -2
    square += x * x + y * y + z * z
    square += c[8]
    ahead *= 2
    ahead -= h * c[10]
    square -= h * ahead
    length = np.sqrt(np.maximum(square, 1e-6, out=square), out=square)
    return length - c[6] - h * c[7], h, length


def _joined(distances, palms):
    """Return the soft minimum (n,) of the first `palms` rows, joined with the rest, and each row's share (k, n)."""
    shares = np.empty_like(distances)
    if palms:
        own = distances[:palms]
        lowest = own.min(0)
        grown = np.exp((lowest - own) * np.float32(1 / SOFT_PALM))
        summed = grown.sum(0)
        joined = lowest - np.float32(SOFT_PALM) * np.log(summed)
        if palms == len(distances):
            return joined, grown / summed
        least = np.minimum(joined, distances[palms:].min(0))
        weight = np.exp((least - joined) * np.float32(1 / SOFT))
        shares[:palms] = grown * (weight / summed)
    else:
        least, weight = distances.min(0), np.float32(0)
    np.exp((least - distances[palms:]) * np.float32(1 / SOFT), out=shares[palms:])
    total = shares[palms:].sum(0) + weight
    shares /= total
    return least - np.float32(SOFT) * np.log(total), shares


def _march(pixels, start, camera, packed, part, cut):
    palms = int((part == 0).sum())  # they come first
    rays = np.stack(
        [
            (pixels[0] - camera.middle[0]) / camera.focal,
            (pixels[1] - camera.middle[1]) / camera.focal,
            np.ones(pixels.shape[1], np.float32),
        ]
    )
    rays = (rays / np.sqrt((rays * rays).sum(0))).astype(np.float32)
    eye = np.array([[0], [0], [-camera.distance]], np.float32)
    far = camera.distance + float(np.maximum(packed[:, 2], packed[:, 2] + packed[:, 5]).max()) + 4
    way = (np.float32(camera.distance - 0.1) + start) / rays[2]
    active, going, ahead = np.arange(rays.shape[1]), way, rays
    met = np.zeros(rays.shape[1], bool)
    for step in range(_STEPS):
        points = eye + going * ahead
        gap, _ = _joined(_distances(points, packed)[0], palms)
        if cut is not None:
            gap = np.maximum(gap, _beyond(points, cut))
        going = going + gap  # backwards where the start lay inside
        close = np.abs(gap) < (_NEAR if step < _STEPS - 1 else 4 * _NEAR)
        over = close | (going * ahead[2] > far)
        if (step > 1 and over.mean() > 0.12) or step == _STEPS - 1:
            way[active] = going
            met[active[close]] = True
            active, going, ahead = active[~over], going[~over], ahead[:, ~over]
            if not len(active):
                break
    kept = np.flatnonzero(met)
    if not len(kept):
        return None
    points = eye + way[kept] * rays[:, kept]
    distances, h, length = _distances(points, packed)
    gap, shares = _joined(distances, palms)
    pull = shares / length
    normal = points * pull.sum(0) - packed[:, :3].T @ pull - packed[:, 3:6].T @ (pull * h)
    normal /= np.maximum(np.sqrt((normal * normal).sum(0)), 1e-6)
    if cut is not None:
        normal[:, _beyond(points, cut) > gap] = cut[1][:, None]
    nearest = distances.argmin(0)
    crease = np.zeros(len(kept), np.float32)
    fingers = np.unique(part[palms:])
    if len(fingers) > 1:
        of_finger = np.stack([shares[part == finger].sum(0) for finger in fingers])
        all_fingers = of_finger.sum(0)
        crease = (1 - ((of_finger / np.maximum(all_fingers, 1e-3)) ** 2).sum(0)) * 2 * np.clip(all_fingers, 0, 1)
    return {
        "kept": kept,
        "point": points.T,
        "normal": normal.T,
        "depth": points[2],
        "cone": nearest,
        "along": np.take_along_axis(h, nearest[None], 0)[0],
        "crease": crease.astype(np.float32),
    }


def _beyond(points, cut):
    point, direction = (np.asarray(part, np.float32) for part in cut)
    return direction @ points - direction @ point
