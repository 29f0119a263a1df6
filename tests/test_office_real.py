"""The real office set: the figures that the generated one is held against."""

import cv2
import numpy as np
import pytest

from helpers import masks, paths, sources
from helpers.scenes import office

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def photos():
    if not sources.is_complete("office"):
        pytest.skip(f"No complete office set in {paths.shown(paths.real_data())}: "
                    "run python -m helpers fetch office, or set MASKBOOK_DATA.")
    return office.real()


def baseline(material, jpeg_quality):
    scenes = office.Scenes(material, jpeg_quality=jpeg_quality)
    numbers = np.random.default_rng(0).integers(len(scenes), size=300)
    guess = [cv2.absdiff(scenes.composite(k), scenes.background(k)).max(-1) > 10 for k in numbers]
    return masks.iou(np.stack([scenes.mask(k) for k in numbers]), np.stack(guess)).mean()


def test_the_set_is_as_published(photos):
    assert photos.rooms.shape == (100, 224, 224, 3) and photos.people.shape == (100, 112, 112, 4)
    assert len(office.Scenes(photos)) == 400_000
    assert photos.fingerprint == sources.fingerprint("office")


def test_hand_made_masks_agree_with_alpha(photos):
    assert masks.iou(photos.masks, photos.people[..., 3] > 127).mean() == pytest.approx(0.975, abs=5e-4)
    assert masks.iou(photos.masks, photos.people[..., 3] > 63).mean() > 0.99


def test_the_baseline_has_the_known_figures(photos):
    assert baseline(photos, None) == pytest.approx(0.939, abs=0.006)
    assert baseline(photos, 75) == pytest.approx(0.856, abs=0.008)


def test_generated_scenes_are_no_easier(photos):
    drawn = office.generated()
    for quality in (None, 75):
        assert baseline(drawn, quality) <= baseline(photos, quality) + 0.02


def test_twins_are_never_in_validation_or_test(photos):
    for part in ("validation", "test"):
        for pictures, chosen in ((photos.people, photos.split_people), (photos.rooms, photos.split_rooms)):
            def small(numbers, pictures=pictures):
                tiny = [cv2.resize(pictures[i], (16, 16), interpolation=cv2.INTER_AREA) for i in numbers]
                flat = np.stack(tiny).reshape(len(tiny), -1).astype(float)
                flat = flat - flat.mean(axis=1, keepdims=True)
                return flat / np.linalg.norm(flat, axis=1, keepdims=True)

            alike = small(chosen[part]) @ small(chosen["train"]).T
            assert alike.max() < 0.93
