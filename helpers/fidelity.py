"""How close a picture comes to the picture it should be: everywhere, or on the pixels of a mask only."""

import numpy as np


def mean_error(truth: np.ndarray, made: np.ndarray, inside: np.ndarray | None = None) -> np.ndarray:
    """Return the mean absolute error of each picture.

    Parameters
    ----------
    truth, made : float arrays (n, height, width, channels)
        Pictures in 0..1.
    inside : array (n, height, width), optional
        Non-zero where to compare; everywhere for None.

    Returns
    -------
    float64 array (n,)
        0..1; NaN where `inside` is empty.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    return _mean(np.abs(_difference(truth, made)), inside)


def psnr(truth: np.ndarray, made: np.ndarray, inside: np.ndarray | None = None) -> np.ndarray:
    """Return the peak signal-to-noise ratio of each picture: ``-10 log10`` of its mean squared error.

    Parameters and errors as in `mean_error`.

    Returns
    -------
    float64 array (n,)
        In decibels, high is good; infinite where the pictures are equal, NaN where `inside` is empty.
    """
    with np.errstate(divide="ignore"):
        return -10 * np.log10(_mean(_difference(truth, made) ** 2, inside))


def ssim(truth: np.ndarray, made: np.ndarray, inside: np.ndarray | None = None) -> np.ndarray:
    """Return the structural similarity of each picture: do light and dark lie alike around each pixel?

    It compares mean, variance and covariance in the 7x7 pixels around each pixel (Wang et al. 2004,
    doi:10.1109/TIP.2003.819861), as scikit-image computes it, and averages.

    Parameters and errors as in `mean_error`; pictures of at least 7x7 pixels.

    Returns
    -------
    float64 array (n,)
        -1..1, 1 for equal pictures; NaN where `inside` is empty.
    """
    from skimage.metrics import structural_similarity

    _difference(truth, made)
    maps = [structural_similarity(one, other, data_range=1.0, channel_axis=-1, full=True)[1]
            for one, other in zip(np.asarray(truth, float), np.asarray(made, float), strict=True)]
    return _mean(np.array(maps).reshape(np.shape(truth)), inside)


def _difference(truth, made):
    truth, made = np.asarray(truth), np.asarray(made)
    if truth.ndim != 4 or truth.shape != made.shape:
        raise ValueError(f"Found pictures of shapes {truth.shape} and {made.shape}, expected two stacks of equal shape "
                         "(n, height, width, channels). For one picture pass picture[None].")
    if truth.dtype.kind != "f" or made.dtype.kind != "f":
        raise ValueError(f"Found pictures of {truth.dtype} and {made.dtype}, expected floats in 0..1. "
                         "Divide whole grey levels by 255.")
    return made.astype(float) - truth.astype(float)


def _mean(values, inside):
    """Return the mean over pixels and channels of each picture, over those of its mask where there is one."""
    if inside is None:
        return values.mean(axis=(1, 2, 3))
    inside = np.asarray(inside) != 0
    if inside.shape != values.shape[:3]:
        raise ValueError(f"Found masks of shape {inside.shape} for pictures of shape {values.shape}, "
                         f"expected {values.shape[:3]}.")
    with np.errstate(invalid="ignore"):
        return (values.mean(axis=3) * inside).sum(axis=(1, 2)) / inside.sum(axis=(1, 2))
