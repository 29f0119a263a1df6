"""Trained models in the repository: saved small, with a card, and loaded ready to use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import paths, runtime

if TYPE_CHECKING:
    import keras

LARGEST_MB = 10


def save(model: keras.Model, name: str, *, data: str, seed: int, seconds: float, scores: dict[str, float],
         limits: str) -> Path:
    """Save a trained Keras model without its optimiser to ``data/models/NAME.keras``, with its card.

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
    bare = type(model).from_config(model.get_config())  # not compiled: an optimiser would triple the size
    bare.set_weights(model.get_weights())
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
    return runtime.import_keras().models.load_model(path, compile=False)


def card(name: str) -> dict:
    """Return what a trained model's card says: data, seed, seconds, scores, limits, parameters, versions."""
    path = paths.MODELS / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"Found no {paths.shown(path)}. Save models with helpers.models.save.")
    return json.loads(path.read_text(encoding="utf-8"))
