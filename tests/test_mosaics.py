"""The mosaics of notebook 04, the scores of label maps, and one row of its stored study."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from helpers import datasets, labels, masks, paths


@pytest.fixture(scope="module")
def fixed():
    return datasets.mnist_mosaics("test").arrays()


def quarters(mosaics):
    """Cut mosaics (n, 56, 56) into their quarters (4n, 28, 28)."""
    return mosaics.reshape(-1, 2, 28, 2, 28).swapaxes(2, 3).reshape(-1, 28, 28)


def grey_levels(images):
    return np.round(images[..., 0] * 255).astype(np.uint8)


def fingerprints(images):
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in images]


def test_each_test_digit_is_in_one_mosaic_and_no_training_digit_is(fixed):
    x, y = fixed
    assert x.shape == (2500, 56, 56, 1) and x.dtype == np.float32 and y.shape == (2500, 56, 56) and y.dtype == np.uint8
    found = fingerprints(quarters(grey_levels(x)))
    assert sorted(found) == sorted(fingerprints(datasets.mnist_arrays("test")[0]))
    assert not set(found) & set(fingerprints(datasets.mnist_arrays("train")[0]))


def test_label_maps_are_the_masks_and_the_digits(fixed):
    x, y = fixed
    images, digits = datasets.mnist_arrays("test")
    digit_of = dict(zip(fingerprints(images), digits, strict=True))
    tiles, maps = quarters(grey_levels(x)), quarters(y)
    assert np.array_equal(maps > 0, masks.foregrounds(tiles) > 0)
    for tile, label_map in zip(fingerprints(tiles), maps, strict=True):
        assert set(np.unique(label_map)) == {0, digit_of[tile] + 1}


def test_single_samples_are_those_of_the_arrays(fixed):
    samples = datasets.mnist_mosaics("test")
    for i in (0, 7, -1):
        assert np.array_equal(samples[i].image, fixed[0][i])
        assert np.array_equal(samples[i].target, fixed[1][i])
    assert len(samples.arrays(3)[0]) == 3


def test_the_mosaics_are_the_same_in_any_process(fixed):
    code = ("import hashlib; from helpers import datasets; x, y = datasets.mnist_mosaics('test').arrays(); "
            "print(hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest())")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=paths.ROOT)
    assert done.stdout.split()[-1] == hashlib.sha256(fixed[0].tobytes() + fixed[1].tobytes()).hexdigest()


def test_a_seed_decides_which_digits_meet():
    one, same, other = (datasets.mnist_mosaics("train", seed) for seed in (1, 1, 2))
    assert len(one) == 15_000
    assert np.array_equal(one[5].image, same[5].image) and one.fingerprint == same.fingerprint
    assert not np.array_equal(one[5].image, other[5].image) and one.fingerprint != other.fingerprint


def random_maps(seed, absent=()):
    rng = np.random.default_rng(seed)
    present = [label for label in range(11) if label not in absent]
    truth = rng.choice(present, (4, 20, 20))
    return truth, np.where(rng.random(truth.shape) < 0.7, truth, rng.choice(present, truth.shape))


def test_class_iou_is_that_of_scikit_learn():
    truth, predicted = random_maps(0)
    ours = labels.class_iou(labels.confusion(truth, predicted, 11))
    assert np.allclose(ours, jaccard_score(truth.ravel(), predicted.ravel(), average=None))
    macro = jaccard_score(truth.ravel(), predicted.ravel(), labels=range(1, 11), average="macro")
    assert np.nanmean(ours[1:]) == pytest.approx(macro)


def test_absent_classes_are_left_out_and_invented_ones_cost():
    truth, predicted = random_maps(1, absent=(4, 9))
    ours = labels.class_iou(labels.confusion(truth, predicted, 11))
    assert np.isnan(ours[[4, 9]]).all() and np.isfinite(np.delete(ours, [4, 9])).all()
    present = [1, 2, 3, 5, 6, 7, 8, 10]
    macro = jaccard_score(truth.ravel(), predicted.ravel(), labels=present, average="macro")
    assert np.nanmean(ours[1:]) == pytest.approx(macro)
    predicted[0, 0, 0] = 4
    assert labels.class_iou(labels.confusion(truth, predicted, 11))[4] == 0


def test_pooled_iou_is_that_of_the_one_hot_voxels():
    truth, predicted = random_maps(2)
    counts = labels.confusion(truth, predicted, 11)
    expected = jaccard_score(np.eye(11)[truth].ravel(), np.eye(11)[predicted].ravel())
    assert labels.pooled_iou(counts) == pytest.approx(expected)
    assert counts.sum() == truth.size and counts[3, 5] == ((truth == 3) & (predicted == 5)).sum()


@pytest.mark.parametrize(("truth", "predicted", "part"), [
    (np.zeros((2, 2), int), np.zeros((2, 3), int), "must be equal"),
    (np.zeros((2, 2), int), np.full((2, 2), 0.3), "whole labels"),
    (np.zeros((2, 2), int), np.full((2, 2), 11), "from 11 to 11"),
    (np.full((2, 2), -1), np.zeros((2, 2), int), "from -1 to -1"),
])
def test_a_confusion_of_what_is_no_label_map_is_refused(truth, predicted, part):
    with pytest.raises(ValueError, match=part):
        labels.confusion(truth, predicted, 11)


def test_a_row_of_the_study_can_be_made_again(study_row_again):
    row, stored = study_row_again("04")
    assert len(stored) == 9
    assert all(0 <= row[score] <= 1 for score in ("jaccard_pooled", "digit_miou", "windmill_digit_miou"))
