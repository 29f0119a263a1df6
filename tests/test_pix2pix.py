"""Notebook 13: the pair of networks, who moves in which step, the shipped mask network, a row of the study."""

import json
import time

import numpy as np
import papermill
import pytest

from helpers import course, datasets, masks, models, paths, results, runtime, silhouettes, sources

NOTEBOOK = "13"


@pytest.fixture(scope="module")
def notebook():
    """Return the names that the definitions of the notebook make: its blocks, networks and steps."""
    names = {"image_size": 32, "base_filters": 4, "steps": 100, "large_x": np.zeros((1, 64, 64, 3), "float32")}
    wanted = ("import ", "def to_tanh", "def generator(", "class Pair", "def mask_generator(")
    for cell in course.read(course.notebooks()[NOTEBOOK]).cells:
        if cell.cell_type == "code" and any(start in cell.source for start in wanted):
            source = cell.source.split("\ndiagrams.")[0]  # what it defines, not what it shows
            exec(source, names)
    return names


@pytest.fixture
def pair(notebook):
    runtime.import_keras().utils.set_random_seed(1)
    return notebook["Pair"](32, 4)


def photos(seed=0, count=3):
    rng = np.random.default_rng(seed)
    mask = np.zeros((count, 32, 32), np.uint8)
    mask[:, 8:20, 10:24] = 1
    x = rng.uniform(-1, 1, (count, 32, 32, 3)).astype("float32")
    return x, np.where(mask[..., None] > 0, x, np.float32(-1)), mask


def arrays(network):
    return [np.array(weight, copy=True) for weight in network.get_weights()]


def changed(network, before):
    """Return the names of the arrays that differ from a copy."""
    return {weight.path.rpartition("/")[2] for weight, now, old in
            zip(network.weights, network.get_weights(), before, strict=True) if not np.array_equal(now, old)}


def test_both_networks_are_the_originals_in_size(notebook):
    assert notebook["generator"]().count_params() == 54_429_315
    judge = notebook["discriminator"]()
    assert judge.count_params() == 6_968_257
    assert judge.output_shape == (None, 16, 16, 1)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_they_scale(notebook, size):
    painter, judge = notebook["generator"](size, 4), notebook["discriminator"](size, 4)
    assert painter.output_shape == painter.input_shape == (None, size, size, 3)
    assert judge.output_shape == (None, 16, 16, 1)
    made = np.asarray(painter(np.full((1, size, size, 3), 5, "float32")))
    assert made.min() >= -1 and made.max() <= 1


def test_the_scale_of_the_hyperbolic_tangent(notebook):
    assert notebook["to_tanh"](np.array([0, 1])).tolist() == [-1, 1]
    grey = np.linspace(0, 1, 9, dtype="float32")
    assert np.allclose(notebook["from_tanh"](notebook["to_tanh"](grey)), grey)


def test_each_step_moves_one_network_again_and_again(pair):
    x, y, mask = photos()
    for _ in range(3):
        g, d = arrays(pair.G), arrays(pair.D)
        pair.judge_step(x, y)
        assert "kernel" in changed(pair.D, d)
        assert changed(pair.G, g) <= {"moving_mean", "moving_variance", "seed_generator_state"}
        g, d = arrays(pair.G), arrays(pair.D)
        pair.paint_step(x, y, mask)
        assert "kernel" in changed(pair.G, g)
        assert changed(pair.D, d) <= {"moving_mean", "moving_variance"}
    assert all(weight.trainable for weight in pair.judged)


def test_the_frozen_discriminator_still_normalises_by_the_batch(pair):
    """A frozen *layer* of batch normalisation would take its stored averages instead."""
    x, y, mask = photos()
    d = arrays(pair.D)
    pair.paint_step(x, y, mask)
    assert "moving_mean" in changed(pair.D, d)


def test_losses_are_those_of_this_step_alone(pair):
    """Keras' train_on_batch returns means over all steps so far unless its metrics are reset."""
    x, y, mask = photos()
    assert pair.paint_step(x, np.ones_like(y), mask)[1] > 0.7
    assert pair.paint_step(x, np.zeros_like(y), mask)[1] < 0.3


def test_the_balanced_error_weighs_stone_and_ground_alike(notebook):
    _, y, mask = photos()
    share = mask.mean(axis=(1, 2), keepdims=True)
    weight = np.where(mask > 0, 0.5 / share, 0.5 / (1 - share)).astype("float32")[..., None]
    made = np.where(mask[..., None] > 0, y + 0.5, y + 0.1).astype("float32")
    error = float(notebook["weighted_error"](np.concatenate([y, weight], axis=-1), made))
    assert error == pytest.approx((0.5 + 0.1) / 2, rel=1e-4)
    ones = np.ones_like(weight)
    plain = float(notebook["weighted_error"](np.concatenate([y, ones], axis=-1), made))
    assert plain == pytest.approx(np.abs(made - y).mean(), rel=1e-4)


def test_patches_come_back_where_they_were(notebook):
    """The last step lays 16 numbers of a patch out as its 4x4 pixels: row by row, in place."""
    network = notebook["mask_generator"]()
    last = [layer for layer in network.layers if type(layer).__name__ == "Conv2D"][-1]
    tail = runtime.import_keras().Model(last.output, network.output)
    patches = np.zeros((1, 32, 32, 16), "float32")
    patches[0, 5, 7, 4 * 2 + 3] = 10
    assert np.argwhere(np.asarray(tail(patches))[0, ..., 0] > 0.9).tolist() == [[4 * 5 + 2, 4 * 7 + 3]]


# The shipped network.

@pytest.fixture(scope="module")
def stones():
    pictures, truth = datasets.diamonds("test", source="generated", stones=2, positions=1).arrays()
    return np.round(pictures * 255).astype(np.uint8), truth


def test_the_shipped_network_is_the_notebooks_in_full_precision(notebook):
    network, card = models.load("diamonds"), models.card("diamonds")
    assert network.count_params() == notebook["mask_generator"]().count_params() == card["parameters"]
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    assert all(type(layer).__module__.startswith("keras.") for layer in network.layers)
    assert not any(type(layer).__name__ in ("BatchNormalization", "Dropout", "Lambda") for layer in network.layers)
    assert (paths.MODELS / "diamonds.keras").stat().st_size < 10e6


def test_the_shipped_network_finds_unseen_stones(stones):
    rgb, truth = stones
    found = np.stack([models.segment("diamonds", one) > 0.5 for one in rgb]).astype(np.uint8)
    assert masks.iou(truth, found).mean() > 0.95


def test_the_shipped_network_is_about_as_fast_as_maskcreator(stones):
    """Generously: this machine may be busy."""
    rgb, network = stones[0][:16], models.load("diamonds")
    boxed = np.stack([models.letterbox(one, network.input_shape[1:3])[0] for one in rgb]).astype("float32") / 255

    def seconds(way):
        way()
        took = []
        for _ in range(5):
            began = time.perf_counter()
            way()
            took.append(time.perf_counter() - began)
        return min(took)

    by_hand = seconds(lambda: [silhouettes.maskcreator(one) for one in rgb])
    assert seconds(lambda: network.predict_on_batch(boxed)) < 5 * by_hand


@pytest.mark.real
def test_on_real_photos_it_agrees_with_maskcreator_and_with_cutouts():
    if not sources.is_complete("d360_photos"):
        pytest.skip(f"No D360 photos in {paths.shown(paths.real_data())}: set MASKBOOK_DATA.")
    views, cutouts = (datasets.diamond_samples(kind, (600, 599)) for kind in ("photos", "cutouts"))
    rgbs = [np.round(255 * sample.image).astype(np.uint8) for sample in (*views, *cutouts)]
    nets = np.stack([models.segment("diamonds", rgb) > 0.5 for rgb in rgbs]).astype(np.uint8)
    hulls = np.stack([silhouettes.maskcreator(rgb) for rgb in rgbs[:8]])
    assert masks.iou(hulls, nets[:8]).mean() > 0.9
    assert masks.iou(np.stack([sample.target for sample in cutouts]), nets[8:]).mean() > 0.9


# The study.

@pytest.mark.notebook
def test_a_row_of_the_study_can_be_made_again(tmp_path):
    """All rows but one are there already, as after an interruption: only that one is made."""
    stored = results.stored_study(NOTEBOOK)
    variants, first = [row["variant"] for row in stored["rows"][:4]], stored["rows"][0]
    assert len(set(variants)) == 4 and len(stored["rows"]) % 4 == 0
    path, file = course.notebooks()[NOTEBOOK], tmp_path / "13.json"
    values = course.profile_values("smoke", path)
    rows = [first | {"variant": variant, "seed": first["seed"] + i} for i in range(2) for variant in variants][1:]
    file.write_text(json.dumps(stored | {"settings": {key: values[key] for key in stored["settings"]}, "rows": rows}),
                    encoding="utf-8")
    papermill.execute_notebook(str(path), str(tmp_path / "out.ipynb"), parameters=values | {"study_file": str(file)},
                               cwd=str(paths.NOTEBOOKS), progress_bar=False)
    made = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert made[:7] == rows and len(made) == 8
    assert made[7].keys() == first.keys() and (made[7]["variant"], made[7]["seed"]) == (variants[0], first["seed"])
    assert all(0 <= made[7][score] <= 1 for score in ("MAE", "MAE inside", "IoU"))
