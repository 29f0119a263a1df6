"""The tight circles as a data set, and the exact overlap of two disks."""

import numpy as np
import pytest

from helpers import datasets, masks


def on_a_fine_grid(a, b, finer=20, size=32):
    """Return the overlap of disks drawn on a grid with `finer` squared points a pixel."""
    a, b = (np.atleast_2d(circle) * finer + [finer * 4, finer * 4, 0] for circle in (a, b))
    return masks.iou(masks.disks(a, size * finer, size * finer), masks.disks(b, size * finer, size * finer))[0]


def test_the_closed_form_is_the_limit_of_drawing_finer():
    rng = np.random.default_rng(3)
    a, b = (rng.uniform([6, 6, 2], [18, 18, 9], (40, 3)) for _ in "ab")
    exact = masks.disk_iou(a, b)
    drawn = [on_a_fine_grid(*pair) for pair in zip(a, b, strict=True)]
    assert np.allclose(exact, drawn, atol=2e-3)
    assert (exact > 0.01).sum() > 20  # or the comparison would be of zeros


@pytest.mark.parametrize("a, b, expected", [
    ((5, 5, 2), (5, 5, 2), 1),           # equal
    ((5, 5, 2), (5, 5, 1), 1 / 4),       # same centre: the areas
    ((5, 5, 4), (6, 5, 1), 1 / 16),      # nested, off the centre
    ((5, 5, 4), (8, 5, 1), 1 / 16),      # touching from inside
    ((0, 0, 1), (2, 0, 1), 0),           # touching from outside
    ((0, 0, 1), (9, 9, 3), 0),           # apart
    ((0, 0, 1), (1, 0, 1), (2 * np.pi / 3 - 3**0.5 / 2) / (4 * np.pi / 3 + 3**0.5 / 2)),  # through each other's centre
    ((1, 1, 0), (1, 1, 0), 1),           # equal points
    ((1, 1, 0), (2, 1, 0), 0),           # two points
    ((1, 1, 0), (1, 1, 3), 0),           # a point in a disk
    ((1, 1, -2), (1, 1, 3), 0),          # a radius below 0 counts as 0
])
def test_cases_known_by_heart(a, b, expected):
    assert masks.disk_iou(np.array([a]), np.array([b])) == pytest.approx([expected], abs=1e-5)
    assert masks.disk_iou(np.array([b]), np.array([a])) == pytest.approx([expected], abs=1e-5)


def test_all_but_equal_disks_give_no_nan():
    a = np.tile([14.0, 14.0, 10.0], (5, 1))
    b = a + np.array([[0, 0, 0], [1e-15, 0, 0], [1e-9, 0, 0], [0, 0, 1e-12], [1e-9, 0, 1e-9]])
    assert masks.disk_iou(a, b) == pytest.approx(np.ones(5), abs=1e-8)


def test_one_circle_is_compared_with_all():
    many = np.array([[14, 14, 10], [13, 14, 9], [20, 20, 3]], float)
    one = np.array([14, 14, 10.0])
    assert np.array_equal(masks.disk_iou(one, many), masks.disk_iou(np.tile(one, (3, 1)), many))
    assert len(masks.disk_iou(many, one)) == 3


@pytest.mark.parametrize("wrong", [np.zeros((4, 2)), np.zeros(4), np.zeros((2, 2, 3))])
def test_what_is_no_circle_is_refused(wrong):
    with pytest.raises(ValueError, match="centre x, centre y, radius"):
        masks.disk_iou(wrong, wrong)


def test_the_data_set_of_circles():
    samples = datasets.mnist_circles("test")
    images, targets = samples.arrays(300)
    assert images.shape == (300, 28, 28, 1) and images.dtype == np.float32
    assert targets["label"].shape == (300,) and targets["circle"].shape == (300, 3)
    raw, digits = datasets.mnist_arrays("test")
    assert np.array_equal(targets["circle"], masks.enclosing_circles(masks.foregrounds(raw[:300])))
    assert np.array_equal(targets["label"], digits[:300])
    for image, circle in zip(masks.foregrounds(raw[:300]), targets["circle"], strict=True):
        y, x = np.nonzero(image)
        distance = np.hypot(x - circle[0], y - circle[1])
        assert distance.max() == pytest.approx(circle[2], abs=1e-7)  # all inside, the farthest on the rim
        assert (distance > circle[2] - 1e-7).sum() >= 2              # held by two pixels at least
    last = samples[-1]
    assert len(samples) == 10_000 and last.name == "mnist_test/09999"
    assert last.target["label"] == digits[-1] and last.target["circle"].shape == (3,)
    with pytest.raises(ValueError, match="no MNIST split"):
        datasets.mnist_circles("validation")


def test_drawn_circles_keep_the_pixels_that_hold_them():
    foreground = masks.foregrounds(datasets.mnist_arrays("test")[0][:300])
    drawn = masks.disks(datasets.mnist_circles("test").arrays(300)[1]["circle"], 28, 28)
    assert not (foreground > drawn).any()


def test_the_circles_are_the_smallest():
    _, targets = datasets.mnist_circles("test").arrays(20)
    for image, circle in zip(masks.foregrounds(datasets.mnist_arrays("test")[0][:20]), targets["circle"], strict=True):
        y, x = np.nonzero(image)
        for dx, dy in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)):
            assert np.hypot(x - circle[0] - dx, y - circle[1] - dy).max() > circle[2]
