"""Masks in pure NumPy: thresholds, enclosing circles, mosaics, and how well two masks agree.

Everything works on a whole stack of pictures at once. A mask is any array in which non-zero
means "object"; positions are pixel centres, x to the right and y down, starting at 0.
"""

import numpy as np

from helpers import enclosing

LEVELS = 256  # grey levels of an 8-bit picture
_PART = 4_000_000  # numbers at a time: no intermediate array of counts exceeds 32 MB, however many pictures there are


def histograms(images: np.ndarray) -> np.ndarray:
    """Count the pixels at every grey level.

    Parameters
    ----------
    images : uint8 array (n, height, width)

    Returns
    -------
    int64 array (n, 256)
    """
    images = _grey_levels(images)
    counts = np.empty((len(images), LEVELS), np.int64)
    for part in _parts(images):
        own = LEVELS * np.arange(len(images[part]))[:, None, None]  # each picture gets 256 numbers of its own
        counts[part] = np.bincount((images[part] + own).ravel(), minlength=LEVELS * len(own)).reshape(-1, LEVELS)
    return counts


def tss_curve(counts: np.ndarray) -> np.ndarray:
    """Return the within-group sum of squares for every threshold.

    Threshold t makes two groups, the pixels ``<= t`` and the pixels ``> t``. The value at t is the
    sum over both groups of the squared distances of their grey levels to the group's mean.

    Parameters
    ----------
    counts : int64 array (n, 256)
        As `histograms` returns them.

    Returns
    -------
    float64 array (n, 256)
        In squared grey levels; infinite where one of the groups is empty.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[1] != LEVELS:
        raise ValueError(f"Found counts of shape {counts.shape}, expected (n, {LEVELS}), "
                         "as histograms(images) returns them.")
    grey = np.arange(float(LEVELS))  # float: the squares of large pictures would overflow an int64
    below = np.cumsum(counts, axis=1)
    sum_below = np.cumsum(counts * grey, axis=1)
    above, sum_above = below[:, -1:] - below, sum_below[:, -1:] - sum_below
    squares = (counts * grey**2).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = squares - sum_below**2 / below - sum_above**2 / above
    return np.where((below > 0) & (above > 0), curve, np.inf)


def tss_thresholds(images: np.ndarray) -> np.ndarray:
    """Return for each picture the grey level that minimises the within-group sum of squares.

    It is the threshold of Otsu (1979, doi:10.1109/TSMC.1979.4310076): the total sum of squares is
    fixed, so the smallest sum within the groups is the largest between them. Of equal minima the
    lowest grey level is taken (where scikit-image lets its rounding decide). The foreground is
    ``image > threshold``.

    Parameters
    ----------
    images : uint8 array (n, height, width)

    Returns
    -------
    uint8 array (n,)
        For a picture of one grey level that level, so that its foreground is empty.
    """
    images = _grey_levels(images)
    thresholds = np.empty(len(images), np.uint8)
    # Symmetric histograms have equal minima, which rounding would tell apart.
    rounding = 4 * np.finfo(float).eps * LEVELS**2 * images.shape[1] * images.shape[2]
    for part in _parts(images):
        curve = tss_curve(histograms(images[part]))
        constant = np.isinf(curve).all(axis=1)
        lowest = (curve <= curve.min(axis=1, keepdims=True) + rounding).argmax(axis=1)
        thresholds[part] = np.where(constant, images[part, 0, 0], lowest)
    return thresholds


def foregrounds(images: np.ndarray) -> np.ndarray:
    """Return the TSS masks of uint8 pictures (n, height, width): uint8, 1 = foreground."""
    images = np.asarray(images)
    return (images > tss_thresholds(images)[:, None, None]).astype(np.uint8)


def enclosing_circles(masks: np.ndarray) -> np.ndarray:
    """Return the smallest circle around the foreground pixel centres of each mask.

    All masks advance together, each growing a support set: start from one pixel, find the
    pixel farthest outside, and replace the circle by the smallest one around the old support and
    the new pixel, until no pixel is outside. The radius grows at every step and there are finitely
    many supports, so it ends at the minimum enclosing circle (an LP-type problem: Welzl 1991,
    doi:10.1007/BFb0038202; Gaertner 1999, doi:10.1007/3-540-48481-7_29).

    Parameters
    ----------
    masks : array (n, height, width)
        Non-zero = foreground.

    Returns
    -------
    float64 array (n, 3)
        Centre x, centre y, radius, in pixels; NaN where a mask is empty. A single pixel has
        radius 0.
    """
    masks = _yes_no(_stack(masks))
    circles = np.empty((len(masks), 3))
    for part in _parts(masks):
        circles[part] = enclosing.around(*enclosing.row_ends(masks[part]))
    return circles


def disks(circles: np.ndarray, height: int, width: int) -> np.ndarray:
    """Draw circles as filled masks: a pixel belongs to a disk if its centre lies in it.

    Parameters
    ----------
    circles : float array (n, 3)
        Centre x, centre y, radius, in pixels; NaN for an empty mask, as `enclosing_circles` returns it.
    height, width : int

    Returns
    -------
    uint8 array (n, height, width)
    """
    drawn = np.zeros((len(circles), height, width), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    for part in _parts(drawn):
        x, y, radius = (np.asarray(circles)[part, i, None, None] for i in range(3))
        drawn[part] = np.hypot(columns - x, rows - y) <= radius + 1e-9
    return drawn


def mosaics(tiles: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Place four pictures 2x2: top left, top right, bottom left, bottom right.

    Parameters
    ----------
    tiles : array (n, height, width)
        Pictures, or their masks or label maps.
    chosen : int array (m, 4)
        Which four tiles make each mosaic.

    Returns
    -------
    array (m, 2 * height, 2 * width), of the tiles' dtype
    """
    tiles, chosen = _stack(tiles), np.asarray(chosen)
    if chosen.ndim != 2 or chosen.shape[1] != 4:
        raise ValueError(f"Found choices of shape {chosen.shape}, expected (m, 4): four tiles for each mosaic.")
    height, width = tiles.shape[1:]
    four = tiles[chosen].reshape(-1, 2, 2, height, width)
    return four.transpose(0, 1, 3, 2, 4).reshape(-1, 2 * height, 2 * width)


def iou(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return the intersection over union (Jaccard index) of each pair of masks.

    Parameters
    ----------
    truth, predicted : arrays (n, ...) of equal shape
        Non-zero = object. Threshold probabilities first.

    Returns
    -------
    float64 array (n,)
        0..1; 1 where both masks are empty, since they agree.
    """
    both, either = _overlap(truth, predicted)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def pooled_iou(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Return one intersection over union for all masks together, as if they were one picture.

    Large objects weigh more than in the mean of `iou`. 1 if all masks are empty.
    """
    both, either = _overlap(truth, predicted)
    return float(both.sum() / either.sum()) if either.sum() else 1.0


def dice(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return the Dice coefficient (F1 of the pixels) of each pair of masks; 1 if both are empty.

    Parameters and result as in `iou`.
    """
    both, either = _overlap(truth, predicted)
    return np.where(either > 0, 2 * both / np.maximum(both + either, 1), 1.0)


def disk_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the exact intersection over union of each pair of disks, whatever pixels they cover.

    Two disks share two circular segments, cut off by the chord through the points where their
    circles cross; with no crossing they share all of the smaller one, or nothing.

    Parameters
    ----------
    a, b : float arrays (n, 3)
        Centre x, centre y, radius; a radius below 0 counts as 0. One of the two may be a single circle.

    Returns
    -------
    float64 array (n,)
        0..1; 1 for two equal points (radius 0), 0 for a point and anything else.

    Raises
    ------
    ValueError
        If an array has not three columns.
    """
    a, b = np.broadcast_arrays(*(np.atleast_2d(np.asarray(circles, float)) for circles in (a, b)))
    if a.ndim != 2 or a.shape[1] != 3:
        raise ValueError(f"Found circles of shape {a.shape}, expected rows of centre x, centre y, radius: (n, 3).")
    r, s = (np.maximum(circles[:, 2], 1e-9) for circles in (a, b))  # no division by zero, and no area either
    distance = np.maximum(np.hypot(*(a[:, :2] - b[:, :2]).T), 1e-15)
    to_chord = (distance**2 + r**2 - s**2) / (2 * distance)  # from the centre of a; beyond the rim: no crossing
    both = _segment(r, to_chord) + _segment(s, distance - to_chord)
    return both / (np.pi * (r**2 + s**2) - both)


def _segment(radius, x):
    """Return the area that a chord at distance x from the centre cuts off a disk: all of it for x <= -radius."""
    share = np.clip(x / radius, -1, 1)
    return radius**2 * (np.arccos(share) - share * np.sqrt(1 - share**2))


def _overlap(truth, predicted):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"The masks have shapes {truth.shape} and {predicted.shape}; they must be equal. "
                         "Resize one, or remove a channel axis with mask[..., 0].")
    truth, predicted = _yes_no(truth), _yes_no(predicted)
    axes = tuple(range(1, truth.ndim))
    return (truth & predicted).sum(axis=axes), (truth | predicted).sum(axis=axes)


def _yes_no(masks):
    if masks.dtype.kind == "f" and not np.isin(masks, (0, 1)).all():
        raise ValueError("A mask holds values other than 0 and 1, so it is no mask but probabilities or grey "
                         "levels. Threshold first, for example mask > 0.5.")
    return masks != 0


def _stack(images):
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(f"Found an array of shape {images.shape}, expected a stack (n, height, width). "
                         "For one picture pass image[None]; for colours choose a channel.")
    if 0 in images.shape[1:]:
        raise ValueError(f"Found an array of shape {images.shape}: its pictures have no pixels.")
    return images


def _parts(stack):
    """Return slices that cut a stack into parts of about `_PART` numbers (256 counts a picture included)."""
    step = max(1, _PART // max(stack.shape[1] * stack.shape[2], LEVELS))
    return [slice(first, first + step) for first in range(0, len(stack), step)]


def _grey_levels(images):
    images = _stack(images)
    if images.dtype.kind not in "biu":
        raise ValueError(f"Found {images.dtype} values, expected whole grey levels (uint8). "
                         "For pictures in 0..1 pass (image * 255).round().astype('uint8').")
    if images.dtype not in (np.uint8, bool) and images.size and not (images.min() >= 0 and images.max() < LEVELS):
        raise ValueError(f"Found grey levels from {images.min()} to {images.max()}, expected 0 to {LEVELS - 1}. "
                         "Scale 16-bit pictures down first.")
    return images
