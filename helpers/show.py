"""Every picture of the notebooks: grids, overlays, curves, ranked predictions.

Colours are those of Okabe and Ito, told apart with every common colour-vision deficiency. Each
function shows a PNG that holds no date and no software name, so that an unchanged picture stays
byte-identical, with a caption below it and an alternative text for those who cannot see it.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import pyplot as plt

BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#000000")
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, BLACK)
# Background and ten classes, chosen so that no two fall together with any common colour-vision deficiency.
CLASSES = ("#000000", "#33BBEE", "#EE3377", "#DDCC77", "#117733", "#BBBBBB",
           "#882255", "#009988", "#FFFFFF", "#AA4499", "#999933")
DPI = 90

matplotlib.rcParams.update({
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.titlesize": 10, "axes.labelsize": 9.5, "xtick.labelsize": 8.5, "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5, "legend.frameon": False, "font.size": 9.5,
    "image.cmap": "gray", "image.interpolation": "nearest",
})


def figure(fig: matplotlib.figure.Figure, caption: str, alt: str, path: Path | None = None) -> None:
    """Show a figure as a PNG with its caption, and close it.

    Parameters
    ----------
    fig : matplotlib figure
    caption : str
        One or two sentences below the picture: what to see in it. Markdown.
    alt : str
        What the picture shows, for a reader who cannot see it.
    path : Path, optional
        Where to write the PNG as well.
    """
    from IPython.display import Image, Markdown, display

    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(fig)
    if path is not None:
        Path(path).write_bytes(png.getvalue())
    display(Image(png.getvalue(), alt=alt))
    display(Markdown(f"*{caption}*"))


def grid(pictures: Sequence[np.ndarray], titles: Sequence[str] | None = None, *, caption: str, alt: str,
         columns: int = 6, size: float = 1.5) -> None:
    """Show pictures in rows.

    Parameters
    ----------
    pictures : sequence of arrays
        Each (height, width) grey, (height, width, 1), or (height, width, 3) colour; uint8, or float
        in 0..1. Grey ones share the scale from black at 0 to white at the largest possible value.
    titles : sequence of str, optional
        One above each picture.
    columns : int
        How many in a row.
    size : float
        Width of one picture in inches.
    """
    fig, _ = _panels(pictures, titles, columns, size)
    figure(fig, caption, alt)


def circles(pictures: Sequence[np.ndarray], circles: np.ndarray, titles: Sequence[str] | None = None, *,
            dots: Sequence[np.ndarray] | None = None, predicted: np.ndarray | None = None, columns: int = 6,
            size: float = 1.5, caption: str, alt: str) -> None:
    """Show pictures in rows, a circle drawn on each and some of its pixels marked.

    Parameters
    ----------
    pictures, titles, columns, size
        As in `grid`.
    circles : float array (n, 3)
        Centre x, centre y, radius, in pixels.
    dots : sequence of arrays (k, 2), optional
        For each picture the x and y of the pixels to mark.
    predicted : float array (n, 3), optional
        A second circle on each, dashed.
    """
    fig, axes = _panels(pictures, titles, columns, size)
    for ax, (x, y, radius), marked in zip(axes, circles, dots or [()] * len(circles), strict=True):
        ax.autoscale(False)  # a circle may leave the picture; the pictures stay of one size
        ax.add_patch(plt.Circle((x, y), radius, fill=False, ec=ORANGE, lw=1.8, clip_on=False))
        ax.plot(*np.reshape(marked, (-1, 2)).T, "o", ms=4.5, color=SKY, mec=BLACK, mew=0.6)
    for ax, (x, y, radius) in zip(axes, () if predicted is None else predicted, strict=predicted is not None):
        ax.add_patch(plt.Circle((x, y), radius, fill=False, ec=SKY, lw=1.5, ls=(0, (4, 2)), clip_on=False))
    figure(fig, caption, alt)


def label_maps(pictures: Sequence[np.ndarray], labels: np.ndarray, names: Sequence[str], *, size: float = 1.5,
               caption: str, alt: str) -> None:
    """Show pictures, their label maps below them, and what each colour means.

    Parameters
    ----------
    pictures : sequence of arrays
        As in `grid`.
    labels : sequence of int arrays (height, width)
        0 = background, 1 to 10 = a class.
    names : sequence of str
        The name of each class, from 1 on.
    """
    fig, _ = _panels([*pictures, *map(label_picture, labels)], None, len(pictures), size)
    patches = [plt.Rectangle((0, 0), 1, 1, fc=color, ec="0.6", lw=0.5) for color in CLASSES[1:]]
    fig.legend(patches, names, ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 0.02),
               handlelength=1, handletextpad=0.4, columnspacing=1.1)
    figure(fig, caption, alt)


def strip(steps: dict, *, caption: str, alt: str, size: float = 1.9) -> None:
    """Show pictures left to right with an arrow between them: input, mask, result.

    Parameters
    ----------
    steps : dict of str to array
        Title and picture (as in `grid`), in order.
    """
    fig, axes = plt.subplots(1, len(steps), figsize=(len(steps) * size * 1.18, size * 1.15),
                             gridspec_kw={"wspace": 0.35}, squeeze=False)
    for place, (ax, (title, picture)) in enumerate(zip(axes[0], steps.items(), strict=True)):
        _picture(ax, picture)
        ax.set_title(title)
        ax.set_axis_off()
        if place:
            ax.annotate("", (-0.06, 0.5), (-0.32, 0.5), xycoords="axes fraction",
                        arrowprops={"arrowstyle": "-|>", "color": BLACK, "lw": 1.5})
    figure(fig, caption, alt)


def overlay(image: np.ndarray, mask: np.ndarray, color: str = ORANGE, opacity: float = 0.55) -> np.ndarray:
    """Return the picture as float RGB (height, width, 3) in 0..1 with the mask tinted in a colour."""
    rgb = as_rgb(image)
    inside = (np.asarray(mask).squeeze() != 0)[..., None]
    tint = np.array(matplotlib.colors.to_rgb(color))
    return np.where(inside, (1 - opacity) * rgb + opacity * tint, rgb)


def agreement(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return a float RGB picture (height, width, 3) of how two masks agree.

    White: both; black: neither; orange: missed (true but not predicted); blue: too much.
    """
    truth, predicted = np.asarray(truth).squeeze() != 0, np.asarray(predicted).squeeze() != 0
    picture = np.zeros((*truth.shape, 3))
    picture[truth & predicted] = 1
    picture[truth & ~predicted] = matplotlib.colors.to_rgb(ORANGE)
    picture[~truth & predicted] = matplotlib.colors.to_rgb(BLUE)
    return picture


def ranked(images: np.ndarray, truth: np.ndarray, predicted: np.ndarray, scores: np.ndarray, *,
           each: int = 4, caption: str, alt: str) -> None:
    """Show the best, the median and the worst predictions, a column each: picture, then agreement.

    Parameters
    ----------
    images : array (n, height, width) or (n, height, width, channels)
    truth, predicted : arrays (n, height, width)
        Masks.
    scores : float array (n,)
        What to rank by, the IoU say; high is good.
    each : int
        How many of each kind.
    """
    order = np.argsort(-np.asarray(scores), kind="stable")
    middle = len(order) // 2 - each // 2
    groups = {"best": order[:each], "median": order[middle:middle + each], "worst": order[-each:]}
    columns = [(kind, i) for kind, chosen in groups.items() for i in chosen]
    fig, axes = plt.subplots(2, len(columns), figsize=(len(columns) * 0.95, 2.35), squeeze=False)
    for (upper, lower), (kind, i) in zip(axes.T, columns, strict=True):
        _picture(upper, images[i])
        lower.imshow(agreement(truth[i], predicted[i]))
        upper.set_title(f"{kind}\n{scores[i]:.3f}", fontsize=8.5)
        upper.set_axis_off()
        lower.set_axis_off()
    fig.tight_layout(pad=0.3)
    figure(fig, caption + " White: right; orange: missed; blue: too much.", alt)


def label_picture(labels: np.ndarray) -> np.ndarray:
    """Return a label map (height, width), 0 = background, as float RGB (height, width, 3) in 0..1."""
    return np.array([matplotlib.colors.to_rgb(color) for color in CLASSES])[np.asarray(labels)]


def curves(histories: dict, *, ylabel: str = "loss", log: bool = True, caption: str, alt: str) -> None:
    """Draw a value per epoch for several runs.

    Parameters
    ----------
    histories : dict of str to sequence of float
        Name of the run and its values, one an epoch.
    ylabel : str
    log : bool
        Logarithmic vertical axis.
    """
    fig, ax = plt.subplots(figsize=(6.4, 2.8))
    for name, values in histories.items():
        ax.plot(range(1, len(values) + 1), values, marker="o", ms=3, label=name)
    ax.set(xlabel="epoch", ylabel=ylabel, yscale="log" if log else "linear")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", which="both", alpha=0.25)
    ax.legend()
    figure(fig, caption, alt)


def as_rgb(image: np.ndarray) -> np.ndarray:
    """Return a picture, grey or colour, uint8 or float in 0..1, as float RGB (height, width, 3)."""
    image = np.asarray(image)
    image = image / 255 if image.dtype == np.uint8 else image.astype(float)
    if image.ndim == 2:
        image = image[..., None]
    return np.broadcast_to(image, (*image.shape[:2], 3)).copy() if image.shape[2] == 1 else image


def _panels(pictures, titles, columns, size):
    pictures = list(pictures)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    fig, axes = plt.subplots(rows, columns, squeeze=False,
                             figsize=(columns * size, rows * size * (1.22 if titles is not None else 1.05)))
    for place, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if place < len(pictures):
            _picture(ax, pictures[place])
            if titles is not None:
                ax.set_title(titles[place])
    fig.tight_layout(pad=0.4)
    return fig, axes.flat[:len(pictures)]


def _picture(ax, picture):
    picture = np.asarray(picture)
    if picture.dtype == bool or (picture.ndim == 2 and picture.max(initial=0) <= 1):
        picture = picture.astype(float)  # a mask of 0 and 1: white on black
    ax.imshow(np.clip(as_rgb(picture), 0, 1))
    ax.set(xticks=[], yticks=[])
