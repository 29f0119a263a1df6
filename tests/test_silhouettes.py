"""Diamonds found without a network: right on generated stones, and unmoved by odd pictures."""

import numpy as np
import pytest

from helpers import datasets, masks, paths, silhouettes, sources
from helpers.scenes import diamonds

FINDERS = (silhouettes.maskcreator, silhouettes.improved)


@pytest.fixture(scope="module")
def stones():
    """One photo of an unseen stone of each shape, and the masks."""
    return tuple(np.stack(part) for part in zip(*(diamonds.draw(shape, 8900, (60 * k) % 256)
                                                  for k, shape in enumerate(diamonds.SHAPES)), strict=True))


def test_both_find_generated_stones(stones):
    photos, truth = stones
    convex = np.array(diamonds.SHAPES) != "HS"
    creator, improved = (masks.iou(truth, np.stack([*map(find, photos)])) for find in FINDERS)
    assert creator[convex].mean() > 0.93
    assert improved.mean() > 0.97 and improved.min() > 0.9
    assert improved.mean() > creator.mean() + 0.01


def test_a_cleft_is_left_out():
    photo, truth = diamonds.draw("HS", 8900, 4)
    around = silhouettes.hull(truth)
    assert (around - truth).sum() > 300, "a heart seen from above has a cleft"
    cleft = (silhouettes.improved(photo) * (around - truth)).sum() / (around - truth).sum()
    assert cleft < 0.5
    whole = diamonds.draw("OV", 8900, 4)[0]
    found = silhouettes.core(whole)
    assert np.array_equal(silhouettes.without_clefts(whole, found), silhouettes.hull(found))


def test_a_photo_of_another_size_gives_the_same_mask(stones):
    import cv2

    photo = stones[0][3]
    small = silhouettes.improved(photo)
    for side in (300, 600, 1024):
        large = silhouettes.improved(cv2.resize(photo, (side, side), interpolation=cv2.INTER_CUBIC))
        assert large.shape == (side, side)
        shrunk = (cv2.resize(large * 255, (256, 256), interpolation=cv2.INTER_AREA) > 127).astype(np.uint8)
        assert masks.iou(small[None], shrunk[None])[0] > 0.97


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__name__)
def test_the_photo_is_not_changed_and_the_answer_is_the_same_again(stones, find):
    photo = stones[0][0]
    before = photo.copy()
    once = find(photo)
    assert np.array_equal(photo, before)
    assert once.dtype == np.uint8 and set(np.unique(once)) <= {0, 1}
    assert np.array_equal(once, find(photo))


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__name__)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (5, 4), (40, 900), (256, 256)])
def test_odd_pictures_give_a_mask_of_their_size(find, size):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    checks = (np.indices(size).sum(axis=0)[..., None] // 3 % 2 * np.full(3, 255)).astype(np.uint8)
    for picture in (np.zeros((*size, 3), np.uint8), np.full((*size, 3), 255, np.uint8), noise, checks):
        found = find(picture)
        assert found.shape == size and found.dtype == np.uint8


def test_nothing_is_found_on_an_empty_plate():
    y, x = np.mgrid[:256, :256]
    shadow = 60 * np.exp(-((x - 120) ** 2 + (y - 150) ** 2) / 1500)
    plate = (220 - shadow + np.random.default_rng(1).normal(0, 1, (256, 256)))[..., None].repeat(3, axis=-1)
    assert not silhouettes.improved(np.clip(plate, 0, 255).astype(np.uint8)).any()


def test_a_background_that_is_a_plane_is_continued_exactly():
    y, x = np.mgrid[:50, :60].astype(np.float32)
    slope = np.stack([100 + x, 200 - 2 * y, 30 + x + y], axis=-1)
    hidden = np.hypot(x - 30, y - 25) < 6
    found = silhouettes.background(np.where(hidden[..., None], 0, slope), ~hidden, 4)
    assert np.abs(found - slope).max() < 0.6


def test_an_outline_covers_its_area():
    square = np.array([[9.5, 9.5], [19.75, 9.5], [19.75, 29.5], [9.5, 29.5]])
    share = silhouettes.coverage(square, (40, 50))
    assert share.sum() == pytest.approx(10.25 * 20, rel=0.03)
    assert silhouettes.coverage(np.zeros((0, 2)), (4, 5)).sum() == 0


def test_shallow_dents_are_bridged_and_deep_ones_stay():
    square = [[0, 0], [20, 0], [40, 0], [40, 40], [20, 40], [0, 40]]
    for depth, bridged in ((2, True), (9, False)):
        dented = np.array(square, np.float32)
        dented[1, 1] = depth
        assert len(silhouettes.bridged(dented)) == (5 if bridged else 6) or bridged
        assert (silhouettes.bridged(dented) == [20, depth]).all(axis=1).any() != bridged


@pytest.mark.real
def test_the_two_agree_on_real_photos():
    if not sources.is_complete("d360_photos"):
        pytest.skip(f"No D360 photos in {paths.shown(paths.real_data())}: set MASKBOOK_DATA.")
    photos = [np.round(255 * sample.image).astype(np.uint8)
              for sample in datasets.diamond_samples("photos", size=(600, 600))]
    creator, improved = (np.stack([*map(find, photos)]) for find in FINDERS)
    assert masks.iou(creator, improved).mean() > 0.95
    assert 0.05 < improved.mean() < 0.6


@pytest.mark.real
def test_real_stones_cut_out_by_a_machine_are_found_alike():
    if not sources.is_complete("d360_cutouts"):
        pytest.skip(f"No cut-outs of D360 in {paths.shown(paths.real_data())}: set MASKBOOK_DATA.")
    samples = datasets.diamond_samples("cutouts")
    found = np.stack([silhouettes.improved(np.round(255 * sample.image).astype(np.uint8)) for sample in samples])
    assert masks.iou(np.stack([sample.target for sample in samples]), found).mean() > 0.95
