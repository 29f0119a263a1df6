"""Thresholds, circles, mosaics and overlap scores against other libraries and against brute force."""

from fractions import Fraction
from itertools import combinations

import cv2
import numpy as np
import pytest
from skimage.draw import disk
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
from sklearn.metrics import f1_score, jaccard_score

from helpers import datasets, masks

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")  # no division by zero may reach a notebook


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def digits():
    return datasets.mnist_arrays("test")[0][:5000]


def noisy(rng, n=300, height=9, width=7):
    """Random pictures, from nearly flat to full range, of few grey levels and of many."""
    low, span = rng.integers(0, 255, (n, 1, 1)), rng.integers(1, 256, (n, 1, 1))
    step = rng.choice([1, 1, 10, 60], (n, 1, 1))
    return np.minimum(low + rng.integers(0, span, (n, height, width)) // step * step, 255).astype(np.uint8)


# Histograms and thresholds


def test_histograms_count_each_picture_by_itself(rng):
    images = noisy(rng)
    expected = [np.bincount(image.ravel(), minlength=256) for image in images]
    np.testing.assert_array_equal(masks.histograms(images), expected)


def test_many_pictures_and_large_ones_are_cut_into_parts_without_a_seam(rng, monkeypatch):
    images = noisy(rng, 23)
    circles = rng.uniform(1, 6, (23, 3))
    whole = masks.histograms(images), masks.tss_thresholds(images), masks.disks(circles, 9, 7)
    for part in (1, 1000):  # one picture at a time, and three
        monkeypatch.setattr(masks, "_PART", part)
        np.testing.assert_array_equal(masks.histograms(images), whole[0])
        np.testing.assert_array_equal(masks.tss_thresholds(images), whole[1])
        np.testing.assert_array_equal(masks.disks(circles, 9, 7), whole[2])


def test_tss_curve_is_the_definition(rng):
    for image in noisy(rng, 20):
        curve = masks.tss_curve(masks.histograms(image[None]))[0]
        for t in range(256):
            groups = image[image <= t].astype(float), image[image > t].astype(float)
            if min(map(len, groups)) == 0:
                assert np.isinf(curve[t])
            else:
                assert np.isclose(curve[t], sum(((g - g.mean()) ** 2).sum() for g in groups), atol=1e-6)


def test_thresholds_of_digits_are_otsu_thresholds(digits):
    assert masks.tss_thresholds(digits).tolist() == [threshold_otsu(image) for image in digits]


def test_thresholds_of_random_pictures_are_otsu_thresholds(rng):
    images = noisy(rng, 2000)
    ours, theirs = masks.tss_thresholds(images), np.array([threshold_otsu(image) for image in images])
    differ = np.flatnonzero(ours != theirs)
    assert len(differ) <= 5
    for i in differ:  # only where two thresholds are equally good
        assert {ours[i], theirs[i]} <= exact_minima(images[i]) and ours[i] < theirs[i]


@pytest.mark.parametrize(("dark", "bright"), [(0, 255), (0, 1), (254, 255), (17, 100)])
def test_two_levels_are_cut_at_the_darker_one(dark, bright):
    image = np.full((5, 5), dark, np.uint8)
    image[2, 1:4] = bright
    assert masks.tss_thresholds(image[None]).tolist() == [dark] == [threshold_otsu(image)]
    np.testing.assert_array_equal(masks.foregrounds(image[None])[0], image == bright)


def test_a_constant_picture_has_its_own_level_and_no_foreground():
    images = np.repeat(np.array([0, 1, 128, 255], np.uint8), 12).reshape(4, 3, 4)
    assert masks.tss_thresholds(images).tolist() == [0, 1, 128, 255] == [threshold_otsu(image) for image in images]
    assert not masks.foregrounds(images).any()


def test_of_equal_minima_the_lowest_is_taken_whatever_the_rounding():
    """A symmetric histogram of three levels can be cut above the first or above the second."""
    tied = 0
    for low, step, outer, middle in np.random.default_rng(0).integers([0, 1, 1, 1], [100, 70, 260, 260], (500, 4)):
        pixels = np.repeat([low, low + step, low + 2 * step], [outer, middle, outer]).astype(np.uint8)
        assert masks.tss_thresholds(pixels[None, None]).tolist() == [low]
        tied += exact_minima(pixels) == {low, low + step}
    assert tied == 500


def exact_minima(pixels):
    """All thresholds with the smallest sum of squares, in exact fractions."""
    levels, counts = (part.tolist() for part in np.unique(pixels, return_counts=True))
    saved = {}
    for cut in range(1, len(levels)):
        groups = list(zip(levels, counts, strict=True))[:cut], list(zip(levels, counts, strict=True))[cut:]
        saved[levels[cut - 1]] = sum(Fraction(sum(g * n for g, n in group) ** 2, sum(n for _, n in group))
                                     for group in groups)
    return {level for level, value in saved.items() if value == max(saved.values())}


def test_a_picture_of_many_megapixels_does_not_overflow():
    counts = np.zeros((1, 256), np.int64)
    counts[0, [10, 250]] = 10**10
    curve = masks.tss_curve(counts)[0]
    assert np.isclose(curve[10], 0, atol=1e3) and np.isclose(curve[9], np.inf) and (curve[10:250] == curve[10]).all()


def test_foreground_is_above_the_threshold_and_uint8(digits):
    found = masks.foregrounds(digits[:50])
    assert found.dtype == np.uint8 and set(np.unique(found)) == {0, 1}
    for image, mask in zip(digits[:50], found, strict=True):
        np.testing.assert_array_equal(mask, image > threshold_otsu(image))


# Circles


def smallest_circle(points):
    """Brute force: of the circles on every pair and triple, the smallest that holds all points."""
    points, best = np.asarray(points, float), (0.0, *map(float, points[0]))
    if len(points) == 1:
        return best[1:] + best[:1]
    best = (np.inf, 0.0, 0.0)
    for held in [*combinations(points, 2), *combinations(points, 3)]:
        spokes = np.array(held[1:]) - held[0]
        centre = held[0] + np.linalg.pinv(2 * spokes) @ (spokes**2).sum(axis=1)
        best = min(best, (np.hypot(*(points - centre).T).max(), *centre))
    return best[1], best[2], best[0]


def pixels_of(mask):
    return np.argwhere(mask)[:, ::-1]


@pytest.mark.parametrize(("rows", "circle"), [
    (["....", "..#.", "...."], (2, 1, 0)),
    (["#...", "....", "...#"], (1.5, 1, np.hypot(3, 2) / 2)),
    (["....", "####", "...."], (1.5, 1, 1.5)),
    ([".#..", ".#..", ".#.."], (1, 1, 1)),
    (["#...", ".#..", "..#."], (1, 1, np.sqrt(2))),
    (["####", "####", "####"], (1.5, 1, np.hypot(3, 2) / 2)),
    ([".#.", "...", "#.#"], (1, 1.25, 1.25)),
    (["#.......#", "....#...."], (4, 0, 4)),
])
def test_circles_known_by_hand(rows, circle):
    mask = np.array([[pixel == "#" for pixel in row] for row in rows])
    np.testing.assert_allclose(masks.enclosing_circles(mask[None]), [circle], atol=1e-12)


def test_random_circles_are_those_of_brute_force(rng):
    found = rng.random((150, 8, 9)) < rng.choice([0.02, 0.06, 0.12], (150, 1, 1))
    found = found[found.any(axis=(1, 2))]
    expected = [smallest_circle(pixels_of(mask)) for mask in found]
    np.testing.assert_allclose(masks.enclosing_circles(found), expected, atol=1e-9)


def test_circles_of_digits_hold_every_pixel_and_cannot_shrink(digits):
    found = masks.foregrounds(digits[:1000])
    for mask, (x, y, radius) in zip(found, masks.enclosing_circles(found), strict=True):
        right, down = (pixels_of(mask) - (x, y)).T
        distance = np.hypot(right, down)
        rim = distance > radius - 1e-6
        directions = np.sort(np.arctan2(down[rim], right[rim]))
        assert distance.max() <= radius + 1e-9
        assert np.diff(directions, append=directions[0] + 2 * np.pi).max() <= np.pi + 1e-6


def test_circles_of_large_masks_agree_with_opencv(rng):
    found = np.zeros((40, 300, 400), np.uint8)
    for mask in found:
        for _ in range(rng.integers(1, 6)):
            centre, radius = rng.integers([20, 20], [280, 380]), rng.integers(1, 60)
            mask[disk(centre, radius, shape=mask.shape)] = 255
    for mask, (x, y, radius) in zip(found, masks.enclosing_circles(found), strict=True):
        (other_x, other_y), other = cv2.minEnclosingCircle(pixels_of(mask).astype(np.float32))
        assert np.allclose((x, y, radius), (other_x, other_y, other), atol=5e-3)


def test_empty_masks_have_no_circle_and_do_not_disturb_the_others():
    stack = np.zeros((3, 4, 4), np.uint8)
    stack[1, 0, 0] = stack[1, 0, 2] = 7
    found = masks.enclosing_circles(stack)
    assert np.isnan(found[[0, 2]]).all() and found[1].tolist() == [1, 0, 1]
    assert np.isnan(masks.enclosing_circles(stack[:1])).all()
    assert masks.enclosing_circles(stack[:0]).shape == (0, 3)
    assert not masks.disks(found, 4, 4)[[0, 2]].any()


def test_disks_hold_exactly_the_pixels_within_the_radius(rng):
    circles = rng.uniform(-2, 12, (30, 3))
    drawn = masks.disks(circles, 8, 10)
    assert drawn.dtype == np.uint8 and drawn.shape == (30, 8, 10)
    for (x, y, radius), mask in zip(circles, drawn, strict=True):
        expected = [[(column - x) ** 2 + (row - y) ** 2 <= radius**2 and radius >= 0 for column in range(10)]
                    for row in range(8)]
        np.testing.assert_array_equal(mask, expected)


def test_the_disk_of_a_tight_circle_covers_its_mask(digits):
    found = masks.foregrounds(digits[:1000])
    assert (masks.disks(masks.enclosing_circles(found), 28, 28) >= found).all()


def test_a_drawn_disk_has_about_the_circle_around_it():
    drawn = masks.disks(np.array([[20.0, 15.0, 9.0]]), 40, 50)
    np.testing.assert_allclose(masks.enclosing_circles(drawn), [[20, 15, 9]], atol=0.01)
    assert regionprops(label(drawn[0]))[0].area == drawn.sum()


# Mosaics


def test_mosaics_place_four_tiles(rng):
    tiles = rng.integers(0, 256, (6, 3, 5), np.uint8)
    chosen = rng.integers(0, 6, (10, 4))
    found = masks.mosaics(tiles, chosen)
    assert found.shape == (10, 6, 10) and found.dtype == np.uint8
    for mosaic, (a, b, c, d) in zip(found, tiles[chosen], strict=True):
        np.testing.assert_array_equal(mosaic, np.block([[a, b], [c, d]]))


def test_mosaics_of_masks_are_masks_of_mosaics(digits):
    chosen = np.arange(40).reshape(10, 4)
    cut = np.array([threshold_otsu(image) for image in digits[:40]])[:, None, None]
    np.testing.assert_array_equal(masks.mosaics(digits[:40] - np.minimum(cut, digits[:40]), chosen) > 0,
                                  masks.mosaics(masks.foregrounds(digits[:40]), chosen))


# Overlap


def random_masks(rng, n=60):
    """Pairs of masks (n, 7, 5) of every density; the first truth, the second guess, both of the third are empty."""
    truth, guess = (rng.random((n, 7, 5)) < rng.random((n, 1, 1)) for _ in range(2))
    truth[[0, 2]], guess[[1, 2]] = False, False
    return truth, guess


def test_scores_are_those_of_scikit_learn(rng):
    truth, guess = random_masks(rng)
    pairs = [(t.ravel(), g.ravel()) for t, g in zip(truth, guess, strict=True)]
    np.testing.assert_allclose(masks.iou(truth, guess), [jaccard_score(*pair, zero_division=1) for pair in pairs])
    np.testing.assert_allclose(masks.dice(truth, guess), [f1_score(*pair, zero_division=1) for pair in pairs])
    assert np.isclose(masks.pooled_iou(truth, guess), jaccard_score(truth.ravel(), guess.ravel()))


def test_scores_are_those_of_scikit_image_regions(rng):
    truth, guess = random_masks(rng)
    for t, g, score in zip(truth[3:], guess[3:], masks.iou(truth, guess)[3:], strict=True):
        areas = [sum(region.area for region in regionprops(label(part))) for part in (t & g, t | g)]
        assert np.isclose(score, areas[0] / areas[1] if areas[1] else 1)


def test_empty_masks_agree_with_each_other_and_with_nothing_else():
    empty, full = np.zeros((1, 3, 3)), np.ones((1, 3, 3))
    for score in (masks.iou, masks.dice, masks.pooled_iou):
        assert [float(np.squeeze(score(a, b))) for a, b in
                ((empty, empty), (full, full), (empty, full), (full, empty))] == [1, 1, 0, 0]


def test_any_kind_of_mask_gives_the_same_score(rng):
    truth, guess = random_masks(rng)
    expected = masks.iou(truth, guess)
    for kind, ink in ((np.uint8, 255), (np.float32, 1), (np.int64, 7)):
        np.testing.assert_array_equal(masks.iou(truth * kind(ink), (guess * kind(ink))), expected)


# Errors are sentences


@pytest.mark.parametrize(("call", "sentence"), [
    (lambda: masks.tss_thresholds(np.zeros((4, 4), np.uint8)), r"shape \(4, 4\).*image\[None\]"),
    (lambda: masks.tss_thresholds(np.zeros((2, 4, 4, 3), np.uint8)), r"shape \(2, 4, 4, 3\).*choose a channel"),
    (lambda: masks.tss_thresholds(np.zeros((2, 0, 4), np.uint8)), "no pixels"),
    (lambda: masks.histograms(np.full((1, 2, 2), 0.5)), r"float64 values.*\(image \* 255\)"),
    (lambda: masks.histograms(np.full((1, 2, 2), 4000, np.uint16)), "grey levels from 4000 to 4000, expected 0 to 255"),
    (lambda: masks.foregrounds(np.full((1, 2, 2), -1)), "grey levels from -1 to -1"),
    (lambda: masks.tss_curve(np.zeros(256, int)), r"shape \(256,\), expected \(n, 256\)"),
    (lambda: masks.enclosing_circles(np.full((1, 2, 2), 0.3)), "Threshold first"),
    (lambda: masks.mosaics(np.zeros((9, 2, 2)), np.zeros((4, 3), int)), r"\(4, 3\), expected \(m, 4\)"),
    (lambda: masks.iou(np.zeros((2, 4, 4)), np.zeros((2, 4, 4, 1))), r"must be equal.*mask\[\.\.\., 0\]"),
    (lambda: masks.dice(np.zeros((2, 4, 4)), np.full((2, 4, 4), 0.7)), "probabilities.*mask > 0.5"),
    (lambda: masks.pooled_iou(np.full((2, 4, 4), np.nan), np.zeros((2, 4, 4))), "values other than 0 and 1"),
])
def test_wrong_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_no_pictures_give_no_results():
    none = np.zeros((0, 5, 5), np.uint8)
    assert masks.histograms(none).shape == (0, 256)
    assert masks.tss_thresholds(none).shape == (0,) and masks.foregrounds(none).shape == none.shape
    assert masks.iou(none, none).shape == (0,) and masks.pooled_iou(none, none) == 1
