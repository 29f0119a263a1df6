"""One random transform for a picture and its mask together."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Ranges:
    """How far a random transform may go; each of its parts is drawn evenly from its range.

    ``zoom``: 0.2 scales by 0.8 to 1.2, both sides alike. ``rotation``: degrees, to either side.
    ``shift``: share of height and width, to either side. ``flip``: left and right changed in half
    of the cases. ``shear``: radians, to either side; 0.1 tilts an upright line by 5.7 degrees.
    ``brightness``: the lowest and the highest factor, of the picture only. The defaults are those
    of the hand project of notebook 10, with its shear read as radians.
    """

    zoom: float = 0.2
    rotation: float = 30.0
    shift: float = 0.1
    flip: bool = True
    shear: float = 0.1
    brightness: tuple[float, float] = (0.5, 1.5)


DEFAULT = Ranges()


def matrix(height: int, width: int, rng: np.random.Generator, ranges: Ranges = DEFAULT) -> np.ndarray:
    """Draw a transform about the middle of the picture: flip, scale, shear, turn, then shift.

    Parameters
    ----------
    height, width : int
        Of the picture, in pixels.
    rng : numpy Generator
        Six numbers are drawn from it, whatever the ranges are.
    ranges : Ranges

    Returns
    -------
    float64 array (2, 3)
        Maps x, y, 1 of the old picture to x, y of the new one: what ``cv2.warpAffine`` takes.
    """
    scale, angle, shear, right, down, flip = rng.uniform(-1, 1, 6)
    scale, angle, shear = 1 + ranges.zoom * scale, np.deg2rad(ranges.rotation * angle), ranges.shear * shear
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.array([[1, np.tan(shear)], [0, 1]])
    if ranges.flip and flip < 0:
        linear = linear @ np.diag([-1, 1])
    middle = np.array([width - 1, height - 1]) / 2  # of the pixel centres
    shift = ranges.shift * np.array([right * width, down * height])
    return np.column_stack([linear, middle + shift - linear @ middle])


def pair(image: np.ndarray, mask: np.ndarray, rng: np.random.Generator,
         ranges: Ranges = DEFAULT) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture and its mask, both moved by one and the same random transform.

    Between pixels the picture is interpolated; the mask takes the nearest pixel, so that it keeps
    its values. Only the picture becomes brighter or darker. What comes in from outside is the
    picture mirrored at its border, and the mask likewise: so an arm that leaves the picture goes on,
    in both, where black corners would teach the network that an arm ends at a straight edge.

    Parameters
    ----------
    image : uint8 array, or float32 array in 0..1, (height, width) or (height, width, channels)
    mask : uint8 array (height, width)
        Any labels.
    rng : numpy Generator
        Seven numbers are drawn from it: six for the movement, one for the brightness.
    ranges : Ranges

    Returns
    -------
    image, mask
        New arrays of the same shapes and dtypes.

    Raises
    ------
    ValueError
        If the two are not of one size, or of other dtypes.
    """
    if image.dtype not in (np.uint8, np.float32) or mask.dtype != np.uint8:
        raise ValueError(f"Found a picture of {image.dtype} and a mask of {mask.dtype}, expected uint8 or float32, "
                         "and uint8. Convert them with astype.")
    if image.shape[:2] != mask.shape or image.ndim not in (2, 3):
        raise ValueError(f"Found a picture of shape {image.shape} and a mask of shape {mask.shape}, expected "
                         "(height, width, channels) and (height, width). Resize one, or take off an axis.")
    move, factor, size = matrix(*mask.shape, rng, ranges), rng.uniform(*ranges.brightness), mask.shape[::-1]
    new_image = cv2.warpAffine(image, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    new_mask = cv2.warpAffine(mask, move, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101)
    return _brighter(new_image, factor).reshape(image.shape), new_mask


def several(images: np.ndarray, masks: np.ndarray, copies: int = 5, seed: int = 0,
            ranges: Ranges = DEFAULT) -> tuple[np.ndarray, np.ndarray]:
    """Make new pictures and masks from each training picture and its mask.

    Each copy has random numbers of its own, decided by the seed, the picture's place and the
    copy's number: more copies begin with the fewer ones, and another seed (one for each pass over the
    training set, say) gives other pictures.

    Parameters
    ----------
    images : uint8 array, or float32 array in 0..1, (n, height, width) or (n, height, width, channels)
    masks : uint8 array (n, height, width)
    copies : int
        How many new pictures for each old one.
    seed : int
        0 or above.
    ranges : Ranges

    Returns
    -------
    images, masks
        (n * copies, ...), of the same dtypes: the copies of the first picture, then of the second.
        The old ones are not among them.

    Raises
    ------
    ValueError
        As `pair`; and if there are not as many masks as pictures, or less than one copy is asked for.
    """
    if len(images) != len(masks):
        raise ValueError(f"Found {len(images)} pictures and {len(masks)} masks, expected as many of both.")
    if copies < 1:
        raise ValueError(f"Found copies={copies}, expected 1 or more.")
    new_images = np.empty((len(images), copies, *images.shape[1:]), images.dtype)
    new_masks = np.empty((len(masks), copies, *masks.shape[1:]), masks.dtype)
    for i, (image, mask) in enumerate(zip(images, masks, strict=True)):
        for copy in range(copies):
            rng = np.random.default_rng([seed, i, copy])
            new_images[i, copy], new_masks[i, copy] = pair(image, mask, rng, ranges)
    return new_images.reshape(-1, *images.shape[1:]), new_masks.reshape(-1, *masks.shape[1:])


def _brighter(image, factor):
    if image.dtype == np.uint8:
        return cv2.convertScaleAbs(image, alpha=factor)  # rounds, and stays within 0..255
    return np.minimum(image * np.float32(factor), 1)
