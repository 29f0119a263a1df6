"""The trained models in the repository, and how they are saved."""

import json

import numpy as np
import pytest

from helpers import datasets, masks, models, paths, runtime

SHIPPED = sorted(path.stem for path in paths.MODELS.glob("*.keras"))
CARD = {"data": "d", "seed": 1, "seconds": 2.4, "scores": {"iou": 0.5}, "limits": "l"}


@pytest.fixture
def trained():
    keras = runtime.import_keras()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)
    return model


def test_a_saved_model_predicts_the_same_and_carries_no_optimiser(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    models.save(trained, "tiny", **CARD)
    loaded = models.load("tiny")
    x = np.random.default_rng(0).normal(size=(5, 4))
    assert np.array_equal(loaded.predict(x, verbose=0), trained.predict(x, verbose=0))
    whole = runtime.import_keras().models.load_model(tmp_path / "tiny.keras")
    assert not whole.compiled
    assert models.card("tiny")["parameters"] == trained.count_params() == 19
    assert models.card("tiny")["seconds"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.json", "tiny.keras"]


def test_a_model_that_is_too_large_is_refused_and_loses_nothing(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    models.save(trained, "tiny", **CARD)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(models, "LARGEST_MB", 0.001)
    with pytest.raises(ValueError, match=r"tiny takes 0\.0 MB; models in the repository are under"):
        models.save(trained, "tiny", **CARD)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_unknown_model_is_a_sentence():
    with pytest.raises(FileNotFoundError, match=r"Found no data/models/nothing\.keras\. There are: .*mnist_foreground"):
        models.load("nothing")
    with pytest.raises(FileNotFoundError, match=r"Found no data/models/nothing\.json"):
        models.card("nothing")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models_are_small_and_have_a_card_and_a_picture(name):
    assert (paths.MODELS / f"{name}.keras").stat().st_size < 10e6
    assert (paths.MODELS / f"{name}.png").exists()
    card = json.loads((paths.MODELS / f"{name}.json").read_text())
    assert card["name"] == name
    assert all(card[key] for key in ("data", "seed", "seconds", "scores", "limits", "versions"))
    model = models.load(name)
    assert model.count_params() == card["parameters"]
    assert not model.compiled


def test_the_shipped_foreground_model_scores_what_its_card_says():
    images, truth = datasets.mnist_foreground("test").arrays()
    predicted = models.load("mnist_foreground").predict(images, batch_size=500, verbose=0)[..., 0] > 0.5
    card = models.card("mnist_foreground")["scores"]["jaccard"]
    assert masks.iou(truth, predicted).mean() == pytest.approx(card, abs=1e-4)


def test_all_models_together_are_under_40_mb():
    assert sum(path.stat().st_size for path in paths.MODELS.glob("*.keras")) < 40e6
