"""The real hands: the photos, who is in them, and the figure that the generated ones are held against."""

import numpy as np
import pytest

from helpers import datasets, masks, paths, sources
from helpers.scenes import hands_sets
from tests.test_hands import REAL_SKIN_RULE, skin_rule

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", autouse=True)
def _there():
    if not sources.is_complete("hgr1"):
        pytest.skip(f"No complete set of hands in {paths.shown(paths.real_data())}: "
                    "run python -m helpers fetch hgr1, or set MASKBOOK_DATA.")


def test_the_set_is_as_published():
    samples = datasets.hands("all")
    assert (len(samples), samples.source, samples.fingerprint) == (60, "real", sources.fingerprint("hgr1"))
    assert [samples.people.count(f"id0{i}") for i in range(1, 6)] == [15, 10, 10, 10, 15]
    assert samples[0].image.shape == (96, 128, 3) and samples[0].image.dtype == np.float32
    assert len({sample.name for sample in samples}) == 60


def test_splits_are_by_person():
    parts = [datasets.hands(split) for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [35, 10, 15]
    people = [set(part.people) for part in parts]
    assert not people[0] & people[1] and not people[0] & people[2] and not people[1] & people[2]


def test_one_person_left_out():
    for person in ("id01", "id04"):
        others, own = datasets.hands("all", without=person), datasets.hands("all", only=person)
        assert len(others) + len(own) == 60 and set(own.people) == {person} and person not in others.people
    with pytest.raises(ValueError, match="No photo is left"):
        datasets.hands("test", only="id02")


def test_the_baseline_has_the_known_figure():
    pairs = [hands_sets.pair(photo, mask, None) for photo, mask, *_ in hands_sets.chosen("all")]
    scores = [masks.iou(mask[None], skin_rule(rgb)[None]).item() for rgb, mask in pairs]
    assert np.mean(scores) == pytest.approx(REAL_SKIN_RULE, abs=1e-3)


def test_letterboxing_changes_no_mask_much():
    for photo, mask, *_ in hands_sets.chosen("validation"):
        whole, boxed = hands_sets.pair(photo, mask, None)[1], hands_sets.pair(photo, mask, (192, 256))[1]
        scale = min(192 / whole.shape[0], 256 / whole.shape[1])
        assert boxed.sum() == pytest.approx(whole.sum() * scale**2, rel=0.02)
