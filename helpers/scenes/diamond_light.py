"""Light in a cut diamond: rays into a polyhedron, around inside it, and out to a studio.

The camera is far away, so all rays that enter one facet run alike, and so do all that then met the
same facets: directions, Fresnel shares and the studio's colours are worked out once for such a
bundle, and only the way to the next facet is worked out ray by ray.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.scenes.diamond_shapes import GIRDLE, PORTAL, Piece

INDICES = (2.408, 2.418, 2.451)  # of refraction of diamond, for red, green, blue light
BOUNCES = 6  # facets met inside before what is left of a ray counts as a mean of the studio
_NEVER = np.float32(1e9)
_CHUNK = 2048  # rays at a time, so that the work fits the processor's cache
_UNEVEN = np.float32(0.18)  # how much the light varies over a facet, and how it runs
_NEARBY, _TURNED = np.array([3, 4, 3.5], np.float32), np.array([31.0, 47, 23])
_FAINT = 0.02  # a ray that carries less is not followed


@dataclass(frozen=True)
class Facets:
    """The pieces of one stone, turned as they lie in the picture, ready for rays.

    ``normals``: float32 (facets, 3); ``offsets``: float32 (facets,); ``kinds``: int (facets,);
    ``spans``: for each piece its first facet and the one after its last.
    """

    normals: np.ndarray
    offsets: np.ndarray
    kinds: np.ndarray
    spans: tuple


def placed(pieces: Sequence[Piece], rotation: np.ndarray, shift: np.ndarray, scale: float) -> Facets:
    """Return a stone's facets turned by `rotation` (3, 3), then scaled, then shifted by (3,)."""
    normals = np.concatenate([piece.normals for piece in pieces]) @ rotation.T
    offsets = np.concatenate([piece.offsets for piece in pieces]) * scale + normals @ shift
    ends = np.cumsum([0] + [len(piece.offsets) for piece in pieces])
    spans = tuple(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
    kinds = np.concatenate([piece.kinds for piece in pieces])
    return Facets(normals.astype(np.float32), offsets.astype(np.float32), kinds, spans)


def colours(facets: Facets, origins: np.ndarray, direction: np.ndarray,
            studio: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return what rays see of a stone.

    Parameters
    ----------
    facets : Facets
    origins : float32 array (rays, 3)
    direction : array (3,)
        Of all rays, unit length.
    studio : function
        Gives for unit directions (n, 3) the light from there, float (n, 3): red, green, blue.

    Returns
    -------
    float32 array (rays, 3), and bool array (rays,), whether a ray meets the stone
    """
    direction = np.asarray(direction, np.float32)
    facet, distance = _entry(facets, origins, direction)
    hit = facet >= 0
    points = origins[hit] + direction * distance[hit, None]
    seen = np.zeros((len(origins), 3), np.float32)
    seen[hit] = _inside(facets, points, facet[hit], direction, studio)
    return seen, hit


def _entry(facets, origins, direction):
    """Return for each ray the facet it enters by, -1 for none, and how far it is."""
    facet = np.full(len(origins), -1)
    nearest = np.full(len(origins), _NEVER)
    for first, last in facets.spans:
        normals, offsets = facets.normals[first:last], facets.offsets[first:last]
        against = normals @ direction
        front, back = np.flatnonzero(against < -1e-6), np.flatnonzero(against > 1e-6)
        # Distances are (offset - origin . normal) / (direction . normal): the last facet entered, the first left.
        into_slopes, out_slopes = (-normals[some] / against[some, None] for some in (front, back))
        into_starts, out_starts = (offsets[some] / against[some] for some in (front, back))
        for start in range(0, len(origins), _CHUNK):
            part = slice(start, start + _CHUNK)
            reach = origins[part] @ into_slopes.T + into_starts
            which = reach.argmax(axis=1)
            into = reach[np.arange(len(reach)), which]
            out = (origins[part] @ out_slopes.T + out_starts).min(axis=1)
            entered = front[which] + first
            meets = (into <= out) & (into < nearest[part]) & (facets.kinds[entered] != PORTAL)
            facet[part] = np.where(meets, entered, facet[part])
            nearest[part] = np.where(meets, into, nearest[part])
    return facet, nearest


def _inside(facets, points, entered, direction, studio):
    used = np.flatnonzero(np.bincount(entered))
    bundle = np.searchsorted(used, entered)
    normal = facets.normals[used].astype(float)
    cosine = -(normal @ direction)
    # Each bundle: its ways in three colours, the share of light that it carries, its piece of the stone.
    ways = np.stack([_refracted(direction[None], normal, cosine, 1 / index) for index in INDICES], axis=1)
    share = np.stack([1 - _fresnel(cosine, 1 / index) for index in INDICES], axis=1)
    light = (1 - share) * studio(direction + 2 * cosine[:, None] * normal)
    matt = facets.kinds[used] == GIRDLE  # ground, not polished
    light[matt] = 0.4 * studio(normal[matt]) + 0.32
    share[matt] *= 0.3
    piece = np.searchsorted([last for _, last in facets.spans], used, side="right")
    seen = light.astype(np.float32)[bundle]
    rays = np.arange(len(points))  # those still followed
    for bounce in range(BOUNCES):
        met, reach = _next(facets, points, bundle, ways[:, 1], piece)
        points = points + reach[:, None] * ways[:, 1].astype(np.float32)[bundle]
        parent, facet, bundle = _split(bundle, met, len(ways), len(facets.normals))
        ways, share, piece = ways[parent], share[parent], piece[parent]
        through = facets.kinds[facet] == PORTAL
        light, share, ways = _met(ways, share, facets.normals[facet].astype(float), through, studio)
        piece = np.where(through, 1 - piece, piece)
        faint = (share.max(axis=1) < _FAINT) | (bounce == BOUNCES - 1)
        light[faint] += share[faint] * 0.85
        # The studio is near, so one facet does not see the same of it all over.
        nearby = points @ _NEARBY + (ways[:, 1] @ _TURNED).astype(np.float32)[bundle]
        seen[rays] += light.astype(np.float32)[bundle] * (1 + _UNEVEN * np.sin(nearby))[:, None]
        going = ~faint[bundle]
        rays, points, bundle = rays[going], points[going], bundle[going]
        if not len(rays):
            break
        ways, share, piece, bundle = _kept(~faint, bundle, ways, share, piece)
    return seen


def _split(bundle, met, bundles, facets):
    """Return for each new bundle the old one and the facet it met, and for each ray its new bundle."""
    key = bundle * facets + met
    number = np.zeros(bundles * facets, np.int64)
    number[key] = 1
    keys = np.flatnonzero(number)
    number[keys] = np.arange(len(keys))
    return keys // facets, keys % facets, number[key]


def _kept(keep, bundle, *parts):
    return *(part[keep] for part in parts), (np.cumsum(keep) - 1)[bundle]


def _met(ways, share, normal, through, studio):
    """Return for bundles at a facet the light that comes in there, and what is mirrored: shares and ways."""
    cosine = np.einsum("bcx,bx->bc", ways, normal)
    cos = np.clip(cosine, 1e-4, 1)
    back = np.where(through[:, None], 1, _fresnel(cos, np.array(INDICES)))
    carried = (1 - back) * share
    light = np.zeros_like(share)
    for c, index in enumerate(INDICES):
        leaves = carried[:, c] > 0.004
        if leaves.any():
            out = _refracted(ways[leaves, c], -normal[leaves], cos[leaves, c], index)
            light[leaves, c] = carried[leaves, c] * studio(out)[:, c]
    turned = ways - 2 * cosine[..., None] * normal[:, None]
    return light, share * back, np.where(through[:, None, None], ways, turned)


def _next(facets, points, bundle, ways, piece):
    """Return for each ray inside the facet it meets next and how far that is."""
    met, reach = np.zeros(len(points), np.int64), np.zeros(len(points), np.float32)
    for number, (first, last) in enumerate(facets.spans):
        # The girdle is so thin that crown and pavilion may as well meet in an edge: half the work.
        faces = first + np.flatnonzero(facets.kinds[first:last] != GIRDLE)
        normals, offsets = facets.normals[faces].T.copy(), facets.offsets[faces]
        towards = ways.astype(np.float32) @ normals
        inverse = np.divide(1, towards, out=np.full_like(towards, _NEVER), where=towards > 1e-5)
        rays = np.arange(len(points)) if len(facets.spans) == 1 else np.flatnonzero(piece[bundle] == number)
        for part in np.split(rays, range(_CHUNK, len(rays), _CHUNK)):
            far = points[part] @ normals
            np.subtract(offsets, far, out=far)
            np.maximum(far, 1e-6, out=far)
            far *= inverse[bundle[part]]
            which = far.argmin(axis=1)
            met[part], reach[part] = faces[which], far[np.arange(len(part)), which]
    return met, reach


def _refracted(way, normal, cosine, ratio):
    """Return the directions behind a surface; `normal` looks against the way, `ratio` is of the indices."""
    under = np.maximum(1 - ratio**2 * (1 - cosine**2), 0)
    out = ratio * way + (ratio * cosine - np.sqrt(under))[:, None] * normal
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def _fresnel(cosine, ratio):
    """Return the share that a surface reflects, 1 where nothing gets through."""
    under = 1 - ratio**2 * (1 - cosine**2)
    behind = np.sqrt(np.maximum(under, 0))
    across = (ratio * cosine - behind) / (ratio * cosine + behind)
    along = (ratio * behind - cosine) / (ratio * behind + cosine)
    return np.where(under <= 0, 1.0, (across**2 + along**2) / 2)
