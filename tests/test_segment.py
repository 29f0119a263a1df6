"""One call, one mask: what `models.segment` promises to the app, the batch commands and other people's photos."""

import json
import subprocess
import sys
import zipfile

import cv2
import numpy as np
import pytest

from helpers import masks, models, paths, runtime, sources
from helpers.scenes import office

GENERATED_FLOOR, REAL_FLOOR = 0.75, 0.5  # mean IoU of the office model on unseen scenes
THERE = [name for name in models.SEGMENTS if (paths.MODELS / f"{name}.keras").exists()]


def photo(height, width, seed=0):
    """A smooth coloured picture of any size."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, 3)


@pytest.fixture
def red(tmp_path, monkeypatch):
    """In the place of the office model: one of 48x64 pixels whose mask is the red channel."""
    keras = runtime.import_keras()
    picture = keras.Input((48, 64, 3))
    model = keras.Model(picture, keras.layers.Conv2D(1, 1, use_bias=False)(picture))
    model.set_weights([np.array([1, 0, 0], np.float32).reshape(1, 1, 3, 1)])
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    models.save(model, "office", data="none", seed=0, seconds=0, scores={"iou": 1.0}, limits="A test.")
    return model


# --- where the mask lies -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (2, 3), (47, 63), (48, 64), (49, 65), (64, 48), (100, 400),
                                   (400, 100), (768, 1024), (5, 900), (1000, 3), (2000, 3000)])
def test_the_mask_of_every_size_lies_on_its_picture(red, shape):
    rgb = photo(*shape)
    mask = models.segment("office", rgb)
    assert mask.shape == shape and mask.dtype == np.float32 and mask.flags.c_contiguous
    assert mask.min() >= 0 and mask.max() <= 1
    small = [max(1, round(n * min(48 / shape[0], 64 / shape[1]))) for n in shape]
    expected = cv2.resize(rgb, small[::-1], interpolation=cv2.INTER_AREA)
    expected = cv2.resize(expected, shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(*shape, 3)[..., 0] / 255
    if min(small) > 1:
        assert np.abs(mask - expected).mean() < 0.02


def test_nothing_is_distorted_or_shifted(red):
    """A disk comes back as a disk in its place, in wide and tall pictures alike."""
    for height, width in ((300, 900), (900, 300), (500, 500), (333, 517)):
        rgb = np.zeros((height, width, 3), np.uint8)
        radius, centre = min(height, width) // 4, (int(width * 0.6), int(height * 0.4))
        cv2.circle(rgb, centre, radius, (255, 255, 255), -1)
        found = models.segment("office", rgb) > 0.5
        assert masks.iou(rgb[None, ..., 0] > 0, found[None])[0] > 0.93
        y, x = (where.mean() for where in np.nonzero(found))
        assert abs(x - centre[0]) < 3 and abs(y - centre[1]) < 3


def test_the_frame_is_filled_with_border_pixels():
    rgb = photo(10, 40)
    frame, where = models.letterbox(rgb, (64, 48))
    assert frame.shape == (64, 48, 3) and frame.dtype == np.uint8
    assert frame[where].shape == (12, 48, 3)
    top = where[0].start
    assert (frame[:top] == frame[top]).all() and (frame[where[0].stop:] == frame[where[0].stop - 1]).all()
    whole, where = models.letterbox(photo(30, 20), (30, 20))
    assert np.array_equal(whole, photo(30, 20)) and whole[where].shape == (30, 20, 3)


@pytest.mark.parametrize("shape", [(4000, 5000), (1, 2_000_000)])
def test_large_photos(red, shape):
    rgb = np.broadcast_to(np.uint8([200, 10, 10]), (*shape, 3))
    mask = models.segment("office", rgb)
    assert mask.shape == shape and np.abs(mask - 200 / 255).max() < 0.01


def test_a_model_may_answer_at_half_its_size(tmp_path, monkeypatch):
    keras = runtime.import_keras()
    picture = keras.Input((48, 64, 3))
    shrunk = keras.layers.AveragePooling2D(2)(picture)
    model = keras.Model(picture, keras.layers.Conv2D(1, 1, use_bias=False)(shrunk))
    model.set_weights([np.array([1, 0, 0], np.float32).reshape(1, 1, 3, 1)])
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    models.save(model, "hands", data="none", seed=0, seconds=0, scores={"iou": 1.0}, limits="A test.")
    rgb = photo(96, 120)
    assert np.abs(models.segment("hands", rgb) - rgb[..., 0] / 255).mean() < 0.03


# --- any array that is a picture ---------------------------------------------------------------------


def test_views_and_read_only_arrays_work_and_nothing_is_changed(red):
    rgb = photo(60, 90)
    expected = models.segment("office", rgb)
    kept = rgb.copy()
    kept.flags.writeable = False
    big = np.zeros((120, 180, 4), np.uint8)
    big[::2, ::2, :3] = rgb
    for same in (kept, np.asfortranarray(rgb), big[::2, ::2, :3], rgb[::-1, ::-1][::-1, ::-1],
                 rgb[..., ::-1].copy()[..., ::-1], rgb.transpose(1, 0, 2).copy().transpose(1, 0, 2)):
        before = same.copy()
        assert np.array_equal(models.segment("office", same), expected)
        assert np.array_equal(same, before)
    expected[:] = 0  # the answer belongs to the caller
    assert models.segment("office", rgb).max() > 0


def test_a_model_in_hand_gives_the_same_mask_before_it_is_saved(red):
    assert np.array_equal(models.soft_mask(red, photo(60, 91)), models.segment("office", photo(60, 91)))
    with pytest.raises(ValueError, match="a grey picture"):
        models.soft_mask(red, np.zeros((4, 5), np.uint8))


def test_the_mirror_image_has_the_mirrored_mask(red):
    rgb = photo(60, 91)
    assert np.allclose(models.segment("office", rgb[:, ::-1]), models.segment("office", rgb)[:, ::-1], atol=0.02)


@pytest.mark.parametrize(("wrong", "kind", "sentence"), [
    (np.zeros((4, 5, 3)), ValueError, r"of float64, expected uint8 .*np\.uint8\(np\.round\(rgb \* 255\)\)"),
    (np.zeros((4, 5, 3), bool), ValueError, r"of bool, expected uint8 .*astype\(np\.uint8\) \* 255"),
    (np.zeros((4, 5, 3), np.uint16), ValueError, r"of uint16, expected uint8"),
    (np.zeros((4, 5), np.uint8), ValueError, r"a grey picture, uint8 \(4, 5\), expected .*np\.stack"),
    (np.zeros((4, 5, 1), np.uint8), ValueError, r"a grey picture, uint8 \(4, 5, 1\), expected .*np\.repeat"),
    (np.zeros((4, 5, 4), np.uint8), ValueError, r"four channels, uint8 \(4, 5, 4\), expected .*rgba\[\.\.\., :3\]"),
    (np.zeros((4, 5, 6), np.uint8), ValueError, r"6 channels"),
    (np.zeros((2, 4, 5, 3), np.uint8), ValueError, r"several pictures, .*one at a time"),
    (np.zeros(7, np.uint8), ValueError, r"no picture"),
    (np.zeros((0, 5, 3), np.uint8), ValueError, r"an empty picture \(0, 5, 3\)"),
    (np.zeros((4, 0, 3), np.uint8), ValueError, r"an empty picture"),
    ([[[0, 0, 0]]], TypeError, r"Found a list, expected a NumPy array"),
    (None, TypeError, r"Found a NoneType"),
])
def test_what_is_no_colour_photo_is_refused_with_one_sentence(red, wrong, kind, sentence):
    with pytest.raises(kind, match=sentence) as told:
        models.segment("office", wrong)
    assert "\n" not in str(told.value)


def test_unknown_and_missing_models_are_sentences(red):
    with pytest.raises(ValueError, match=r"no model 'cats' to segment with\. There are: 'hands', 'diamonds', 'office'"):
        models.segment("cats", photo(4, 5))
    with pytest.raises(FileNotFoundError, match=r"Found no .*hands\.keras\. There are: office"):
        models.segment("hands", photo(4, 5))


def test_a_model_is_loaded_once_and_anew_when_its_file_changes(red, monkeypatch):
    loaded, load = [], models.load
    monkeypatch.setattr(models, "load", lambda name: loaded.append(name) or load(name))
    rgb = photo(48, 64)
    for _ in range(3):
        models.segment("office", rgb)
    assert loaded == ["office"]
    red.set_weights([np.array([0, 1, 0], np.float32).reshape(1, 1, 3, 1)])
    models.save(red, "office", data="none", seed=0, seconds=0, scores={"iou": 1.0}, limits="A test.")
    assert np.abs(models.segment("office", rgb) - rgb[..., 1] / 255).max() < 0.01
    assert loaded == ["office"] * 2


# --- what is trained fast is saved whole -------------------------------------------------------------


@pytest.fixture
def restored():
    keras = runtime.import_keras()
    yield keras
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16", "bfloat16"])
def test_a_model_trained_in_short_numbers_is_saved_in_float32(restored, tmp_path, monkeypatch, precision):
    keras, layers = restored, restored.layers
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    keras.config.set_dtype_policy(precision)
    picture = keras.Input((32, 32, 3))
    x = layers.BatchNormalization()(layers.SeparableConv2D(8, 3, strides=2, padding="same")(picture))
    x = layers.UpSampling2D(2, interpolation="bilinear")(keras.Sequential([layers.Conv2D(8, 3, padding="same")])(x))
    x = keras.ops.relu(keras.ops.concatenate([x, keras.ops.cast(picture, x.dtype)], axis=-1))
    trained = keras.Model(picture, layers.Conv2D(1, 1, activation="sigmoid", dtype="float32")(x))
    trained.compile("adam", "binary_crossentropy")
    rng = np.random.default_rng(0)
    trained.fit(rng.random((4, 32, 32, 3), np.float32), np.ones((4, 32, 32, 1)), verbose=0)
    models.save(trained, "office", data="d", seed=0, seconds=1, scores={"iou": 0.5}, limits="l")
    assert keras.config.dtype_policy().name == precision  # the notebook goes on as before

    with zipfile.ZipFile(tmp_path / "office.keras") as file:
        assert "float16" not in file.read("config.json").decode()
    loaded = models.load("office")
    assert all(layer.compute_dtype == layer.variable_dtype == "float32" for layer in loaded.layers)
    weights = zip(loaded.get_weights(), trained.get_weights(), strict=True)
    assert all(a.dtype == np.float32 and np.array_equal(a, b.astype(np.float32)) for a, b in weights)
    x = rng.random((2, 32, 32, 3), np.float32)
    assert np.abs(loaded.predict_on_batch(x) - np.asarray(trained.predict_on_batch(x), np.float32)).max() < 0.03
    here = models.segment("office", photo(30, 40))
    keras.config.set_dtype_policy("float32")
    assert np.array_equal(models.load("office").predict_on_batch(x), loaded.predict_on_batch(x))
    assert np.array_equal(here, models.segment("office", photo(30, 40)))


# --- the models that are there -----------------------------------------------------------------------


@pytest.mark.parametrize("name", THERE)
def test_shipped_models_keep_the_contract(name):
    model = models.load(name)
    assert len(model.inputs) == len(model.outputs) == 1 and model.input_shape[-1] == 3 and model.output_shape[-1] == 1
    with zipfile.ZipFile(paths.MODELS / f"{name}.keras") as file:
        config = json.loads(file.read("config.json"))
    assert {module for module in _modules(config) if module} <= {"keras", "keras.layers", "keras.initializers",
                                                                 "keras.src.models.functional"}
    assert all(layer.compute_dtype == "float32" for layer in model.layers)
    for shape in ((1, 1), (97, 240), (300, 200)):
        mask = models.segment(name, photo(*shape))
        assert mask.shape == shape and mask.dtype == np.float32 and 0 <= mask.min() <= mask.max() <= 1
    noisy = photo(200, 300)
    assert np.array_equal(models.segment(name, noisy), models.segment(name, noisy))


def _modules(config):
    """Yield the module of everything that a model is built from."""
    if isinstance(config, dict):
        if "class_name" in config and "module" in config:
            yield config["module"]
        for value in config.values():
            yield from _modules(value)
    elif isinstance(config, list):
        for value in config:
            yield from _modules(value)


@pytest.mark.skipif(not THERE, reason="no model is there yet")
def test_another_process_finds_the_same_mask():
    code = ("import numpy as np; from helpers import models; "
            "rgb = np.random.default_rng(3).integers(0, 256, (90, 120, 3)).astype(np.uint8); "
            f"print(np.round(models.segment({THERE[0]!r}, rgb), 4).mean())") if THERE else ""
    found = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    rgb = np.random.default_rng(3).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    assert float(found.stdout) == pytest.approx(np.round(models.segment(THERE[0], rgb), 4).mean(), abs=1e-4)


# --- people in rooms ---------------------------------------------------------------------------------

office_model = pytest.mark.skipif("office" not in THERE, reason="the office model is not there yet")


def scenes_and_masks(material, count):
    """Scenes spread over all rooms, people and places, as they come back from JPEG files."""
    scenes = office.Scenes(material, jpeg_quality=75)
    numbers = np.random.default_rng(42).integers(len(scenes), size=count)
    return [scenes.composite(k) for k in numbers], np.stack([scenes.mask(k) for k in numbers])


@office_model
def test_people_that_the_office_model_never_met_are_found():
    """Trained on scenes from seed 6, it is asked about seed 5: other rooms, other people."""
    photos, truth = scenes_and_masks(office.generated(), 40)
    found = np.stack([models.segment("office", photo) for photo in photos]) > 0.5
    assert masks.iou(truth, found).mean() > GENERATED_FLOOR


@office_model
def test_an_empty_room_is_empty():
    found = np.stack([models.segment("office", room) for room in office.generated().rooms[:30]]) > 0.5
    assert found.mean() < 0.02 and np.median(found.mean(axis=(1, 2))) < 0.002


@office_model
def test_a_photo_in_a_large_frame_has_the_same_mask():
    """Twice the size, or a wide picture: what matters is the picture, not its number of pixels."""
    photos, truth = scenes_and_masks(office.generated(), 10)
    for photo, mask in zip(photos, truth, strict=True):
        small = models.segment("office", photo) > 0.5
        large = models.segment("office", cv2.resize(photo, (672, 672), interpolation=cv2.INTER_CUBIC)) > 0.5
        again = large[1::3, 1::3]
        assert mask.shape == again.shape and masks.iou(small[None], again[None])[0] > 0.9


@office_model
@pytest.mark.real
def test_photographed_people_are_found():
    if not sources.is_complete("office"):
        pytest.skip(f"No complete office set in {paths.shown(paths.real_data())}: "
                    "run python -m helpers fetch office, or set MASKBOOK_DATA.")
    photos, truth = scenes_and_masks(office.real(), 300)
    found = np.stack([models.segment("office", photo) for photo in photos]) > 0.5
    assert masks.iou(truth, found).mean() > REAL_FLOOR
    empty = np.stack([models.segment("office", room) for room in office.real().rooms]) > 0.5
    assert empty.mean() < 0.05
