"""Photos of rooms and cut-out people, read from folders as they come, or refused with one sentence."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from helpers import paths, photos

FOLDERS = {"rooms": "bg_images", "people": "fg_images", "masks": "mask_images"}
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
ROOM, PERSON = 224, 112  # pixels, height and width

# In the fetched set some rooms show the same building, office or plaza, and some cut-outs the same people.
# Found by comparing all pairs by correlation and by eye. All of them are for training, so that none of
# them is seen in training and met again in validation or test.
TWINS = (
    (
        "img005",
        "img006",
        "img056",  # one building of pink stone
        "img008",
        "img019",
        "img020",
        "img021",
        "img022",
        "img044",
        "img046",  # one campus with slats
        "img009",
        "img087",  # one empty hall, turned
        "img045",
        "img058",  # one photo, sharp and blurred
        "img033",
        "img040",
        "img037",
        "img072",
        "img073",
        "img094",
        "img079",
        "img080",
        "img084",
    ),  # rooms of one place
    (
        "img009",
        "img098",  # one photo twice
        "img010",
        "img040",
        "img041",
    ),  # one couple, the last time with two more people
)


def read(place: Path) -> tuple:
    """Read a folder with ``bg_images``, ``fg_images`` and ``mask_images``.

    Rooms of other sizes are cut to a square and resized, cut-outs and their masks resized;
    CMYK, 16-bit, palette and grey pictures are converted, turned ones are set upright.

    Returns
    -------
    tuple
        Rooms uint8 (n, 224, 224, 3); cut-outs uint8 (m, 112, 112, 4); their masks uint8
        (m, 112, 112) of 0 and 1; the stems of the files as ``{"rooms": [...], "people": [...]}``;
        the SHA-256 of all of it.

    Raises
    ------
    FileNotFoundError
        If a folder or a mask is missing.
    ValueError
        If a file is no picture, a cut-out has no alpha, or a mask does not fit its cut-out.
    """
    files = _files(Path(place))
    rooms = np.stack([_room(path) for path in files["rooms"]])
    people, masks = zip(*(_pair(*pair) for pair in zip(files["people"], files["masks"], strict=True)), strict=True)
    people, masks = np.stack(people), np.stack(masks)
    content = hashlib.sha256(rooms.tobytes() + people.tobytes() + masks.tobytes()).hexdigest()
    return rooms, people, masks, {kind: [path.stem for path in files[kind]] for kind in ("rooms", "people")}, content


def _files(place):
    """Return the pictures of each folder in order; masks in the order of their cut-outs."""
    if not place.is_dir():
        raise FileNotFoundError(
            f"There is no folder {paths.shown(place)}. Name the one that holds "
            f"{', '.join(FOLDERS.values())}, or run python -m helpers fetch office."
        )
    inner = sorted(folder for folder in place.iterdir() if folder.is_dir())
    if len(inner) == 1 and inner[0].name not in FOLDERS.values():  # unpacked into a folder of its own
        place, inner = inner[0], sorted(folder for folder in inner[0].iterdir() if folder.is_dir())
    missing = [name for name in FOLDERS.values() if not (place / name).is_dir()]
    if missing:
        found = ", ".join(folder.name for folder in inner) or "no folders"
        raise FileNotFoundError(
            f"{paths.shown(place)} holds {found}; expected {', '.join(FOLDERS.values())}. "
            f"Make or rename {' and '.join(missing)}."
        )
    files = {
        kind: sorted(
            path
            for path in (place / name).iterdir()
            if path.suffix.lower() in ENDINGS and not path.name.startswith(".")
        )
        for kind, name in FOLDERS.items()
    }
    for kind in ("rooms", "people"):
        if not files[kind]:
            raise FileNotFoundError(
                f"{paths.shown(place / FOLDERS[kind])} holds no pictures; expected files that "
                f"end in {', '.join(ENDINGS)}. Put some there."
            )
    masks = {path.stem: path for path in files["masks"]}
    bare = [path.name for path in files["people"] if path.stem not in masks]
    if bare:
        raise FileNotFoundError(
            f"{len(bare)} of {len(files['people'])} cut-outs have no mask: {', '.join(bare[:5])}"
            f"{', ...' if len(bare) > 5 else ''}. Expected a picture of the same stem in "
            f"{paths.shown(place / FOLDERS['masks'])}; add it, or take the cut-out away."
        )
    return files | {"masks": [masks[path.stem] for path in files["people"]]}


def _room(path):
    rgb = photos.read(path)
    if rgb.shape[:2] == (ROOM, ROOM):
        return rgb
    side = min(rgb.shape[:2])
    top, left = ((length - side) // 2 for length in rgb.shape[:2])
    square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    return cv2.resize(square, (ROOM, ROOM), interpolation=cv2.INTER_AREA if side > ROOM else cv2.INTER_CUBIC)


def _pair(path, mask_path):
    """Return a cut-out and its mask."""
    image, name = photos.upright(path), paths.shown(path)
    if image.mode != "RGBA":
        raise ValueError(
            f"{name} has no alpha channel (it is {image.mode}), expected RGBA: a person on "
            "transparent ground. Cut the person out and save it as PNG."
        )
    rgba = np.asarray(image)
    if rgba[..., 3].min() > 127 or rgba[..., 3].max() <= 127:
        what = "opaque" if rgba[..., 3].max() > 127 else "transparent"
        raise ValueError(f"{name} is {what} everywhere, expected a person on transparent ground. Cut the person out.")
    mask = photos.read_mask(mask_path, rgba.shape[:2])
    if mask.shape == (PERSON, PERSON):
        return rgba, mask
    alpha = rgba[..., 3:] / np.float32(255)
    weighted = cv2.resize(np.dstack([rgba[..., :3] * alpha, alpha]), (PERSON, PERSON), interpolation=cv2.INTER_AREA)
    color = weighted[..., :3] / np.maximum(weighted[..., 3:], 1e-3)  # averaged by weight: no dark rim
    small = np.dstack([color, weighted[..., 3:] * 255])
    return (
        np.round(np.clip(small, 0, 255)).astype(np.uint8),
        cv2.resize(mask, (PERSON, PERSON), interpolation=cv2.INTER_NEAREST_EXACT),
    )
