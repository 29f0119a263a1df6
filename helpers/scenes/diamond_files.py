"""Sets of diamonds, each photo named as in D360, ``AS/<stone>_<position>``: drawn on all cores, or read, or written."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from helpers import photos
from helpers.scenes import diamonds, drawing

SPLITS = ("train", "validation", "test")
FIRST = {"train": 0, "validation": 6000, "test": 8000}  # generated stone of each split: no stone is in two


@dataclass(frozen=True)
class View:
    """One photo of a set: which shape, which stone (as it is numbered in names), which position; its file if real."""

    shape: str
    stone: int
    position: int
    path: Path | None = None

    @property
    def name(self) -> str:
        """The name as in D360, without its ending: ``AS/1000130001_007``."""
        return f"{self.shape}/{self.stone:010d}_{self.position:03d}"


def views(split: str, shapes: Sequence[str] | None, stones: int, positions: int | Iterable[int] | None) -> list[View]:
    """Return the generated views of a split, the shapes taking turns, then the stones, then the positions.

    Parameters
    ----------
    split : str
        "train", "validation" or "test".
    shapes : sequence of str, optional
        All 14 for None.
    stones : int
        Of each shape, 1 to 2,000.
    positions : int, iterable of int, or None
        How many of the 256, evenly spaced and starting elsewhere for each stone; or which; all for None.

    Raises
    ------
    ValueError
        If there is no such split, shape or position, or not so many stones.
    """
    must_be_split(split)
    if not 1 <= stones <= 2000:
        raise ValueError(f"stones must be 1 to 2,000 of each shape, found {stones}.")
    shapes = diamonds.SHAPES if shapes is None else shapes
    must_be_shapes(shapes)
    whole = diamonds.POSITIONS
    count = whole if positions is None else positions if isinstance(positions, int) else None
    if count is not None and not 1 <= count <= whole:
        raise ValueError(f"positions must be 1 to {whole}, or a list of them, found {positions}.")
    if count is None:
        named = [int(p) for p in positions]
        if not named or min(named) < 0 or max(named) >= whole:
            raise ValueError(f"positions must be within 0 to {whole - 1}, found {named}.")
    else:  # in an order whose beginning is already spread over the whole turn
        named = np.argsort(np.arange(count) * 0.618034 % 1) * whole // count
    chosen = []
    for place in named:
        for k in range(stones):
            for shape in shapes:
                stone = FIRST[split] + k
                start = 0 if count is None else 37 * stone + 101 * diamonds.SHAPES.index(shape)
                chosen.append(View(shape, number(shape, stone), int(place + start) % whole))
    return chosen


def number(shape: str, stone: int) -> int:
    """Return the ten digits that stand for a generated stone in names, as D360 numbers its stones."""
    return 1_000_000_000 + 10_000 * diamonds.SHAPES.index(shape) + stone


def loaded(view: View, size: tuple[int, int], seed: int = diamonds.SEED) -> tuple[np.ndarray, np.ndarray | None]:
    """Return photo and mask of a view: drawn, as by `diamonds.draw`, or read from its file, the mask then None."""
    if view.path is not None:
        return _resized(photos.read(view.path), size), None
    return diamonds.draw(view.shape, view.stone % 10_000, view.position, size, seed)


def loaded_all(chosen: Sequence[View], size: tuple[int, int],
               seed: int = diamonds.SEED) -> tuple[np.ndarray, np.ndarray | None]:
    """Return all photos uint8 (n, height, width, 3) and masks uint8 (n, height, width), or None, on all cores.

    A progress bar shows unless ``MASKBOOK_QUIET`` is set.
    """
    pictures = np.empty((len(chosen), *size, 3), np.uint8)
    masks = np.empty((len(chosen), *size), np.uint8)
    one = partial(loaded, size=size, seed=seed)
    for i, (picture, mask) in enumerate(drawing.in_order(one, chosen, "diamonds", "photo")):
        pictures[i] = picture
        if mask is not None:
            masks[i] = mask
    return pictures, None if any(view.path for view in chosen) else masks


def write(folder: Path, chosen: Sequence[View], size: tuple[int, int] = (256, 256), masks: bool = False,
          seed: int = diamonds.SEED) -> Path:
    """Write generated views as D360 stores its photos: ``AS/<stone>_<position>.png`` in `folder`.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    chosen : sequence of View
    size : (height, width)
    masks : bool
        Write the masks (0 and 255) too, under the same names in ``masks/`` beside the shapes.
    seed : int
    """
    folder = Path(folder)
    one = partial(loaded, size=size, seed=seed)
    for view, (picture, mask) in zip(chosen, drawing.in_order(one, chosen, "diamonds", "photo"), strict=True):
        _store(folder / f"{view.name}.png", picture[..., ::-1])
        if masks:
            _store(folder / "masks" / f"{view.name}.png", mask * 255)
    return folder


def fingerprint(chosen: Sequence[View], seed: int = diamonds.SEED) -> str:
    """Return the SHA-256 of which views they are: for real ones with the sizes of their files."""
    said = [f"{view.name} {view.path.stat().st_size if view.path else seed}" for view in chosen]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def columns(chosen: Sequence[View]) -> tuple[list[str], list[int], list[int]]:
    """Return of all views the shapes, the stones and the positions."""
    return [v.shape for v in chosen], [v.stone for v in chosen], [v.position for v in chosen]


def pinned(path: Path, size: tuple[int, int], cut_out: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Return a picture at `size`, and its mask if it is a cut-out, which then lies on a pale ground.

    Errors as `photos.read`.
    """
    picture = _resized(photos.read(path, ground=(219, 225, 235)), size)
    if not cut_out:
        return picture, None
    alpha = np.array(photos.upright(path).convert("RGBA"))[..., 3]
    return picture, (_resized(alpha, size) > 127).astype(np.uint8)


def _resized(picture, size):
    smaller = size[0] < picture.shape[0]
    return cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def _store(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    written, coded = cv2.imencode(".png", picture)
    assert written
    path.write_bytes(coded.tobytes())


def must_be_split(split: str) -> None:
    """Raise ValueError if there is no such split."""
    if split not in SPLITS:
        raise ValueError(f"There is no diamonds split {split!r}. There are: {', '.join(map(repr, SPLITS))}.")


def must_be_shapes(shapes: Sequence[str]) -> None:
    """Raise ValueError if one is no label of D360, or there is none."""
    if wrong := [shape for shape in shapes if shape not in diamonds.SHAPES] or (not shapes and ["none"]):
        raise ValueError(f"There is no diamond shape {wrong[0]!r}. There are: {', '.join(diamonds.SHAPES)}.")
