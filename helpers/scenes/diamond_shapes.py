"""Cut diamonds as polyhedra: for each of D360's 14 shape labels an outline, and facets around it.

A stone is one convex polyhedron, given by its facets' planes; a heart is two, mirrored halves that
meet in a plane light passes through. Its table looks along +z, its girdle lies around z = 0, and
half its width is about 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, HalfspaceIntersection

# What each label of D360 is drawn as. Its authors publish no list; the trade's codes are clear for
# all but two: RD beside BR, both round, is drawn as an older cut (high crown, small table), and PE
# beside PS, both pears, as a short pear with a stepped crown.
SHAPES = {
    "PS": "pear", "RA": "radiant", "PR": "princess", "EM": "emerald", "BR": "round brilliant", "MQ": "marquise",
    "SEM": "square emerald", "OV": "oval", "HS": "heart", "CMB": "cushion modified brilliant", "PE": "short pear",
    "RD": "round, old cut", "TRI": "trilliant", "AS": "Asscher",
}
STEPPED = ("EM", "SEM", "AS")
ANGULAR = ("RA", "PR", *STEPPED)
TABLE, CROWN, GIRDLE, PAVILION, PORTAL = range(5)  # kinds of facet; a portal is no surface, light goes straight on


@dataclass(frozen=True)
class Piece:
    """One convex polyhedron: the points with ``normals @ point <= offsets``.

    ``normals``: float64 (facets, 3), unit length, outwards; ``offsets``: (facets,); ``kinds``: int
    (facets,), TABLE to PORTAL; ``corners``: (corners, 3).
    """

    normals: np.ndarray
    offsets: np.ndarray
    kinds: np.ndarray
    corners: np.ndarray


def stone(shape: str, rng: np.random.Generator) -> tuple[Piece, ...]:
    """Return a stone of a shape, proportions and small errors of the cut drawn from `rng`.

    Parameters
    ----------
    shape : str
        One of `SHAPES`.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of Piece
        One; two for a heart.

    Raises
    ------
    ValueError
        If there is no such shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"There is no diamond shape {shape!r}. There are: {', '.join(SHAPES)}.")
    rim = outline(shape, rng)
    planes = _stepped(shape, rim, rng) if shape in STEPPED else _brilliant(shape, rim, rng)
    normals, offsets, kinds = (np.concatenate(parts) for parts in zip(*planes, strict=True))
    if shape != "HS":
        return (_piece(normals, offsets, kinds, np.zeros(3)),)
    normals = np.concatenate([normals, [[-1.0, 0, 0]]])
    offsets, kinds = np.append(offsets, 0.0), np.append(kinds, PORTAL)
    half = _piece(normals, offsets, kinds, np.array([0.3, 0, 0]))
    mirror = np.array([-1.0, 1, 1])
    return half, Piece(half.normals * mirror, half.offsets, half.kinds, half.corners * mirror)


def outline(shape: str, rng: np.random.Generator) -> np.ndarray:
    """Return a girdle's outline seen from above: float64 (corners, 2), anticlockwise and convex.

    Of a heart it is the right half, closed by the line x = 0.
    """
    angle = np.linspace(0, 2 * np.pi, 44, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if shape in ("BR", "RD"):
        rim = circle
    elif shape == "OV":
        rim = circle * [rng.uniform(1.2, 1.55), 1]
    elif shape == "CMB":
        power = 2 / rng.uniform(2.4, 4)
        rim = np.sign(circle) * np.abs(circle) ** power * [rng.uniform(1, 1.25), 1]
    elif shape == "MQ":
        quarter = _arc((rng.uniform(1.65, 2.15), 0), 12)
        rim = np.concatenate([quarter, quarter * [-1, 1], quarter * [1, -1], -quarter])
    elif shape in ("PS", "PE"):
        tip = _arc((rng.uniform(1.5, 2) if shape == "PS" else rng.uniform(1.15, 1.4), 0), 14)
        back = circle[(angle > 1.7) & (angle < 4.6)] * [rng.uniform(0.9, 1.05), 1]
        rim = np.concatenate([tip, back, tip[1:][::-1] * [1, -1]])
        rim = rim - [(rim[:, 0].max() + rim[:, 0].min()) * 0.3, 0]
    elif shape == "TRI":
        bulge = rng.uniform(0.08, 0.22)
        corner = np.array([[np.cos(a), np.sin(a)] for a in np.pi / 2 + np.arange(3) * 2 * np.pi / 3]) * 1.25
        sides = []
        for a, b in zip(corner, np.roll(corner, -1, axis=0), strict=True):
            along = np.linspace(0, 1, 11)[:-1, None]
            middle = (a + b) / 2
            sides.append(a + (b - a) * along + 4 * along * (1 - along) * bulge * middle / np.linalg.norm(middle))
        rim = np.concatenate(sides)
    elif shape == "HS":
        rim = _half_heart(rng)
    else:
        rim = _cut_rectangle(shape, rng)
    return rim[ConvexHull(rim).vertices]


def _arc(tip, count):
    """Return the arc from a tip on the x axis to (0, 1), where it runs level; the tip first."""
    length = tip[0]
    radius = (length**2 + 1) / 2
    turn = np.arcsin(length / radius) if radius >= 1 and radius - 1 <= radius else np.pi / 2
    angle = np.linspace(turn, 0, count)
    return np.stack([radius * np.sin(angle), 1 - radius + radius * np.cos(angle)], axis=1)


def _cut_rectangle(shape, rng):
    longest = {"EM": (1.25, 1.55), "RA": (1, 1.4), "PR": (1, 1.08), "SEM": (1, 1.08), "AS": (1, 1.04)}[shape]
    cut = rng.uniform(*{"EM": (0.22, 0.34), "RA": (0.18, 0.34), "PR": (0.01, 0.04), "SEM": (0.24, 0.36),
                        "AS": (0.4, 0.56)}[shape])
    x = rng.uniform(*longest)
    corner = np.array([[x, 1 - cut], [x - cut, 1]])
    top = np.concatenate([corner, corner[::-1] * [-1, 1]])
    return np.concatenate([top, -top])


def _half_heart(rng):
    middle, height = 0.52, 0.3
    radius = rng.uniform(0.545, 0.6)
    cleft = np.arccos(-middle / radius)  # where the lobe's circle meets x = 0
    lobe = np.linspace(0, cleft, 18)
    lobe = np.stack([middle + radius * np.cos(lobe), height + radius * np.sin(lobe)], axis=1)
    right, tip = middle + radius, rng.uniform(0.85, 1.1)
    drop = height + tip
    arc = (right**2 + drop**2) / (2 * right)
    angle = np.linspace(0, np.arcsin(min(drop / arc, 1)), 14)[1:]
    side = np.stack([right - arc + arc * np.cos(angle), height - arc * np.sin(angle)], axis=1)
    straight = np.stack([right * np.linspace(1, 0, 14)[1:], height - drop * np.linspace(0, 1, 14)[1:]], axis=1)
    side = side + (straight - side) * rng.uniform(0, 0.5)
    side[-1] = 0, -tip
    return np.concatenate([side[::-1], lobe])


def _around(rim, places, inner=True):
    """Return outward unit normals at places 0..1 around an outline, by the angle seen from its middle."""
    following = np.roll(rim, -1, axis=0)
    run = following - rim
    normal = np.stack([run[:, 1], -run[:, 0]], axis=1)
    length = np.linalg.norm(normal, axis=1)
    middle = (rim + following) / 2
    keep = ~((np.abs(middle[:, 0]) < 1e-9) & (length > 0.5))  # not the line that closes half a heart
    normal, length = normal[keep] / length[keep, None], length[keep]
    centre = (np.cumsum(length) - length / 2) / length.sum()
    # Between two sides the normal turns smoothly, as facets of a round stone do.
    place = np.asarray(places) % 1
    turned = np.unwrap(np.arctan2(normal[:, 1], normal[:, 0]))
    turned = np.concatenate([[turned[-1] - 2 * np.pi], turned, [turned[0] + 2 * np.pi]])
    centre = np.concatenate([[centre[-1] - 1], centre, [centre[0] + 1]])
    angle = np.interp(place, centre, turned)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _support(rim, normals):
    return (normals @ rim.T).max(axis=1)


def _rows(azimuths, reach, slopes, heights, kind, rng):
    """Return planes through the points at `reach` along `azimuths`, `heights` up, that rise by `slopes` (radians)."""
    slopes = slopes + rng.normal(0, 0.005, len(azimuths))
    down = -1.0 if kind == PAVILION else 1.0
    normals = np.concatenate([azimuths * np.sin(slopes)[:, None], down * np.cos(slopes)[:, None]], axis=1)
    points = np.concatenate([azimuths * reach[:, None], np.broadcast_to(heights, reach.shape)[:, None]], axis=1)
    return normals, (normals * points).sum(axis=1), np.full(len(azimuths), kind)


def _flat(height, kind, down=False):
    return np.array([[0, 0, -1.0 if down else 1.0]]), np.array([height]), np.array([kind])


def _wall(rim):
    """Return the girdle's own planes, upright, one a side of the outline."""
    run = np.roll(rim, -1, axis=0) - rim
    normal = np.stack([run[:, 1], -run[:, 0]], axis=1) / np.linalg.norm(run, axis=1)[:, None]
    keep = ~((np.abs(rim[:, 0]) < 1e-9) & (np.abs(np.roll(rim, -1, axis=0)[:, 0]) < 1e-9))
    normal, corner = normal[keep], rim[keep]
    upright = np.concatenate([normal, np.zeros((len(normal), 1))], axis=1)
    return upright, (normal * corner).sum(axis=1), np.full(len(normal), GIRDLE)


def _brilliant(shape, rim, rng):
    """Return the planes of a brilliant cut: mains, halves, stars and, in modified cuts, another row."""
    half = rng.uniform(0.015, 0.045)  # of the girdle's thickness
    old = shape == "RD"
    table = rng.uniform(0.42, 0.54) if old else rng.uniform(0.54, 0.68)
    crown = (rng.uniform(0.36, 0.42) if old else rng.uniform(0.24, 0.34)) + half
    deep = rng.uniform(0.82, 0.95) * (1.12 if shape in ("RA", "PR", "CMB") else 1) + half
    mains = {"HS": 5, "MQ": 8, "TRI": 6, "RA": 8, "PR": 8}.get(shape, 8)
    shift = 0.5 if shape in ("RA", "PR", "TRI", "HS") else 0.0
    at = (np.arange(mains) + shift) / mains
    step = 1 / mains

    def faces(places):
        azimuths = _around(rim, np.asarray(places))
        azimuths = azimuths + rng.normal(0, 0.006, azimuths.shape)
        azimuths /= np.linalg.norm(azimuths, axis=1, keepdims=True)
        return azimuths, _support(rim, azimuths)

    planes = [_flat(crown, TABLE), _wall(rim)]
    azimuths, reach = faces(at)
    rise = np.arctan2(crown - half, (1 - table) * reach)
    planes.append(_rows(azimuths, reach, rise, half, CROWN, rng))
    fall = np.arctan2(deep - half, reach)
    planes.append(_rows(azimuths, reach, fall, -half, PAVILION, rng))
    azimuths, reach = faces(np.concatenate([at - step / 4, at + step / 4]))
    rise = np.arctan2(crown - half, (1 - table) * reach)
    planes.append(_rows(azimuths, reach, rise + rng.uniform(0.08, 0.15), half, CROWN, rng))
    fall = np.arctan2(deep - half, reach)
    planes.append(_rows(azimuths, reach, fall + rng.uniform(0.02, 0.05), -half, PAVILION, rng))
    azimuths, reach = faces(at + step / 2)
    rise = np.arctan2(crown - half, (1 - table) * reach)
    planes.append(_rows(azimuths, reach * table * rng.uniform(0.92, 0.97), rise * rng.uniform(0.55, 0.7), crown,
                        CROWN, rng))
    modified = shape in ("RA", "PR", "CMB", "PE")
    for row in range(2 if modified else int(rng.random() < 0.35)):
        # Another row near the girdle, steeper: what the trade calls a modified cut.
        azimuths, reach = faces(np.concatenate([at + step / 2, at + step / 8, at - step / 8]) + row * step / 16)
        fall = np.arctan2(deep - half, reach)
        planes.append(_rows(azimuths, reach, fall + rng.uniform(0.07, 0.12) * (1 + row), -half, PAVILION, rng))
    if shape == "PR":
        corner = np.array([[1.0, 1], [-1, 1], [-1, -1], [1, -1]]) / np.sqrt(2)
        fall = np.arctan2(deep - half, _support(rim, corner))
        planes.append(_rows(corner, _support(rim, corner), fall, -half, PAVILION, rng))
    if old or rng.random() < 0.15:
        planes.append(_flat(deep * rng.uniform(0.9, 0.97), PAVILION, down=True))  # an open culet
    return planes


def _stepped(shape, rim, rng):
    """Return the planes of a step cut: rows of facets parallel to the girdle, above and below."""
    half = rng.uniform(0.02, 0.05)
    azimuths = _wall(rim)[0][:, :2]
    reach = _support(rim, azimuths)
    planes = [_wall(rim)]
    inset, height = 0.0, half
    for slope, wide in zip(np.radians([48, 38, 28]) + rng.normal(0, 0.04, 3), (0.12, 0.13, 0.14), strict=True):
        wide = wide * rng.uniform(0.75, 1.1)
        planes.append(_rows(azimuths, reach - inset, np.full(len(reach), slope), height, CROWN, rng))
        inset, height = inset + wide, height + wide * np.tan(slope)
    planes.append(_flat(height, TABLE))
    inset, height = 0.0, half
    for slope, wide in zip(np.radians([57, 47, 37]) + rng.normal(0, 0.04, 3), (0.28, 0.3, 2), strict=True):
        wide = wide * rng.uniform(0.8, 1.15)
        planes.append(_rows(azimuths, reach - inset, np.full(len(reach), slope), -height, PAVILION, rng))
        inset, height = inset + wide, height + wide * np.tan(slope)
    return planes


def _piece(normals, offsets, kinds, inside):
    found = HalfspaceIntersection(np.column_stack([normals, -offsets]), inside)
    corners = found.intersections[np.isfinite(found.intersections).all(axis=1)]
    touched = (np.abs(normals @ corners.T - offsets[:, None]) < 1e-7).sum(axis=1) >= 3
    normals, offsets, kinds = normals[touched], offsets[touched], kinds[touched]
    return Piece(normals, offsets, kinds, np.unique(np.round(corners, 9), axis=0))
