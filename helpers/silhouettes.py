"""Two ways to find a diamond on its pale background without a network: MaskCreator's, and a closer one.

Notebook 12 takes both apart, step by step; these are the finished ones, for notebook 13 and the
batch command. Lengths are in pixels of a picture whose longer side is `SIDE`.
"""

import cv2
import numpy as np

SIDE = 256  # pixels: larger photos are looked at in this size; the outline found is finer than a pixel
PHOTO_SIDE = 600  # of the photos that MaskCreator was made for
GREY = np.array([0.2989, 0.5870, 0.1140])  # MATLAB's rgb2gray
REACH = np.arange(1.5, -6.01, -0.25)  # how far from a first outline the border is sought, outside first


def maskcreator(rgb: np.ndarray, power: float = 8, sigma: float | None = None, rule: float = 4) -> np.ndarray:
    """Return the mask of MaskCreator: the convex hull of the strong edges of the darkened photo.

    The photo in 0..1 is raised to a power, turned to grey and blurred. An edge pixel is one whose squared
    gradient is more than `rule` times the photo's mean (the automatic threshold of MATLAB's ``edge``)
    and at least that of its neighbours across the edge.

    Parameters
    ----------
    rgb : uint8 array (height, width, 3)
    power, rule : float
        The original's values.
    sigma : float, optional
        Of the blur, in pixels; for None the original's 2 pixels of a photo 600 pixels wide, to scale.

    Returns
    -------
    uint8 array (height, width) of 0 and 1; all zero where there is no edge
    """
    sigma = 2 * max(rgb.shape[:2]) / PHOTO_SIDE if sigma is None else sigma
    grey = (rgb / 255) ** power @ GREY
    size = 2 * int(np.ceil(2 * sigma)) + 1
    blurred = cv2.GaussianBlur(grey, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)
    return hull(thinned(*sobel(blurred), rule))


def sobel(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how fast a grey picture (height, width) rises to the right and downwards, per pixel."""
    return tuple(cv2.Sobel(grey, cv2.CV_64F, x, y, scale=1 / 8, borderType=cv2.BORDER_REPLICATE)
                 for x, y in ((1, 0), (0, 1)))


def thinned(right: np.ndarray, down: np.ndarray, rule: float = 4) -> np.ndarray:
    """Return where the squared gradient is above `rule` times its mean, and a maximum across the edge: bool."""
    squared = right**2 + down**2
    before, after = np.roll(squared, 1, axis=1), np.roll(squared, -1, axis=1)
    above, below = np.roll(squared, 1, axis=0), np.roll(squared, -1, axis=0)
    upright = (abs(right) >= abs(down)) & (before <= squared) & (squared > after)
    level = (abs(down) >= abs(right)) & (above <= squared) & (squared > below)
    return (squared > rule * squared.mean()) & (upright | level)


def hull(pixels: np.ndarray) -> np.ndarray:
    """Return the convex hull of the non-zero pixels' centres, drawn as a uint8 mask (height, width)."""
    mask = np.zeros(pixels.shape, np.uint8)
    points = cv2.findNonZero(pixels.astype(np.uint8))
    return mask if points is None else cv2.fillConvexPoly(mask, cv2.convexHull(points), 1)


def improved(rgb: np.ndarray) -> np.ndarray:
    """Return the mask of the closer pipeline: what has fine texture, its hull without clefts, its border measured.

    Parameters
    ----------
    rgb : uint8 array (height, width, 3)
        A diamond on a pale, smooth background. Of any size; a large one is measured at `SIDE` pixels.

    Returns
    -------
    uint8 array (height, width) of 0 and 1; all zero where nothing has texture
    """
    return (coverage(outline(rgb), rgb.shape[:2]) > 0.5).astype(np.uint8)


def outline(rgb: np.ndarray) -> np.ndarray:
    """Return the border of the diamond that `improved` finds: float32 (points, 2), x and y, pixel centres whole."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    small = rgb
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    mask = without_clefts(small, core(small))
    if not mask.any():
        return np.zeros((0, 2), np.float32)
    points = bridged(border(small, mask))
    return (points + 0.5) * [width / small.shape[1], height / small.shape[0]] - 0.5


def core(rgb: np.ndarray) -> np.ndarray:
    """Return the pixels with fine texture that belong together: uint8 (height, width).

    Texture is the difference between a little blur and a little more, in the colour where it is largest;
    shadows have none. It counts from 5 grey levels, and six times what is usual along the frame. Specks are
    dropped, and of what is left the largest group stays.
    """
    fine, coarse = (cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), sigma) for sigma in (0.5, 1.5))
    texture = np.abs(fine - coarse).max(axis=-1)
    edge = max(2, min(texture.shape) // 32)
    frame = np.concatenate([texture[:edge].ravel(), texture[-edge:].ravel(), texture[:, :edge].ravel(),
                            texture[:, -edge:].ravel()])
    textured = (texture > max(5, 6 * np.median(frame))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(textured, connectivity=8)
    textured &= (stats[:, cv2.CC_STAT_AREA] >= 12)[labels].astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(textured, cv2.MORPH_CLOSE, _disk(5)))
    return textured & (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0 * textured


def background(picture: np.ndarray, outside: np.ndarray, sigma: float) -> np.ndarray:
    """Continue a smooth background to where it cannot be seen: moving least squares.

    Around each pixel a plane is fitted to the pixels outside, near ones weighing most.

    Parameters
    ----------
    picture : float32 array (height, width, 3)
    outside : array (height, width)
        1 where the background is seen.
    sigma : float
        Of the Gaussian weights, in pixels.

    Returns
    -------
    float32 array (height, width, 3)
    """
    def near(values):
        return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)

    seen = outside.astype(np.float32)
    y, x = np.mgrid[:seen.shape[0], :seen.shape[1]].astype(np.float32)
    total = near(seen) + 1e-12
    mean_x, mean_y = near(seen * x) / total, near(seen * y) / total
    xx = near(seen * x * x) / total - mean_x**2 + 0.3  # the 0.3 keeps planes level where little is seen
    yy = near(seen * y * y) / total - mean_y**2 + 0.3
    xy = near(seen * x * y) / total - mean_x * mean_y
    planes = []
    for values in np.moveaxis(picture, -1, 0):
        mean = near(seen * values) / total
        with_x = near(seen * x * values) / total - mean_x * mean
        with_y = near(seen * y * values) / total - mean_y * mean
        rise_x, rise_y = yy * with_x - xy * with_y, xx * with_y - xy * with_x
        planes.append(mean + (rise_x * (x - mean_x) + rise_y * (y - mean_y)) / (xx * yy - xy**2))
    return np.stack(planes, axis=-1)


def without_clefts(rgb: np.ndarray, core: np.ndarray) -> np.ndarray:
    """Return the hull of a core without what looks like background in it and is open to the outside.

    Parameters
    ----------
    rgb : uint8 array (height, width, 3)
    core : uint8 array (height, width)

    Returns
    -------
    uint8 array (height, width)
    """
    whole = hull(core)
    deep = cv2.distanceTransform(whole, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - whole, cv2.DIST_L2, 5) > 2
    picture = rgb.astype(np.float32)
    differs = np.abs(cv2.GaussianBlur(picture - background(picture, outside, 6), (0, 0), 1)).max(axis=-1) > 4
    plain = whole & (1 - cv2.dilate(core, _disk(1))) & (1 - differs.astype(np.uint8))
    wide = cv2.morphologyEx(plain, cv2.MORPH_OPEN, _disk(4))
    _, labels = cv2.connectedComponents(wide | (1 - whole), connectivity=4)
    open_to_outside = wide & np.isin(labels, np.unique(labels[whole == 0])).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_to_outside)
    clefts = np.isin(labels, np.setdiff1d(labels[deep >= 4], 0)).astype(np.uint8)
    return whole & (1 - (cv2.dilate(clefts, _disk(4)) & plain))


def border(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return where along the normals of a mask's outline the stone begins: float32 (points, 2), x and y.

    Coming from outside, it is where the difference to the continued background first exceeds 9 grey
    levels, and half of the largest one within the next 1.5 pixels; then the median of nine neighbours.

    Parameters
    ----------
    rgb : uint8 array (height, width, 3)
    mask : uint8 array (height, width)
        The stone with a margin of up to 6 pixels.
    """
    start, normals = _normals(mask)
    low = np.maximum(start.min(axis=0).astype(int) - 12, 0)
    part = np.s_[low[1]:int(start[:, 1].max()) + 13, low[0]:int(start[:, 0].max()) + 13]
    picture = rgb[part].astype(np.float32)
    outside = cv2.distanceTransform(1 - mask[part], cv2.DIST_L2, 5) > 1
    places = (start - low)[:, None] + normals[:, None] * REACH[:, None]
    x, y = np.moveaxis(places.astype(np.float32), -1, 0)
    differs = np.abs(cv2.remap(picture - background(picture, outside, 2.5), x, y, cv2.INTER_LINEAR)).max(axis=-1)
    ahead = np.lib.stride_tricks.sliding_window_view(np.pad(differs, ((0, 0), (0, 6)), "edge"), 7, axis=1).max(axis=-1)
    begins = differs > np.maximum(9, 0.5 * ahead)
    found = begins.any(axis=1)
    shift = REACH[begins.argmax(axis=1)]
    shift = np.where(found, shift, np.median(shift[found]) if found.any() else 0)
    shift = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(shift, 4, "wrap"), 9), axis=1)
    return (start + normals * shift[:, None]).astype(np.float32)


def bridged(points: np.ndarray, shallow: float = 3) -> np.ndarray:
    """Return a closed outline with a straight line over every dent of less than so many pixels: (points, 2)."""
    fixed = np.round(points * 64).astype(np.int32)[:, None]  # OpenCV wants whole numbers
    corners = np.sort(cv2.convexHull(fixed, returnPoints=False), axis=0)[::-1]
    keep = np.ones(len(points), bool)
    try:
        dents = cv2.convexityDefects(fixed, corners)
    except cv2.error:  # an outline that crosses itself
        return points
    for first, last, _, depth in dents[:, 0] if dents is not None else ():
        if depth / 256 / 64 < shallow:
            keep[np.arange(first + 1, last if last > first else last + len(points)) % len(points)] = False
    return points[keep]


def coverage(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the share of each pixel that lies inside an outline: float32 (height, width) in 0..1."""
    pixels = size[0] * size[1]
    finer = 8 if pixels < 100_000 else 4 if pixels < 500_000 else 2 if pixels < 4_000_000 else 1
    drawn = np.zeros((size[0] * finer, size[1] * finer), np.uint8)
    if len(points) > 2:
        fixed = np.round(((points + 0.5) * finer - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(drawn, [fixed], 255, shift=4)
    return cv2.resize(drawn, size[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _normals(mask):
    """Return points a pixel apart along the largest outline of a mask, smoothed, and the directions outwards."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)[:, 0].astype(np.float32)
    closed = np.vstack([contour, contour[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.linspace(0, along[-1], max(16, int(along[-1])), endpoint=False)
    points = np.stack([np.interp(at, along, axis) for axis in closed.T], axis=1)
    weights = cv2.getGaussianKernel(13, 2)[:, 0]
    points = np.stack([np.convolve(np.pad(axis, 6, "wrap"), weights, "valid") for axis in points.T], axis=1)
    ahead = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-9
    outwards = ahead[:, ::-1] * [1, -1]
    clockwise = cv2.contourArea(points.astype(np.float32), oriented=True) > 0
    return points, outwards if clockwise else -outwards


def _disk(radius):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
