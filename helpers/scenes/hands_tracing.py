"""Rays against rounded cones that flow into each other: sphere tracing of a signed distance field, tile by tile.

The distances to the cones of the palm are joined by a soft minimum, -k log(sum(exp(-d / k))), and so are
those of the fingers with the palm's, with a smaller k: skin stretches between bones, yet fingers that
touch stay apart. (Quilez, "Smooth minimum"; Hart 1996, "Sphere tracing", doi:10.1007/s003710050084.)
"""

import cv2
import numpy as np

from helpers.scenes.hands_outlines import Camera, Cones, tiles

SOFT_PALM, SOFT = 0.55, 0.17  # cm: how far surfaces reach for each other
_NEAR = 0.02  # cm: a ray that is so near has met the surface
_STEPS = 14


def trace(
    cones: Cones, camera: Camera, cut: tuple[np.ndarray, np.ndarray] | None = None
) -> dict[str, np.ndarray]:
    """Return what each pixel's ray meets first.

    Parameters
    ----------
    cut : (point, direction), optional
        Nothing is solid on the side of the plane through the point that the direction looks to.

    Returns
    -------
    dict of arrays over the n pixels that meet something
        ``at``: their numbers in the flattened picture; ``point``, ``normal`` (n, 3); ``depth`` (n,) along z;
        ``cone`` (n,): the nearest one; ``along`` (n,): 0..1 from its `a` to its `b`; ``crease`` (n,): 0..1
        where two fingers touch.
    """
    packed, found = _packed(cones), []
    for near, pixels, numbers, start, within in tiles(cones, camera):
        hit = _march(pixels, start, within, camera, packed[near], cones.part[near], cut)
        if hit is not None:
            hit["at"] = numbers[hit.pop("kept")]
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
    return _mended({key: np.concatenate([hit[key] for hit in found]) for key in found[0]}, camera.shape)


def _mended(met, shape):
    """Give single pixels within the hand whose ray was lost in a fold what the one beside them met."""
    row = np.full(shape[0] * shape[1], -1)
    row[met["at"]] = np.arange(len(met["at"]))
    solid = (row >= 0).reshape(shape).astype(np.float32)
    around = cv2.boxFilter(solid, -1, (3, 3), normalize=False, borderType=cv2.BORDER_REPLICATE)
    holes = np.flatnonzero((solid == 0) & (around > 6.5))
    beside = row[np.clip(holes + np.where(row[holes - 1] >= 0, -1, 1), 0, len(row) - 1)]
    holes, beside = holes[beside >= 0], beside[beside >= 0]
    return {key: np.concatenate([value, holes if key == "at" else value[beside]]) for key, value in met.items()}


def clearance(
    cones: Cones, camera: Camera, where: np.ndarray, cut: tuple[np.ndarray, np.ndarray] | None = None
) -> np.ndarray:
    """Return how far the rays of some pixels pass by the surface, or below 0 how deep they go, in pixels.

    That is the distance to the outline, so half a pixel less than it covers the pixel. Each ray goes to
    where it is nearest to the cones: from a guess in two dimensions, two of Newton's steps get there.

    Parameters
    ----------
    where : bool array (height, width)
        Of which pixels; only close to the outline is it right.
    cut : as in `trace`

    Returns
    -------
    float32 array (height, width), 9 where it was not asked for or nothing is near
    """
    packed, found = _packed(cones), np.full(where.size, 9, np.float32)
    eye = np.array([[0], [0], [-camera.distance]], np.float32)
    for near, pixels, numbers, start, _ in tiles(cones, camera, where):
        own, palms = packed[near], int((cones.part[near] == 0).sum())
        c, rays = own.T[:, :, None], _rays(pixels, camera)
        towards_a = c[0] * rays[0] + c[1] * rays[1] + c[2] * rays[2]
        towards_b = c[3] * rays[0] + c[4] * rays[1] + c[5] * rays[2]
        way = start / rays[2]
        for step in range(4):
            points = eye + way * rays
            distances, h, _ = _distances(points, own)
            gap, shares = _joined(distances, palms)
            if step < 3:
                way = way + (shares * (towards_a + h * towards_b)).sum(0) - (points * rays).sum(0)
        if cut is not None:
            gap = np.maximum(gap, _beyond(points, cut))
        found[numbers] = gap * (camera.focal / np.maximum(points[2] + camera.distance, 1))
    return found.reshape(where.shape)


def _rays(pixels, camera):
    rays = np.ones((3, pixels.shape[1]), np.float32)
    rays[0] = (pixels[0] - camera.middle[0]) / camera.focal
    rays[1] = (pixels[1] - camera.middle[1]) / camera.focal
    return rays / np.sqrt((rays * rays).sum(0))


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
    """Return the signed distance of points (3, n) to every cone, where along it the nearest is, its axis's distance.

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


def _gap(distances, palms):
    """Return the soft minimum of `_joined` alone."""
    least = distances.min(0)
    total = np.float32(0)
    if palms:
        own = np.exp((least - distances[:palms]) * np.float32(1 / SOFT_PALM)).sum(0)
        if palms == len(distances):
            return least - np.float32(SOFT_PALM) * np.log(own)
        total = own ** np.float32(SOFT_PALM / SOFT)
    total = total + np.exp((least - distances[palms:]) * np.float32(1 / SOFT)).sum(0)
    return least - np.float32(SOFT) * np.log(total)


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


def _march(pixels, start, within, camera, packed, part, cut):
    palms = int((part == 0).sum())  # they come first
    rays = _rays(pixels, camera)
    ends = np.stack([packed[:, 2], packed[:, 2] + packed[:, 5]]) + camera.distance
    near, far = np.float32(max((ends - packed[:, 6]).min() - 1.5, 1)), np.float32(ends.max() + 4)
    scene = (camera, packed, palms, cut, far)
    way, met = _steps((start - np.float32(0.1)) / rays[2], rays, scene, _STEPS)
    again = np.flatnonzero(within & ~met)  # caught at the edge of a finger, or the guess was behind it: from the front
    if len(again):
        way[again], met[again] = _steps(near / rays[2, again], rays[:, again], scene, 5 * _STEPS)
    eye = np.array([[0], [0], [-camera.distance]], np.float32)
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


def _steps(way, rays, scene, most):
    """Go along rays until the surface is near, at most so many steps; return how far, and which have met it."""
    camera, packed, palms, cut, far = scene
    eye = np.array([[0], [0], [-camera.distance]], np.float32)
    way, met = way.copy(), np.zeros(len(way), bool)
    active, going, ahead = np.arange(len(way)), way, rays
    for step in range(most):
        points = eye + going * ahead
        gap = _gap(_distances(points, packed)[0], palms)
        if cut is not None:
            gap = np.maximum(gap, _beyond(points, cut))
        going = going + gap  # backwards where the start lay inside
        close = np.abs(gap) < (_NEAR if step < most - 1 else 3 * _NEAR)
        over = close | (going * ahead[2] > far)
        if (step > 1 and np.count_nonzero(over) > 0.12 * len(over)) or step == most - 1:
            way[active] = going
            met[active[close]] = True
            active, going, ahead = active[~over], going[~over], ahead[:, ~over]
            if not len(active):
                break
    return way, met


def _beyond(points, cut):
    point, direction = (np.asarray(part, np.float32) for part in cut)
    return direction @ points - direction @ point
