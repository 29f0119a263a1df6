"""The few real D360 pictures: the figures that the generated diamonds are held against."""

import cv2
import numpy as np
import pytest

from helpers import datasets, masks, paths, sources
from helpers.scenes import diamonds
from tests.test_diamonds import CONVEX, mask_creator

pytestmark = pytest.mark.real
SIZE = (256, 256)


def _bytes(image):
    return np.round(image * 255).astype(np.uint8)


def _there(name):
    if not sources.is_complete(name):
        pytest.skip(f"No {name} in {paths.shown(paths.real_data())}: set MASKBOOK_DATA.")


@pytest.fixture(scope="module")
def photos():
    _there("d360_photos")
    samples = datasets.diamond_samples("photos", SIZE)
    assert len(samples) == 8 and samples.source == "real" and samples[0].target is None
    return [_bytes(sample.image) for sample in samples]


@pytest.fixture(scope="module")
def cutouts():
    _there("d360_cutouts")
    samples = datasets.diamond_samples("cutouts", SIZE)
    assert len(samples) == 5 and samples[0].target.shape == SIZE
    return [(_bytes(sample.image), sample.target) for sample in samples]


@pytest.fixture(scope="module")
def drawn():
    """Photos at the positions of the eight real ones, two of each convex shape."""
    positions = (6, 56, 57, 74, 94, 119, 148, 153)
    return [diamonds.draw(shape, 9100 + i, positions[i % 8], SIZE) for i, shape in enumerate(CONVEX * 2)]


def figures(image, mask):
    """Grey levels inside and around a stone, how fine its detail is, how bluish it is."""
    shape = cv2.MORPH_ELLIPSE
    inner = cv2.erode(mask, cv2.getStructuringElement(shape, (13, 13))) > 0
    outer = cv2.dilate(mask, cv2.getStructuringElement(shape, (9, 9))) == 0
    ring = (cv2.dilate(mask, cv2.getStructuringElement(shape, (19, 19))) > 0) & (
        cv2.dilate(mask, cv2.getStructuringElement(shape, (7, 7))) == 0)
    rim = (cv2.erode(mask, np.ones((3, 3))) > 0) & (cv2.erode(mask, np.ones((11, 11))) == 0)
    grey = image.mean(axis=-1)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1)) / 8
    low, quarter, half, three = np.percentile(grey[inner], (10, 25, 50, 75))
    return {"tenth": low, "quarter": quarter, "half": half, "three quarters": three,
            "rim": np.median(grey[rim]), "ring": grey[ring].mean(), "shadow": np.percentile(grey[ring], 2),
            "ground": np.median(grey[outer]), "detail": slope[inner].mean(),
            "edges": 100 * (slope[inner] > 6).mean(), "blue": (image[inner, 2] - grey[inner]).mean(),
            "share": 100 * mask.mean()}


# How far the mean of the generated may be from that of the eight real photos.
ALLOWED = {"tenth": 20, "quarter": 15, "half": 12, "three quarters": 12, "rim": 14, "ring": 14, "shadow": 16,
           "ground": 8, "detail": 3, "edges": 14, "blue": 2, "share": 6}


def test_generated_photos_have_the_figures_of_real_ones(photos, drawn):
    real = [figures(image, cv2.erode(mask_creator(image), np.ones((5, 5)))) for image in photos]
    ours = [figures(image, cv2.erode(mask_creator(image), np.ones((5, 5)))) for image, _ in drawn]
    for name, allowed in ALLOWED.items():
        there, here = (np.mean([row[name] for row in rows]) for rows in (real, ours))
        assert abs(there - here) < allowed, f"{name}: {there:.1f} on real photos, {here:.1f} on generated ones"


def test_mask_creator_is_no_better_on_generated_stones(cutouts, drawn):
    real = np.mean([masks.iou(mask[None], mask_creator(image)[None])[0] for image, mask in cutouts])
    ours = np.mean([masks.iou(mask[None], mask_creator(image)[None])[0] for image, mask in drawn])
    assert real == pytest.approx(0.939, abs=0.01)
    assert real - 0.03 < ours < real + 0.02


def test_mask_creator_keeps_to_the_stone_on_real_photos(photos):
    """The shadow stays out: what it cuts is about as large as the stone, and nowhere near the border."""
    for image in photos:
        hull = mask_creator(image)
        assert 0.15 < hull.mean() < 0.4
        assert not (hull[:10].any() or hull[-20:].any() or hull[:, :5].any() or hull[:, -5:].any())
