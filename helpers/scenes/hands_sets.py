"""Hands as data sets: generated pictures by split and number, and the real photos of HGR1 letterboxed to one size."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from helpers import photos, sources
from helpers.samples import Sample, Samples
from helpers.scenes import drawing, hands

SEEDS = {"train": 1005, "validation": 2005, "test": 3005}  # disjoint: a picture is drawn from its seed and number
PEOPLE = {"train": ("id02", "id03", "id05"), "validation": ("id04",), "test": ("id01",)}  # 35, 10 and 15 photos


def generated(split: str, size: tuple[int, int], counts: tuple[int, int, int]) -> Samples:
    """Return generated hands as `datasets.hands` describes them; ``.people`` are names as "test0012"."""
    drawn = Pictures(_known(split), counts, size)

    def item(i):
        picture, target = drawn[i]
        return Sample(_unit(picture), target, drawn.name(i))

    def arrays(n):
        pictures, targets = drawn.first(n)
        return _unit(pictures), targets

    samples = Samples(f"hands_{split}", "generated", drawn.fingerprint, len(drawn), item, arrays)
    samples.people = [drawn.person(i) for i in range(len(drawn))]
    return samples


def real(split: str, size: tuple[int, int] | None, only: str | None = None, without: str | None = None) -> Samples:
    """Return the photos of HGR1 as `datasets.hands` describes them; as they are where `size` is None.

    Parameters and errors as in `chosen`.
    """
    pairs = chosen(_known(split), only, without)

    def item(i):
        picture, target = pair(*pairs[i][:2], size)
        return Sample(_unit(picture), target, pairs[i][3])

    samples = Samples(f"hands_{split}", "real", sources.fingerprint("hgr1"), len(pairs), item)
    samples.people = [person for _, _, person, _ in pairs]
    return samples


def _known(split):
    if split not in ("all", *SEEDS):
        raise ValueError(f"There is no hands split {split!r}. There are: 'all', {', '.join(map(repr, SEEDS))}.")
    return split


def _unit(picture):
    return picture.astype(np.float32) / 255


class Pictures:
    """The generated pictures of a split by number, each drawn when it is asked for.

    Parameters
    ----------
    split : str
        "train", "validation", "test", or "all": the three after each other.
    counts : (train, validation, test)
    size : (height, width)
    """

    def __init__(self, split: str, counts: tuple[int, int, int], size: tuple[int, int] = hands.SIZE):
        self.size, self.split = tuple(size), split
        self._keys = [
            (part, number)
            for part, count in zip(SEEDS, counts, strict=True)
            if split in ("all", part)
            for number in range(count)
        ]
        told = f"hands {hands.VERSION} {self.size} {split} {list(counts)}"
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        part, number = self._keys[i]
        return hands.draw(SEEDS[part], number, self.size)

    def name(self, i: int) -> str:
        """Return the name of picture `i`, the same in every split and count: ``hands_test/00007``."""
        return "hands_{}/{:05d}".format(*self._keys[i])

    def person(self, i: int) -> str:
        """Return whose hand picture `i` shows: a few pictures after each other are of one person."""
        part, number = self._keys[i]
        return f"{part}{number // hands.PER_PERSON:04d}"

    def first(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the first `n` pictures, uint8 (n, height, width, 3), and their masks, drawn on all cores."""
        pictures, masks = np.zeros((n, *self.size, 3), np.uint8), np.zeros((n, *self.size), np.uint8)
        for i, (picture, mask) in enumerate(drawing.in_order(self.__getitem__, range(n), "hands")):
            pictures[i], masks[i] = picture, mask
        return pictures, masks


def chosen(split: str, only: str | None = None, without: str | None = None) -> list[tuple[Path, Path, str, str]]:
    """Return photo, mask, person and name of the real pairs of a split, each file checked against its pin.

    Parameters
    ----------
    split : str
        "all", "train", "validation" or "test"; nobody is in two of the last three.
    only, without : str, optional
        One person, "id01" to "id05": these photos only, or all but these.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing or not the pinned one, or there is no such split or person.
    """
    everyone = sorted(person for people in PEOPLE.values() for person in people)
    for person in (only, without):
        if person is not None and person not in everyone:
            raise ValueError(f"There is nobody called {person!r} in the photos. There are: {', '.join(everyone)}.")
    folder = sources.folder("hgr1")
    people = set(everyone if split == "all" else PEOPLE[split]) & {only or person for person in everyone} - {without}
    if not folder.is_dir():
        raise FileNotFoundError(
            "The hand photos are not here. Run python -m helpers fetch hgr1, or use "
            'source="generated", which needs no network.'
        )
    pairs = []
    for pinned in sorted(pin for pin in sources.sources()["hgr1"]["files"] if pin.startswith("images/")):
        stem = Path(pinned).stem
        person = next(part for part in stem.split("_") if part.startswith("id"))
        if person in people:
            photo, mask = folder / pinned, folder / "masks" / f"{stem}.bmp"
            sources.verify(photo, "hgr1")
            sources.verify(mask, "hgr1")
            pairs.append((photo, mask, person, stem))
    if not pairs:
        raise ValueError(f"No photo is left: split {split!r}, only {only!r}, without {without!r}.")
    return pairs


def pair(photo: Path, mask: Path, size: tuple[int, int] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo, uint8 (height, width, 3), and its mask, uint8, letterboxed to a size or as they are."""
    rgb = photos.read(photo)
    flags = photos.read_mask(mask, rgb.shape[:2], inverted=True)
    return (rgb, flags) if size is None else letterboxed(rgb, flags, size)


def letterboxed(rgb: np.ndarray, mask: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo and its mask scaled into a size without distortion, in its middle, black and 0 around them.

    Parameters
    ----------
    rgb : uint8 array (h, w, 3)
    mask : uint8 array (h, w) of 0 and 1
    size : (height, width)
    """
    scale = min(size[0] / mask.shape[0], size[1] / mask.shape[1])
    height, width = (max(1, round(side * scale)) for side in mask.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    boxed, flags = np.zeros((*size, 3), np.uint8), np.zeros(size, np.uint8)
    boxed[top : top + height, left : left + width] = cv2.resize(rgb, (width, height), interpolation=how)
    flags[top : top + height, left : left + width] = cv2.resize(
        mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT
    )
    return boxed, flags
