"""The stored hands network, the snapshots that it learnt from, and how it does on hands that it has not seen."""

import numpy as np
import pytest

from helpers import cameras, datasets, masks, models, paths, sources
from helpers.scenes import hands_snapshots

FLOOR_GENERATED, FLOOR_REAL = 0.86, 0.89  # measured: 0.90 on pictures of the size used here, 0.914 on the 60 photos


@pytest.fixture(scope="module")
def pool():
    return hands_snapshots.pool(3, None, 64)


def test_snapshots_are_decided_by_their_generator_and_all_differ(pool):
    first, again = (hands_snapshots.snapshot(pool, np.random.default_rng(7), 64) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    rng = np.random.default_rng(1)
    many = [hands_snapshots.snapshot(pool, rng, 64) for _ in range(40)]
    assert len({picture.tobytes() for picture, _ in many}) == 40
    for picture, mask in many:
        assert picture.shape == (64, 64, 3) and mask.shape == (64, 64)
        assert picture.dtype == mask.dtype == np.uint8
    assert 0.05 < np.mean([mask.mean() / 255 for _, mask in many]) < 0.7


def test_a_pool_is_kept_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(hands_snapshots, "PART", 2)
    drawn = hands_snapshots.pool(3, tmp_path, 40)
    assert len(drawn["layers"]) == 4 and len(list(tmp_path.glob("*.npz"))) == 2
    monkeypatch.setattr(hands_snapshots, "_drawn", None)  # would raise if anything were drawn again
    kept = hands_snapshots.pool(4, tmp_path, 40)
    assert all(np.array_equal(drawn[key], kept[key]) for key in drawn)


def test_another_camera_takes_another_picture_of_the_same_size():
    rng = np.random.default_rng(0)
    for shape in ((40, 60, 3), (61, 33, 3), (1, 1, 3)):
        picture = rng.integers(0, 256, shape).astype(np.uint8)
        kept = picture.copy()
        taken = [cameras.shot(picture, np.random.default_rng(k)) for k in range(30)]
        assert all(one.shape == shape and one.dtype == np.uint8 for one in taken)
        assert np.array_equal(picture, kept)
        assert np.array_equal(taken[4], cameras.shot(picture, np.random.default_rng(4)))


def test_the_stored_network_is_small_built_in_and_float32():
    assert (paths.MODELS / "hands.keras").stat().st_size < 10e6
    network, card = models.load("hands"), models.card("hands")
    assert {weight.dtype for weight in network.weights} <= {"float32", "uint32", "int64"}
    assert {type(layer).__module__.partition(".")[0] for layer in network.layers} == {"keras"}
    assert network.input_shape == (None, 160, 160, 3) and network.output_shape == (None, 160, 160, 1)
    assert network.count_params() == card["parameters"]
    assert "generated" in card["data"] and card["limits"]


def test_the_stored_network_finds_hands_that_it_has_not_seen():
    pictures, truth = datasets.hands("test", "generated", (96, 128), counts=(0, 0, 48)).arrays()
    found = np.array([models.segment("hands", np.uint8(np.round(255 * picture))) > 0.5 for picture in pictures])
    assert masks.iou(truth, found).mean() > FLOOR_GENERATED


@pytest.mark.real
def test_the_stored_network_finds_real_hands():
    if not sources.is_complete("hgr1"):
        pytest.skip("No hand photos here: run python -m helpers fetch hgr1, or set MASKBOOK_DATA.")
    found = []
    for sample in datasets.hands("all", "real", None):
        mask = models.segment("hands", np.uint8(np.round(255 * sample.image))) > 0.5
        found.append(masks.iou(sample.target[None], mask[None])[0])
    assert len(found) == 60
    assert np.mean(found) > FLOOR_REAL
