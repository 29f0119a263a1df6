"""Drawings of networks: feature maps as bars, or steps as boxes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from helpers.show import BLACK, BLUE, GREEN, PALETTE, VERMILION, YELLOW, figure

if TYPE_CHECKING:
    import keras


def architecture(model: keras.Model, *, caption: str, alt: str, path: Path | None = None) -> None:
    """Draw a convolutional Keras model: one bar for each feature map, arcs for skip connections.

    A bar is as high as the feature map and as wide as its logarithm of channels. Layers that keep
    the shape (activation, normalisation, dropout) are drawn as part of the one before them.

    Parameters
    ----------
    model : keras.Model
        Functional, its layers in the order they are applied, feature maps (height, width, channels).
    path : Path, optional
        Where to write the PNG as well.
    """
    kinds = {"InputLayer": ("input", BLACK), "Conv2D": ("convolution", BLUE), "DepthwiseConv2D": ("convolution", BLUE),
             "MaxPooling2D": ("pooling", VERMILION), "AveragePooling2D": ("pooling", VERMILION),
             "UpSampling2D": ("upsampling", GREEN), "Conv2DTranspose": ("upsampling", GREEN),
             "Concatenate": ("concatenation", YELLOW), "Add": ("addition", YELLOW)}
    fig, ax = plt.subplots(figsize=(9.2, 2.9))
    tallest = max(layer.output.shape[1] for layer in model.layers if len(layer.output.shape) == 4)
    place, right, legend = {}, 0.0, {}
    for layer in model.layers:
        shape, before = layer.output.shape, [tensor._keras_history.operation for tensor in _inputs(layer)]
        if type(layer).__name__ not in kinds or len(shape) != 4:
            place[layer] = place.get(before[0]) if before else None  # it keeps the shape: part of the bar before
            continue
        kind, color = kinds[type(layer).__name__]
        height, width = shape[1] / tallest, 0.16 + 0.09 * np.log2(shape[3])
        legend[kind] = ax.bar(right, height, width, bottom=-height / 2, align="edge", color=color,
                              edgecolor="white", lw=1)
        ax.text(right + width / 2, -height / 2 - 0.03, f"{shape[3]}", ha="center", va="top", fontsize=7.5)
        place[layer] = (right + width / 2, height / 2, shape[1:3])
        skips = [place[other] for other in before[:-1] if place.get(other)] if len(before) > 1 else []
        for x, top, _ in skips:
            ax.annotate("", (right + width / 2, height / 2), (x, top), arrowprops={
                "arrowstyle": "-|>", "color": "0.45", "lw": 1.2, "connectionstyle": "bar,fraction=-0.05"})
        right += width + 0.1
    for size, across in sorted({mark[2] for mark in place.values() if mark}):
        ax.text(-0.15, size / tallest / 2, f"{size}×{across}", ha="right", va="center", fontsize=7.5, color="0.35")
        ax.axhline(size / tallest / 2, color="0.9", lw=0.8, zorder=0)
    ax.set(xlim=(-0.9, right), ylim=(-0.68, 0.85))
    ax.set_axis_off()
    ax.legend(legend.values(), legend.keys(), ncols=len(legend), loc="upper center", bbox_to_anchor=(0.5, 0.02))
    figure(fig, caption + " Numbers below the bars: channels.", alt, path)


def flow(steps: dict[str, str], below: dict[str, str] | None = None, fork: int = 0, *, caption: str, alt: str,
         path: Path | None = None) -> None:
    """Draw a network as boxes in a row with arrows between them.

    Parameters
    ----------
    steps : dict of str to str
        What stands in each box, and the shape of what it passes on, written below it.
    below : dict of str to str, optional
        A second branch, in a row of its own.
    fork : int
        After which box of `steps`, counted from 0, the second branch begins.
    path : Path, optional
        Where to write the PNG as well.
    """
    rows = [(0, list(steps.items()), 0)] + ([(fork + 1, list(below.items()), -1.5)] if below else [])
    last = max(first + len(row) for first, row, _ in rows)
    fig, ax = plt.subplots(figsize=(1.5 * last, 1.3 * len(rows)))
    for first, row, y in rows:
        for x, (label, shape) in enumerate(row, first):
            ax.text(1.5 * x, y, label, ha="center", va="center", fontsize=8.5,
                    bbox={"boxstyle": "round,pad=0.55", "fc": "white", "ec": PALETTE[x % 5], "lw": 1.8})
            ax.text(1.5 * x, y - 0.62, shape, ha="center", va="top", fontsize=8, color="0.35")
            if x:
                start = (1.5 * x - 0.95, -0.55 if y and x == first else y)
                ax.annotate("", (1.5 * x - 0.55, y), start, arrowprops={"arrowstyle": "-|>", "color": "0.3"})
    ax.set(xlim=(-0.75, 1.5 * last - 0.75), ylim=(-0.95 + rows[-1][2], 0.55))
    ax.set_axis_off()
    figure(fig, caption, alt, path)


def _inputs(layer):
    found = layer.input if layer._inbound_nodes else []
    return found if isinstance(found, list) else [found]
