"""Trained models in the repository: saved small, with a card, loaded ready to use, and asked for masks."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from helpers import paths, runtime

if TYPE_CHECKING:
    import keras

LARGEST_MB = 10
SEGMENTS = ("hands", "diamonds", "office")  # what `segment` cuts out, each with a model of its own
_HALF = ("mixed_bfloat16", "mixed_float16", "bfloat16", "float16")  # fast in training, at home on few machines


def save(model: keras.Model, name: str, *, data: str, seed: int, seconds: float, scores: dict[str, float],
         limits: str) -> Path:
    """Save a trained Keras model without its optimiser to ``data/models/NAME.keras``, with its card.

    A model trained in mixed or half precision is saved as float32, with the same weights.

    Parameters
    ----------
    model : keras.Model
        Of built-in layers only, or of layers in `helpers.layers`.
    name : str
        "mnist_foreground", say.
    data : str
        What it was trained on, one sentence.
    seed : int
    seconds : float
        How long it was trained.
    scores : dict of str to float
        On which test set each was taken goes into its name or into `data`.
    limits : str
        What it cannot do, one or two sentences.

    Returns
    -------
    Path
        The model's file. The card beside it, ``NAME.json``, repeats the parameters and adds the count
        of parameters and the versions.

    Raises
    ------
    ValueError
        If the file would be over 10 MB; nothing is written then.
    """
    with _full_precision():
        bare = type(model).from_config(_in_full(model.get_config()))  # not compiled: an optimiser triples the size
        bare.set_weights([np.asarray(weight, np.float32) if weight.dtype.name in _HALF else weight
                          for weight in model.get_weights()])
    path = paths.MODELS / f"{name}.keras"
    part = path.with_name(f"{name}.part.keras")
    paths.MODELS.mkdir(parents=True, exist_ok=True)
    bare.save(part)
    if part.stat().st_size > LARGEST_MB * 1e6:
        size = part.stat().st_size / 1e6
        part.unlink()
        raise ValueError(f"{name} takes {size:.1f} MB; models in the repository are under {LARGEST_MB} MB. "
                         "Train a narrower one.")
    part.replace(path)
    card = {"name": name, "data": data, "seed": seed, "seconds": round(seconds), "scores": scores, "limits": limits,
            "parameters": model.count_params(), "versions": runtime.versions()}
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(name: str) -> keras.Model:
    """Return a trained model of the repository, ready for ``predict``.

    Raises
    ------
    FileNotFoundError
        If there is no such model.
    """
    path = paths.MODELS / f"{name}.keras"
    if not path.exists():
        there = ", ".join(sorted(file.stem for file in paths.MODELS.glob("*.keras"))) or "none yet"
        raise FileNotFoundError(f"Found no {paths.shown(path)}. There are: {there}.")
    with _full_precision():
        return runtime.import_keras().models.load_model(path, compile=False)


def segment(name: str, rgb: np.ndarray) -> np.ndarray:
    """Return the soft mask of what a shipped model was trained to cut out of photos.

    The picture is shrunk (by area) or enlarged to fit the model's input, never distorted; what is
    left of the input is filled with the picture's border pixels. The mask comes back at the size of
    the picture, the same to the last digit whenever it is asked for on one machine.

    Parameters
    ----------
    name : str
        "hands", "diamonds" or "office" (people in a room).
    rgb : uint8 array (height, width, 3)
        Of any size from a single pixel. It is not changed.

    Returns
    -------
    float32 array (height, width)
        Probabilities in 0..1, 1 = the object; cut it at 0.5.

    Raises
    ------
    FileNotFoundError
        If the model has not been trained yet.
    TypeError, ValueError
        If there is no such model, or `rgb` is no such array.
    """
    if name not in SEGMENTS:
        raise ValueError(f"There is no model {name!r} to segment with. There are: {', '.join(map(repr, SEGMENTS))}.")
    return soft_mask(_ready(paths.MODELS / f"{name}.keras"), rgb)


def soft_mask(model: keras.Model, rgb: np.ndarray) -> np.ndarray:
    """Return what `segment` returns, from a model in hand: what was just trained is scored as it will be used.

    Parameters
    ----------
    model : keras.Model
        From pictures (n, height, width, 3) in 0..1 to probabilities (n, h, w, 1).
    rgb : uint8 array (height, width, 3)

    Returns
    -------
    float32 array (height, width)

    Raises
    ------
    TypeError, ValueError
        If `rgb` is no such array.
    """
    _check(rgb)
    boxed, inside = letterbox(rgb, model.input_shape[1:3])
    batch = np.stack([boxed, boxed[:, ::-1]]).astype(np.float32) / 255  # as it is, and in the mirror
    straight, mirrored = np.asarray(model.predict_on_batch(batch), np.float32)[..., 0]
    mask = (straight + mirrored[:, ::-1]) / 2
    if mask.shape != boxed.shape[:2]:
        mask = cv2.resize(mask, boxed.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(mask[inside], rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(mask, 0, 1).reshape(rgb.shape[:2])


def letterbox(rgb: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Fit a picture into a frame without distortion, and fill the rest with its border pixels.

    Parameters
    ----------
    rgb : uint8 array (h, w, 3)
    size : (height, width)
        Of the frame, in pixels.

    Returns
    -------
    uint8 array (height, width, 3), (slice, slice)
        The frame, and where in it the picture lies: ``frame[where]``.
    """
    (h, w), (height, width) = rgb.shape[:2], size
    scale = min(height / h, width / w)
    new_h, new_w = (min(max(round(n * scale), 1), most) for n, most in ((h, height), (w, width)))
    shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(rgb), (new_w, new_h), interpolation=shape)
    top, left = (height - new_h) // 2, (width - new_w) // 2
    frame = cv2.copyMakeBorder(small, top, height - new_h - top, left, width - new_w - left, cv2.BORDER_REPLICATE)
    return frame, np.s_[top:top + new_h, left:left + new_w]


def card(name: str) -> dict:
    """Return what a trained model's card says: data, seed, seconds, scores, limits, parameters, versions."""
    path = paths.MODELS / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"Found no {paths.shown(path)}. Save models with helpers.models.save.")
    return json.loads(path.read_text(encoding="utf-8"))


def _check(rgb):
    """Raise unless `rgb` is a uint8 colour picture."""
    if not isinstance(rgb, np.ndarray):
        raise TypeError(f"Found a {type(rgb).__name__}, expected a NumPy array. Pass np.asarray(image.convert('RGB')) "
                        "of a Pillow image.")
    wanted = "expected uint8 (height, width, 3)"
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        what, cure = {2: ("a grey picture", "Pass np.stack([grey] * 3, axis=-1)."),
                      4: ("several pictures", "Pass one at a time.")}.get(rgb.ndim, ("no picture", "Pass a photo."))
        if rgb.ndim == 3:
            what, cure = {1: ("a grey picture", "Pass np.repeat(grey, 3, axis=2)."),
                          4: ("four channels", "Lay it on a background, or pass rgba[..., :3].")}.get(
                rgb.shape[2], (f"{rgb.shape[2]} channels", "Pass red, green and blue."))
        raise ValueError(f"Found {what}, {rgb.dtype} {rgb.shape}, {wanted}. {cure}")
    if rgb.dtype != np.uint8:
        cure = ("np.uint8(np.round(rgb * 255)) if it runs from 0 to 1" if rgb.dtype.kind == "f" else
                "rgb.astype(np.uint8) * 255" if rgb.dtype == bool else "values of 0 to 255 as rgb.astype(np.uint8)")
        raise ValueError(f"Found a picture of {rgb.dtype}, {wanted}. Pass {cure}.")
    if 0 in rgb.shape:
        raise ValueError(f"Found an empty picture {rgb.shape}, {wanted} with at least one pixel. Check how it was cut.")


def _ready(path):
    """Return a model, loaded once as long as its file stays the same."""
    return _loaded(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=len(SEGMENTS))
def _loaded(path, _changed):
    return load(path.stem)


def _in_full(config):
    """Return a model's configuration with float32 wherever it names a shorter type."""
    if isinstance(config, dict):
        return {key: _in_full(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_in_full(value) for value in config)
    return "float32" if isinstance(config, str) and config in _HALF else config


@contextmanager
def _full_precision():
    """Build models in float32, whatever the precision that the notebook trains in."""
    policy = runtime.import_keras().config
    before = policy.dtype_policy()
    policy.set_dtype_policy("float32")
    try:
        yield
    finally:
        policy.set_dtype_policy(before)
