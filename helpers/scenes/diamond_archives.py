"""The archives of D360 as downloaded by hand: which photos are there, which are missing, which stone is for what."""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers import paths, photos
from helpers.scenes.diamond_files import SPLITS, View, must_be_shapes, must_be_split
from helpers.scenes.diamonds import POSITIONS, SHAPES

BY_HAND = ("The D360 archives are downloaded by hand: unpack Shape_1d_256i, Shape_5d_256i or Shape_10d_256i "
           "(a folder a shape, AS/<stone>_<position>.png) into")
_NAME = re.compile(r"(\d+)_(\d{1,3})\.(?:png|jpe?g)", re.IGNORECASE)
_PINNED = ("d360_photos", "d360_cutouts", "d360_cutouts_rgba")  # single pictures, read by `datasets.diamond_samples`


def found(folder: Path) -> tuple[list[View], list[str]]:
    """Return the photos of hand-downloaded D360 archives, and sentences on what is missing or was left out.

    Parameters
    ----------
    folder : Path
        Holds the archives' folders, one of them, or the shapes' folders themselves, at any depth.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no photo in it.
    """
    folder = Path(folder)
    by_key, others, unknown, twice = {}, [], set(), 0
    for place, inner, files in os.walk(folder):
        inner[:] = sorted(name for name in inner if name not in (*_PINNED, "masks"))
        shape = Path(place).name
        for file in sorted(files):
            match = _NAME.fullmatch(file)
            if shape not in SHAPES:
                if match and Path(place) != folder:
                    unknown.add(shape)
                elif match or Path(file).suffix.lower() in photos.ENDINGS:
                    others.append(file)
                continue
            if not match or int(match[2]) >= POSITIONS:
                others.append(f"{shape}/{file}")
                continue
            key = shape, int(match[1]), int(match[2])
            twice += key in by_key
            by_key.setdefault(key, Path(place) / file)
    if not by_key:
        raise FileNotFoundError(f"{paths.shown(folder)} holds no D360 photo. {BY_HAND} {paths.shown(folder)}.")
    every = [View(*key, path) for key, path in sorted(by_key.items(), key=lambda pair: pair[0])]
    return every, _remarks(every, others, unknown, twice)


def views(folder: Path, split: str, shapes: Sequence[str] | None = None,
          positions: int | Iterable[int] | None = None) -> list[View]:
    """Return the real views of a split, and print what is missing or was left out.

    Parameters and errors as `diamond_files.views`, `found` and `part`.
    """
    every, remarks = found(folder)
    for remark in remarks:
        print(remark)
    must_be_shapes(shapes or SHAPES)
    wanted = None if positions is None else set(
        range(0, POSITIONS, max(POSITIONS // positions, 1)) if isinstance(positions, int)
        else map(int, positions))
    chosen = [view for view in part(every, split) if view.shape in (shapes or SHAPES)
              and (wanted is None or view.position in wanted)]
    # The shapes and stones take turns, as among the generated ones.
    return sorted(chosen, key=lambda view: (view.position * 101 % POSITIONS, view.stone, view.shape))


def part(chosen: Iterable[View], split: str) -> list[View]:
    """Return the real views of a split: a stone's number decides, whichever archives are there.

    Raises
    ------
    ValueError
        If there is no such split.
    """
    must_be_split(split)

    def belongs(view):
        share = int(hashlib.sha256(f"D360 {view.stone}".encode()).hexdigest()[:8], 16) / 2**32
        return SPLITS[(share >= 0.7) + (share >= 0.85)] == split

    return [view for view in chosen if belongs(view)]


def _remarks(every, others, unknown, twice):
    stones = {(view.shape, view.stone) for view in every}
    missing = len(stones) * POSITIONS - len(every)
    said = []
    if missing:
        said.append(f"{missing:,} of {len(stones) * POSITIONS:,} positions are missing.")
    absent = [shape for shape in SHAPES if shape not in {shape for shape, _ in stones}]
    if absent:
        said.append(f"No stone of the shapes {', '.join(absent)}.")
    if twice:
        said.append(f"Photos that are there twice: {twice:,}; one of each was taken.")
    if others:
        said.append(f"Left out, not named <stone>_<position>: {', '.join(others[:3])}"
                    f"{f' and {len(others) - 3:,} more' if len(others) > 3 else ''}.")
    if unknown:
        said.append(f"Left out, no shape of D360: {', '.join(sorted(unknown)[:5])}.")
    return said
