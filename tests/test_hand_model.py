"""Notebook 11: Eva X, the snapshots that the stored network learns from, and that network on hands it has not seen."""

import numpy as np
import pytest

from helpers import cameras, course, datasets, masks, models, paths, results, runtime, sources
from helpers.scenes import hands_snapshots

FLOOR_GENERATED, FLOOR_REAL = 0.93, 0.90


@pytest.fixture(scope="module")
def cells():
    """Return the names that the cells of notebook 11 with networks and trainings give."""
    names = {"__name__": "cells", "seed": 0, "hand": np.zeros((96, 128, 3), "float32")}
    for cell in course.read(course.notebooks()["11"]).cells:
        wanted = ("def block(", "def eva_x(", "def far_sighted(", "def taught(", "def left_out(")
        if cell.cell_type == "code" and ("imports" in cell.metadata.get("tags", []) or
                                         any(name in cell.source for name in wanted)):
            exec(cell.source.partition("\ndiagrams.")[0], names)  # without the drawing
    return names


@pytest.fixture(scope="module")
def pool():
    return hands_snapshots.pool(3, None, 64)


def test_eva_x_is_the_original_to_its_last_parameter(cells):
    network = cells["eva_x"]()
    assert network.count_params() == 664_225
    assert network.input_shape == (None, 480, 272, 3) and network.output_shape == (None, 480, 272, 1)
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds.count("Add") == 2 and kinds.count("Concatenate") == 0
    assert kinds.count("Conv2D") == 16 and kinds.count("Conv2DTranspose") == 2
    assert [layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"] == [0.2, 0.3, 0.4, 0.3, 0.2]


def test_mean_iou_of_probabilities_scores_the_empty_mask():
    keras = runtime.import_keras()
    truth, values = np.array([0, 0, 0, 1]), []
    for guess in ([0.01, 0.01, 0.01, 0.99], [0.99, 0.99, 0.99, 0.01], [0, 0, 0, 0]):
        metric = keras.metrics.MeanIoU(num_classes=2)
        metric.update_state(truth, np.array(guess))
        values.append(float(metric.result()))
    assert values == pytest.approx([0.375] * 3)


def test_the_overlap_loss_is_nothing_for_a_perfect_mask_and_grows_with_each_wrong_pixel(cells):
    truth = np.zeros((2, 8, 8, 1), "float32")
    truth[:, 2:6, 2:6] = 1
    guess, losses = truth.copy(), []
    for wrong in range(3):
        guess[:, 0, :wrong] = 1
        losses.append(np.asarray(cells["overlap_loss"](truth, guess)))
    assert [loss.shape for loss in losses] == [(2,)] * 3  # one for each picture
    assert losses[0] == pytest.approx(0, abs=1e-5) and (losses[0] < losses[1]).all() and (losses[1] < losses[2]).all()


def test_a_training_goes_on_where_it_was_interrupted(cells, tmp_path, monkeypatch):
    """Killed after its 500th step, it takes 3 more steps and no other batches, and ends with the averaged weights."""
    keras, asked, layers = cells["keras"], [], cells["layers"]

    def batch(number):
        asked.append(number)
        rng = np.random.default_rng(number)
        return rng.random((2, 4, 4, 3), np.float32), np.float32(rng.random((2, 4, 4, 1)) > 0.5)

    def tiny():
        keras.utils.set_random_seed(1)
        photo = layers.Input((4, 4, 3))
        return keras.Model(photo, layers.Conv2D(1, 1, activation="sigmoid")(photo))

    monkeypatch.setenv("MASKBOOK_QUIET", "1")
    file = tmp_path / "tiny.keras"
    whole = cells["taught"](tiny(), batch, 503, 1e-2, file).get_weights()
    assert asked == list(range(504)) and {path.name for path in tmp_path.iterdir()} == {"tiny.keras", "tiny.seconds"}
    seconds = float(file.with_suffix(".seconds").read_text())
    asked.clear()
    again = cells["taught"](tiny(), batch, 503, 1e-2, file).get_weights()
    assert asked == list(range(500, 504)) and 0 < seconds == float(file.with_suffix(".seconds").read_text())
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_left_out_never_shows_a_network_the_person_it_is_tested_on(cells, monkeypatch):
    photos, people = list("abcdef"), ["id02", "id01", "id01", "id03", "id02", "id03"]
    seen = []
    monkeypatch.setitem(cells, "far_sighted", lambda: None)
    monkeypatch.setitem(cells, "photographs", lambda others: others)
    monkeypatch.setitem(cells, "taught", lambda network, others, steps, highest: others)
    monkeypatch.setitem(cells, "scored", lambda others, own: (seen.append((others, own)) or np.ones(len(own)), None))
    assert [*cells["left_out"](photos, people, 1, 1e-3)] == ["id01", "id02", "id03"]
    assert seen == [(["a", "d", "e", "f"], ["b", "c"]), (["b", "c", "d", "f"], ["a", "e"]),
                    (["a", "b", "c", "e"], ["d", "f"])]


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


def test_the_stored_network_is_small_built_in_and_float32(cells):
    assert (paths.MODELS / "hands.keras").stat().st_size < 10e6
    network, card = models.load("hands"), models.card("hands")
    assert {weight.dtype for weight in network.weights} <= {"float32", "uint32", "int64"}
    assert {type(layer).__module__.partition(".")[0] for layer in network.layers} == {"keras"}
    assert network.input_shape == (None, 192, 192, 3) and network.output_shape == (None, 192, 192, 1)
    assert network.count_params() == card["parameters"] == cells["far_sighted"]().count_params()
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
    measured = results.measured("11_hand_segmentation")["scores"]
    assert np.mean(found) == pytest.approx(measured["iou"], abs=2e-3)
    assert np.mean(found) > FLOOR_REAL


def test_leaving_a_person_out_met_its_floor():
    measured = results.measured("11_hand_segmentation")["scores"]["iou_leave_one_person_out"]
    assert measured >= results.reference("11_hand_segmentation", "iou_leave_one_person_out", "real")["floor"]


def test_a_row_of_the_study_can_be_made_again(study_row_again):
    row, stored = study_row_again("11")
    assert len(stored) == 15 and 0 <= row["worst"] <= row["iou"] <= 1
    assert len(results.stored_study("11")["photos_only"]) == 5
