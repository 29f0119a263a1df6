"""Label maps in pure NumPy: which class is taken for which, and how well each class agrees."""

import numpy as np


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count how many pixels of each true class were given each class.

    Parameters
    ----------
    truth, predicted : int arrays of equal shape
        Label maps, any number of them; 0 to `classes` - 1.
    classes : int

    Returns
    -------
    int64 array (classes, classes)
        Row: the true class; column: the predicted one.

    Raises
    ------
    ValueError
        If the shapes differ, or a label is no class.
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"The label maps have shapes {truth.shape} and {predicted.shape}; they must be equal. "
                         "Turn scores into labels first: scores.argmax(axis=-1).")
    for labels in (truth, predicted):
        if labels.dtype.kind not in "biu":
            raise ValueError(f"Found {labels.dtype} values, expected whole labels 0 to {classes - 1}. "
                             "Turn scores into labels first: scores.argmax(axis=-1).")
        if labels.size and not (labels.min() >= 0 and labels.max() < classes):
            raise ValueError(f"Found labels from {labels.min()} to {labels.max()}, expected 0 to {classes - 1}.")
    pairs = truth.ravel().astype(np.int64) * classes + predicted.ravel()
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def class_iou(counts: np.ndarray) -> np.ndarray:
    """Return the intersection over union (Jaccard index) of each class.

    Parameters
    ----------
    counts : int array (classes, classes)
        As `confusion` returns them.

    Returns
    -------
    float64 array (classes,)
        NaN for a class that neither map holds: leave it out of a mean with ``np.nanmean``.
    """
    both = np.diag(counts)
    either = counts.sum(axis=0) + counts.sum(axis=1) - both
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)


def pooled_iou(counts: np.ndarray) -> float:
    """Return the Jaccard index of all one-hot voxels together, background included.

    Each wrong pixel is in the union twice, with its true and with its predicted class, so it is
    right / (right + 2 wrong).
    """
    right = np.trace(counts)
    return float(right / (2 * counts.sum() - right))
