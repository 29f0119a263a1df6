"""The hands of notebook 11: Eva X, the snapshots that the stored network learns from, and that network."""

import json

import numpy as np
import papermill
import pytest

from helpers import cameras, course, datasets, masks, models, paths, results, runtime, sources
from helpers.scenes import hands_snapshots

FLOOR_GENERATED, FLOOR_REAL = 0.86, 0.89  # measured: 0.90 on pictures of the size used here, 0.914 on the 60 photos


@pytest.fixture(scope="module")
def cells():
    """Return the names that the cells of notebook 11 with its networks give."""
    names = {"__name__": "cells"}
    for cell in course.read(course.notebooks()["11"]).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and ("imports" in tags or "architecture" in tags or "def block(" in cell.source):
            exec(cell.source, names)
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
    file = paths.MODELS / "hands.keras"
    assert file.stat().st_size < 10e6
    network, card = models.load("hands"), models.card("hands")
    assert {weight.dtype for weight in network.weights} <= {"float32", "uint32", "int64"}
    assert {type(layer).__module__.partition(".")[0] for layer in network.layers} == {"keras"}
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


def test_a_row_of_the_study_can_be_made_again(tmp_path):
    stored = results.stored_study("11")
    assert len(stored["rows"]) == 9
    path, file = course.notebooks()["11"], tmp_path / "11.json"
    values = course.profile_values("smoke", path) | {"study_rows": 1, "study_file": str(file)}
    papermill.execute_notebook(str(path), str(tmp_path / "out.ipynb"), parameters=values, cwd=str(paths.NOTEBOOKS),
                               progress_bar=False)
    made = json.loads(file.read_text(encoding="utf-8"))
    assert made.keys() == stored.keys() and made["settings"].keys() == stored["settings"].keys()
    row, first = made["rows"][0], stored["rows"][0]
    assert row.keys() == first.keys() and (row["variant"], row["seed"]) == (first["variant"], first["seed"])
    assert 0 <= row["worst"] <= row["iou"] <= 1
