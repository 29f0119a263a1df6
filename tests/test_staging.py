"""Scenes staged for training: their masks are true, they vary, and a seed decides them."""

import dataclasses

import cv2
import numpy as np
import pytest

from helpers.scenes import office, staging


@pytest.fixture(scope="module")
def cast():
    return office.generated(5, 8, 7)


@pytest.mark.parametrize("side", [224, 128, 64])
def test_a_batch_is_pictures_and_masks_of_the_size_of_the_rooms(cast, side):
    images, masks = staging.batch(cast if side == 224 else staging.shrunk(cast, side), 6, np.random.default_rng(0))
    assert images.shape == (6, side, side, 3) and masks.shape == (6, side, side, 1)
    assert images.dtype == masks.dtype == np.float32
    assert images.min() >= 0 and images.max() <= 1 and images.std() > 0.1
    assert set(np.unique(masks)) <= {0, 1} and 0 < masks.mean() < 0.6


def test_a_seed_decides_everything(cast):
    rooms, people = cast.rooms.copy(), cast.people.copy()
    first, again, other = (staging.batch(cast, 4, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert np.array_equal(cast.rooms, rooms) and np.array_equal(cast.people, people)


def test_some_scenes_are_empty_and_the_others_have_people_of_many_sizes(cast):
    small, rng = staging.shrunk(cast, 64), np.random.default_rng(1)
    covered = np.array([staging.scene(small, rng)[1].mean() for _ in range(400)])
    assert 0.04 < (covered == 0).mean() < 0.2
    low, high = np.quantile(covered[covered > 0], [0.1, 0.9])
    assert low < 0.06 and high > 0.2


def test_a_mask_is_where_the_person_is(cast):
    """In a white room, with a black person, in plain light."""
    person, rng = np.zeros((1, 112, 112, 4), np.uint8), np.random.default_rng(2)
    person[:, 20:100, 30:80, 3] = 255
    for wide, tall, turn, x, y in ((1, 1, 0, 100, 100), (0.5, 0.9, 0.2, 10, 220), (2.5, 3, -0.1, 150, 60)):
        picture, mask = np.full((224, 224, 3), 255, np.float32), np.zeros((224, 224), np.float32)
        cut_out = person[0].astype(np.float32) / 255
        staging._lay(picture, mask, staging._placed(cut_out, wide, tall, turn, x, y, 224), 1)
        assert mask.any() and np.array_equal(picture[..., 0] < 127.5, mask > 0)
    assert staging._placed(cut_out, 1, 1, 0, 500, 500, 224)[1].size == 0
    assert np.array_equal(staging.lit(np.zeros((2, 3, 3), np.uint8), rng).shape, (2, 3, 3))


def test_shrunk_people_have_no_dark_rim(cast):
    white = np.zeros((1, 112, 112, 4), np.uint8)
    cv2.circle(white[0], (56, 56), 40, (255, 255, 255, 255), -1, cv2.LINE_AA)
    white[..., :3] = np.where(white[..., 3:] > 0, 255, 0)
    small = staging.shrunk(dataclasses.replace(cast, people=white), 96).people[0]
    assert small.shape == (48, 48, 4) and small[small[..., 3] > 0][:, :3].min() > 250
    assert staging.shrunk(cast, 96).rooms.shape == (5, 96, 96, 3)
