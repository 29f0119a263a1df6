"""Notebook 06: its three networks, where their outputs look, its border error, and one row of its stored study."""

import cv2
import numpy as np
import pytest

from helpers import course, masks, runtime

PATH = course.notebooks()["06"]


@pytest.fixture(scope="module")
def lesson():
    """What the notebook defines: its networks, its parameter count and its border error."""
    keras = runtime.import_keras()
    names = {"keras": keras, "layers": keras.layers, "ops": keras.ops, "np": np, "cv2": cv2, "masks": masks}
    for cell in course.read(PATH).cells:
        wanted = ("architecture" in cell.metadata.get("tags", []), "def border(" in cell.source,
                  "def summary(" in cell.source)
        if cell.cell_type == "code" and any(wanted):
            exec(cell.source, names)
    return names


def test_the_originals_to_the_last_parameter_and_megabyte(lesson):
    wanted = {"basic_net": (64, 24, 523_521, 23.32, 2.00), "customized_net": (64, 64, 386_816, 62.03, 1.48),
              "unet": (224, 98, 34_520_514, 367.97, 131.69)}
    for name, (side, out, count, outputs, weights) in wanted.items():
        model = lesson[name]()
        assert model.input_shape == (None, side, side, 6) and model.output_shape == (None, out, out, 1)
        found = lesson["summary"](model)
        assert found[0] == count
        assert found[1:] == (pytest.approx(outputs, abs=0.005), pytest.approx(weights, abs=0.005))


def test_ours_answers_for_the_whole_picture_at_any_size(lesson):
    whole, crop = (lesson["unet"](4, "ours", size) for size in (224, 128))
    assert whole.output_shape == (None, 224, 224, 1) and crop.output_shape == (None, 128, 128, 1)
    whole.set_weights(crop.get_weights())
    assert lesson["basic_net"](4, "ours").output_shape == (None, 32, 32, 1)


def test_after_the_last_relu_no_probability_is_below_a_half(lesson):
    pair = np.random.default_rng(0).random((1, 224, 224, 6), np.float32)
    odds = np.array(lesson["unet"](2)(pair, training=True))
    assert odds.min() == 0 and odds.max() > 0
    assert np.array(lesson["unet"](2, "ours")(pair, training=True)).min() < 0


@pytest.mark.parametrize(("design", "cut"), [("original", 8), ("ours", 0)])
def test_where_basic_net_looks(lesson, design, cut):
    """An output column answers for the two input columns that the notebook says: a change there moves it most."""
    model = lesson["basic_net"](8, design)
    pair = np.full((1, 64, 64, 6), 0.5, np.float32)
    before = np.array(model(pair))[0, ..., 0]
    column, moved = 32, np.zeros(before.shape[1])
    for shift in (0, 1):
        changed = pair.copy()
        changed[:, :, column + shift] += 0.5
        moved += np.abs(np.array(model(changed))[0, ..., 0] - before)[5:-5].mean(axis=0)
    seen = np.flatnonzero(moved > 1e-9)
    assert seen.mean() == pytest.approx((column - cut) / 2, abs=0.51)


def test_the_border_error(lesson):
    error, square = lesson["border_error"], np.pad(np.ones((10, 10), np.uint8), 8)
    assert error(square, square) == 0
    moved = np.roll(square, 4, axis=0)
    assert error(square, moved) == pytest.approx(error(moved, square)) and 1 < error(square, moved) < 4
    smaller = np.pad(np.ones((6, 6), np.uint8), 10)
    assert 2 <= error(square, smaller) < 2.4  # two pixels all round, a little more at the corners
    nothing = np.zeros_like(square)
    assert error(nothing, nothing) == 0 and error(square, nothing) == pytest.approx(np.hypot(26, 26))
    edge = np.zeros((8, 8), np.uint8)
    edge[:, :4] = 1
    assert np.array_equal(np.argwhere(lesson["border"](edge))[:, 1], [3] * 8)  # the picture's own edge is no border


def test_a_row_of_the_study_can_be_made_again(study_row_again):
    row, stored = study_row_again("06")
    assert len(stored) == 11
    assert all(0 <= row[score] <= 1 for score in ("iou", "dice", "iou_clean")) and row["boundary_px"] >= 0
