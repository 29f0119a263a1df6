"""Raw folders of hand photos and cut-outs, as people send them in, with faults that are known.

Each pair is a folder of its own with a long name; in it lie ``original.jpg`` and ``no_bg.jpg``, the same
photo with its background made black. (A few come as other kinds of files.)
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from helpers import sources
from helpers.scenes import hands, hands_camera, hands_grounds, hands_sets

Drawn = tuple[np.ndarray, np.ndarray, int]  # picture uint8 (h, w, 3), its mask uint8 (h, w), number of the person
Draw = Callable[[int, tuple[int, int]], Drawn]

TALL = ((200, 108), (202, 108))  # height, width: ratios 1.85 and 1.87
OTHERS = ((192, 108), (192, 108), (168, 126), (126, 168), (144, 144))  # 16:9, 4:3, lying, square
UNREADABLE = ("empty file", "half a file", "web page", "one missing")
BAD_CUTOUTS = ("background left", "nothing removed", "other body part", "part missing", "empty", "wrong picture",
               "moved")
REPEATED = ("same file", "saved again")
# Of a hundred pairs; the rest are good, with a tall picture.
_SHARES = {"other ratio": 24, "turned": 5, "alpha": 6, "odd file": 3, "lying cut-out": 2, "background left": 4,
           "nothing removed": 2, "other body part": 4, "part missing": 4, "empty": 2, "wrong picture": 3, "moved": 2,
           "same file": 3, "saved again": 4, "same ten characters": 1, "empty file": 1, "half a file": 1,
           "web page": 1, "one missing": 1}


@dataclass(frozen=True)
class Pair:
    """What is known about one raw folder.

    ``folder``: its name. ``kind``: "good", or what is odd or wrong about it (a key of `_SHARES`).
    ``person``: number of the person. ``mask``: the exact mask of the upright picture, uint8
    (height, width). ``first``: the name of the folder that this one repeats, or "".
    """

    folder: str
    kind: str
    person: int
    mask: np.ndarray
    first: str = ""


@dataclass(frozen=True)
class Raw:
    """A folder of raw folders, and what is known about them.

    ``place``: where they lie. ``pairs``: a `Pair` for each, in the order of their names. ``name``,
    ``source`` ("real" or "generated") and ``fingerprint`` (SHA-256 of all files, or of the real set): as in
    `samples.Samples`.
    """

    place: Path
    pairs: list[Pair]
    name: str
    source: str
    fingerprint: str


def write(place: Path, pairs: int = 160, seed: int = 10, draw: Draw | None = None) -> Raw:
    """Write raw folders with generated hands and known faults.

    Parameters
    ----------
    place : Path
        An empty folder.
    pairs : int
        How many folders, 60 or more, so that there is some of everything.
    seed : int
        Of the pictures, and of which is what.
    draw : function, optional
        Number and (height, width) to a picture, its mask and the number of the person; `of_people` for None.
    """
    draw, rng = draw or of_people(seed), np.random.default_rng(seed)
    kinds = [kind for kind, share in _SHARES.items() for _ in range(max(1, round(share * pairs / 100)))]
    good = pairs - len(kinds)
    kinds = ["good"] * good + kinds  # good ones first: the repeated ones need some
    other = [kind == "other ratio" or (kind in BAD_CUTOUTS and k % 4 == 0) for k, kind in enumerate(kinds)]
    sizes = [OTHERS[k % len(OTHERS)] if other[k] else TALL[k % len(TALL)] for k in range(pairs)]
    number = rng.permutation(pairs)  # so that the pictures of one person are of several kinds
    draw(0, sizes[0])  # what all pictures share is made before two are drawn at a time
    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(lambda k: None if kinds[k] in REPEATED else draw(int(number[k]), sizes[k]), range(pairs)))
    written = []
    for k, kind in enumerate(kinds):
        name = hashlib.sha256(f"{seed} {k}".encode()).hexdigest()[:24]
        if kind in REPEATED:
            written.append(_repeat(place, name, kind, written[k % good]))
            continue
        if kind == "same ten characters":
            name = written[0].folder[:10] + name[10:]
        image, mask, person = drawn[k]
        (place / name).mkdir()
        _WRITERS.get(kind, _bad_cutout)(place / name, image, mask, kind, rng, draw, k)
        written.append(Pair(name, kind, person, mask))
    return _raw(place, written, "generated")


def of_people(seed: int) -> Draw:
    """Return a function that draws hand `k` of somebody who sends a few pictures, all taken in one place."""
    def draw(k, size):
        layer, person = hands.hand(seed + 10_000, k, size), k // hands.PER_PERSON
        ground = hands_grounds.ground(np.random.default_rng([seed, person, 4]), size, layer.skin, layer.light)
        return hands_camera.photograph(np.random.default_rng([seed, k, 3]), layer, ground), layer.mask, person

    return draw


def copy(place: Path) -> Raw:
    """Write raw folders with the real photos, their cut-outs made with their masks; none has a planted fault.

    Parameters
    ----------
    place : Path
        An empty folder.
    """
    written = []
    for photo, mask_file, person, stem in hands_sets.chosen("all"):
        name = hashlib.sha256(stem.encode()).hexdigest()[:24]
        (place / name).mkdir()
        (place / name / "original.jpg").write_bytes(photo.read_bytes())
        image, mask = hands_sets.pair(photo, mask_file, None)
        _jpeg(place / name / "no_bg.jpg", cut_out(image, mask), 80)
        written.append(Pair(name, "good", int(person.removeprefix("id")), mask))
    return _raw(place, written, "real", sources.fingerprint("hgr1"))


def _raw(place, written, source, fingerprint=""):
    files = b"".join(path.read_bytes() for path in sorted(place.glob("*/*")))
    return Raw(place, sorted(written, key=lambda pair: pair.folder), "raw_hands", source,
               fingerprint or hashlib.sha256(files).hexdigest())


def cut_out(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a picture (uint8) with a black background, its edge soft by a pixel, as a program cuts it out."""
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6)[..., None]
    return np.round(image * alpha).astype(np.uint8)


def _jpeg(path, image, quality, **options):
    Image.fromarray(np.ascontiguousarray(image)).save(path, quality=int(quality), **options)


def _good(folder, image, mask, kind, rng, draw, k):
    _jpeg(folder / "original.jpg", image, rng.integers(85, 96))
    shown = mask.copy()
    for _ in range(rng.integers(0, 4) * (rng.random() < 0.4)):  # crumbs of the background, as programs leave them
        cv2.circle(shown, [int(rng.integers(length)) for length in mask.shape[::-1]], int(rng.integers(1, 3)), 1, -1)
    _jpeg(folder / "no_bg.jpg", cut_out(image, shown), rng.integers(70, 91))


def _turned(folder, image, mask, kind, rng, draw, k):
    """Write the picture as the sensor saw it, with a tag; the cut-out upright, or lying and without a tag."""
    exif = Image.Exif()
    exif[0x0112] = 6
    _good(folder, image, mask, kind, rng, draw, k)
    _jpeg(folder / "original.jpg", np.rot90(image, 1), 92, exif=exif)
    if kind == "lying cut-out":
        _jpeg(folder / "no_bg.jpg", np.rot90(cut_out(image, mask), 1), 85)


def _alpha(folder, image, mask, kind, rng, draw, k):
    _jpeg(folder / "original.jpg", image, 92)
    alpha = np.round(255 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6)).astype(np.uint8)
    Image.fromarray(np.dstack([image, alpha])).save(folder / "no_bg.png")  # the background's colours stay below


def _odd(folder, image, mask, kind, rng, draw, k):
    """Write a photo for the press (CMYK), a scan (16 bit, grey), or an animation of two frames."""
    _good(folder, image, mask, kind, rng, draw, k)
    (folder / "original.jpg").unlink()
    photo = Image.fromarray(image)
    if k % 3 == 0:
        photo.convert("CMYK").save(folder / "original.jpg", quality=92)
    elif k % 3 == 1:
        Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 257).save(folder / "original.png")
        grey = np.repeat(np.asarray(photo.convert("L"))[..., None], 3, axis=-1)
        _jpeg(folder / "no_bg.jpg", cut_out(grey, mask), 85)
    else:
        photo.save(folder / "original.webp", quality=92, save_all=True, append_images=[photo.rotate(5)])


def _unreadable(folder, image, mask, kind, rng, draw, k):
    _good(folder, image, mask, kind, rng, draw, k)
    path = folder / ("original.jpg" if k % 2 else "no_bg.jpg")
    if kind == "one missing":
        path.unlink()
    else:
        content = {"empty file": b"", "web page": b"<!doctype html><title>Log in</title>"}
        path.write_bytes(content.get(kind, path.read_bytes()[:path.stat().st_size // 2]))


def _bad_cutout(folder, image, mask, kind, rng, draw, k):
    """Write a good photo with a cut-out that has one of the `BAD_CUTOUTS`."""
    height, width = mask.shape
    y, x = np.mgrid[:height, :width]
    image, wrong = image.copy(), mask.copy()
    if kind == "background left":  # a piece of what lies behind, grown onto the hand
        row, column = (rng.uniform(0.3, 0.9) * length for length in mask.shape)
        wrong |= np.hypot((y - row) / height, (x - column) / width) < rng.uniform(0.2, 0.3)
    elif kind == "nothing removed":
        wrong[:] = 1
    elif kind == "other body part":  # a knee or a chin, in the colour of the hand
        row, column = rng.uniform(0.1, 0.9) * height, rng.choice([0.0, 1.0]) * width
        part = np.hypot((y - row) / (0.22 * height), (x - column) / (0.4 * width))
        skin = np.median(image[mask > 0], axis=0) if mask.any() else np.array([190, 140, 120])
        shaded = skin * (1.08 - 0.4 * np.minimum(part, 1) ** 2)[..., None] + rng.normal(0, 3, (height, width, 1))
        only = (part < 1) & (mask == 0)
        image[only] = np.clip(shaded, 0, 255)[only]
        wrong = only.astype(np.uint8) if k % 2 else wrong | only
    elif kind == "part missing":  # fingertips, cut off as round as a brush
        rows, columns = np.nonzero(mask)
        within = (np.minimum(rows, height - 1 - rows) > 5) & (np.minimum(columns, width - 1 - columns) > 5)
        far = np.argmax(within * np.hypot(rows - rows.mean(), columns - columns.mean()))
        wrong &= np.hypot(y - rows[far], x - columns[far]) > rng.uniform(0.28, 0.4) * np.sqrt(mask.sum() * 2)
    elif kind == "empty":
        wrong[:] = 0
    shown = cut_out(image, wrong)
    if kind == "wrong picture":
        other, other_mask, _ = draw(k + 100_000, mask.shape)
        shown = cut_out(other, other_mask)
    elif kind == "moved":
        shift = np.float32([[1, 0, rng.choice([-1, 1]) * 0.09 * width], [0, 1, 0.06 * height]])
        shown = cv2.warpAffine(shown, shift, (width, height))
    _jpeg(folder / "original.jpg", image, 90)
    _jpeg(folder / "no_bg.jpg", shown, rng.integers(70, 91))


def _repeat(place, name, kind, first):
    """Write a folder a second time: the same files, or the pictures saved again a little smaller."""
    (place / name).mkdir()
    for path in sorted((place / first.folder).iterdir()):
        if kind == "same file":
            (place / name / path.name).write_bytes(path.read_bytes())
            continue
        with Image.open(path) as image:
            small = image.resize((round(image.width * 0.926), round(image.height * 0.926)), Image.Resampling.LANCZOS)
            small.save(place / name / path.name, quality=80)
    mask = first.mask
    if kind == "saved again":
        height, width = (round(length * 0.926) for length in mask.shape)
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return Pair(name, kind, first.person, mask, first.folder)


_WRITERS = {"good": _good, "other ratio": _good, "same ten characters": _good, "turned": _turned,
            "lying cut-out": _turned, "alpha": _alpha, "odd file": _odd} | dict.fromkeys(UNREADABLE, _unreadable)
