"""One transform for a picture and its mask: they stay on each other, and one seed gives one result."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from helpers import augment, masks

HEIGHT, WIDTH = 128, 96
STILL = augment.Ranges(zoom=0, rotation=0, shift=0, flip=False, shear=0, brightness=(1, 1))


@pytest.fixture(scope="module")
def scene():
    """A blurred blob that is red on blue, and the mask of what is red."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    mask = ((np.hypot(x - 40, (y - 60) / 1.4) < 25) | ((abs(x - 55) < 9) & (y > 60))).astype(np.uint8)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6)[..., None]
    image = soft * np.float32([0.6, 0.1, 0.1]) + (1 - soft) * np.float32([0.1, 0.1, 0.6])
    return image.astype(np.float32), mask


def _red(image):
    return (image[..., 0] > image[..., 2]).astype(np.uint8)


def test_picture_and_mask_stay_on_each_other(scene):
    image, mask = scene
    for factor in (np.float32, np.uint8):
        given = image if factor is np.float32 else np.round(image * 255).astype(np.uint8)
        new_images, new_masks = augment.several(given[None], mask[None], copies=60, seed=3)
        agreement = masks.iou(new_masks, np.stack([_red(new) for new in new_images]))
        assert agreement.min() > 0.975 and agreement.mean() > 0.985
        assert masks.iou(new_masks[:-1], new_masks[1:]).mean() < 0.8, "the copies hardly differ"


def test_masks_keep_their_values_and_both_their_types(scene):
    image, mask = scene
    labels = mask * np.uint8(7) + (np.arange(WIDTH) < 30).astype(np.uint8)
    new_image, new_labels = augment.pair(image, labels, np.random.default_rng(0))
    assert set(np.unique(new_labels)) <= set(np.unique(labels))
    assert new_image.dtype == np.float32 and new_image.shape == image.shape and new_labels.dtype == np.uint8
    for shape in ((HEIGHT, WIDTH), (HEIGHT, WIDTH, 1)):
        new_image, _ = augment.pair(image[..., 0].reshape(shape), mask, np.random.default_rng(0))
        assert new_image.shape == shape
    grey = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    bright = augment.pair(grey, mask, np.random.default_rng(0), replace(STILL, brightness=(1.5, 1.5)))[0]
    assert bright.dtype == np.uint8 and (bright == 255).all()
    assert augment.pair(image, mask, np.random.default_rng(0), replace(STILL, brightness=(9, 9)))[0].max() <= 1


def test_brightness_is_for_the_picture_only(scene):
    image, mask = scene
    new_image, new_mask = augment.pair(image, mask, np.random.default_rng(1), replace(STILL, brightness=(0.5, 0.5)))
    assert np.allclose(new_image, image / 2) and np.array_equal(new_mask, mask)


def test_nothing_asked_for_is_nothing_done(scene):
    image, mask = scene
    new_image, new_mask = augment.pair(image, mask, np.random.default_rng(1), STILL)
    assert np.array_equal(new_image, image) and np.array_equal(new_mask, mask)


@pytest.mark.parametrize(("only", "expected"), [
    ({"zoom": 0.2}, lambda m: 0.8 <= m[0, 0] <= 1.2 and m[0, 0] == m[1, 1] and m[0, 1] == m[1, 0] == 0),
    ({"rotation": 30}, lambda m: abs(np.degrees(np.arctan2(m[1, 0], m[0, 0]))) <= 30
        and np.isclose(np.linalg.det(m[:, :2]), 1)),
    ({"shift": 0.1}, lambda m: abs(m[0, 2]) <= 0.1 * WIDTH and abs(m[1, 2]) <= 0.1 * HEIGHT),
    ({"flip": True}, lambda m: (m[0, 0], m[0, 2]) in ((1, 0), (-1, WIDTH - 1)) and m[1].tolist() == [0, 1, 0]),
    ({"shear": 0.1}, lambda m: abs(np.arctan(m[0, 1])) <= 0.1 and m[0, 0] == m[1, 1] == 1 and m[1, 0] == 0)])
def test_each_part_alone_stays_in_its_range_and_uses_it(only, expected):
    moves = [augment.matrix(HEIGHT, WIDTH, np.random.default_rng(i), replace(STILL, **only)) for i in range(300)]
    assert all(expected(move) for move in moves)
    spread = np.ptp([move[:, :2].ravel() if "shift" not in only else move[:, 2] / [WIDTH, HEIGHT] for move in moves], 0)
    widest = {"zoom": 0.4, "rotation": 1.0, "shift": 0.2, "flip": 2, "shear": 0.2007}[next(iter(only))]
    assert 0.95 * widest < spread.max() <= widest + 1e-6
    if "shift" not in only:  # the middle stays where it is
        middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2, 1])
        assert np.allclose([move @ middle for move in moves], middle[:2])


def test_each_part_is_the_same_whatever_the_others_are():
    whole = augment.matrix(HEIGHT, WIDTH, np.random.default_rng(5), replace(augment.DEFAULT, rotation=0, shear=0))
    zoomed = augment.matrix(HEIGHT, WIDTH, np.random.default_rng(5), replace(STILL, zoom=0.2))
    assert np.isclose(abs(whole[0, 0]), zoomed[0, 0])


def test_what_comes_in_from_outside_is_mirrored_in_both(scene):
    high = np.zeros_like(scene[1])
    high[:, -8:] = 1  # an arm at the right border
    red = np.where(high[..., None] == 1, np.float32([1, 0, 0]), np.float32([0, 0, 1])).astype(np.float32)
    for i in range(20):
        new_image, new_mask = augment.pair(red, high, np.random.default_rng(i), replace(STILL, shift=0.3))
        assert masks.iou(new_mask[None], _red(new_image)[None])[0] > 0.8
        assert new_image.sum(axis=-1).min() > 0.99, "a black corner"


def test_one_seed_gives_one_result_and_more_copies_begin_with_the_fewer(scene):
    images, labels = np.stack([scene[0]] * 3), np.stack([scene[1]] * 3)
    first, again = (augment.several(images, labels, copies=5, seed=1) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert first[0].shape == (15, HEIGHT, WIDTH, 3) and first[1].shape == (15, HEIGHT, WIDTH)
    more = augment.several(images, labels, copies=7, seed=1)[0].reshape(3, 7, HEIGHT, WIDTH, 3)
    assert np.array_equal(more[:, :5].reshape(first[0].shape), first[0])
    assert len({new.tobytes() for new in first[0]}) == 15
    other = augment.several(images, labels, copies=5, seed=2)[0]
    assert not any(np.array_equal(a, b) for a, b in zip(first[0], other, strict=True))
    assert np.array_equal(images[0], scene[0]), "it changed what it was given"


def test_it_is_quick_enough_to_train_with(scene):
    images, labels = np.stack([scene[0]] * 40), np.stack([scene[1]] * 40)
    augment.several(images[:2], labels[:2])

    def per_second(seed):
        started = time.process_time()
        augment.several(images, labels, copies=5, seed=seed)
        return 200 / (time.process_time() - started)

    assert max(map(per_second, range(5))) > 1000


@pytest.mark.parametrize(("image", "mask", "sentence"), [
    (np.zeros((4, 6, 3), np.float32), np.zeros((6, 4), np.uint8), "Found a picture of shape"),
    (np.zeros((4, 6, 3), np.float32), np.zeros((4, 6, 1), np.uint8), "or take off an axis"),
    (np.zeros((4, 6, 3)), np.zeros((4, 6), np.uint8), "Found a picture of float64 and a mask of uint8"),
    (np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6), bool), "Convert them with astype")])
def test_what_does_not_fit_is_told(image, mask, sentence):
    with pytest.raises(ValueError, match=sentence):
        augment.pair(image, mask, np.random.default_rng(0))


def test_numbers_that_do_not_fit_are_told(scene):
    image, mask = scene
    with pytest.raises(ValueError, match="Found 2 pictures and 1 masks"):
        augment.several(np.stack([image] * 2), mask[None])
    with pytest.raises(ValueError, match="expected 1 or more"):
        augment.several(image[None], mask[None], copies=0)
