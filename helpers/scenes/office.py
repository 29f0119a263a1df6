"""400,000 office scenes, none of them stored: scene `k` is computed from `k` when it is asked for.

A scene is an empty room, a cut-out person or group, whether that is mirrored, and one of twenty
places to paste it. The numbers run as the digits of a clock do: the place changes fastest, then
mirrored or not, then the person, then the room.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from helpers import sources
from helpers.scenes import cutouts, people, rooms

PLACES = tuple((x, y) for y in (28, 56, 84, 112) for x in (0, 28, 56, 84, 112))  # left and top of what is pasted
SPLITS = ("train", "validation", "test")
SHARES = (0.70, 0.15, 0.15)  # of the people, and of the rooms
SEED = 5  # of the generated set


@dataclass(frozen=True)
class Recipe:
    """What one scene is made of: numbers of the person and the room, mirrored or not, left and top in pixels."""

    person: int
    mirrored: bool
    room: int
    x: int
    y: int


@dataclass(frozen=True)
class Material:
    """What scenes are made from, shared by all of them and never written to.

    ``rooms``: uint8 (n, 224, 224, 3); ``people``: uint8 (n, 112, 112, 4), straight colour and
    alpha; ``masks``: uint8 (n, 112, 112) of 0 and 1 drawn by hand, or None; ``split_rooms`` and
    ``split_people``: for each split the numbers that belong to it; ``source``: "real" or
    "generated"; ``fingerprint``: SHA-256 of what decides all this.
    """

    rooms: np.ndarray
    people: np.ndarray
    masks: np.ndarray | None
    split_rooms: dict
    split_people: dict
    source: str
    fingerprint: str


class Scenes:
    """All scenes of a split, by number.

    Parameters
    ----------
    material : Material
    split : str
        "all", or one of "train", "validation", "test". No person and no room is in two of these,
        and a mirrored person goes with the original.
    size : (height, width), optional
        Resize to this; masks by the nearest pixel. 224x224 if None.
    jpeg_quality : int, optional
        Pass scene and empty room through JPEG of this quality (1..100, colour at full resolution),
        as if both had been stored in files.
    """

    def __init__(
        self,
        material: Material,
        split: str = "all",
        size: tuple[int, int] | None = None,
        jpeg_quality: int | None = None,
    ):
        if split not in ("all", *SPLITS):
            raise ValueError(f"There is no office split {split!r}. There are: 'all', {', '.join(map(repr, SPLITS))}.")
        if jpeg_quality is not None and not 1 <= jpeg_quality <= 100:
            raise ValueError(f"Found a JPEG quality of {jpeg_quality}, expected 1 to 100, or None for no JPEG noise.")
        self.material, self.split, self.size, self.jpeg_quality = material, split, size, jpeg_quality
        self.rooms, self.people = material.split_rooms[split], material.split_people[split]
        self._empty = (
            material.rooms
            if jpeg_quality is None
            else {number: jpeg(material.rooms[number], jpeg_quality) for number in self.rooms}
        )

    def __len__(self) -> int:
        return len(self.rooms) * len(self.people) * 2 * len(PLACES)

    def recipe(self, k: int) -> Recipe:
        """Return what scene `k` is made of."""
        if not 0 <= k < len(self):
            raise IndexError(f"There are {len(self):,} scenes, found number {k:,}.")
        rest, place = divmod(int(k), len(PLACES))
        rest, mirrored = divmod(rest, 2)
        room, person = divmod(rest, len(self.people))
        return Recipe(int(self.people[person]), bool(mirrored), int(self.rooms[room]), *PLACES[place])

    def composite(self, k: int) -> np.ndarray:
        """Return scene `k`: the room with the person in it, uint8 (height, width, 3)."""
        made = self.recipe(k)
        scene = paste(self.material.rooms[made.room], self._person(made), made.x, made.y)
        return self._resized(scene if self.jpeg_quality is None else jpeg(scene, self.jpeg_quality))

    def background(self, k: int) -> np.ndarray:
        """Return the empty room of scene `k`, uint8 (height, width, 3)."""
        return self._resized(self._empty[self.recipe(k).room])

    def mask(self, k: int) -> np.ndarray:
        """Return the mask of scene `k`, uint8 (height, width): 1 where the person covers at least half."""
        made = self.recipe(k)
        mask = place_mask(self._person(made)[..., 3] > 127, made.x, made.y, self.material.rooms.shape[1:3])
        if self.size is None or mask.shape == tuple(self.size):
            return mask
        return cv2.resize(mask, self.size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)

    def _person(self, made):
        person = self.material.people[made.person]
        return person[:, ::-1] if made.mirrored else person

    def _resized(self, picture):
        if self.size is None or picture.shape[:2] == tuple(self.size):
            return picture
        return cv2.resize(picture, self.size[::-1], interpolation=cv2.INTER_AREA)


def paste(room: np.ndarray, person: np.ndarray, x: int, y: int) -> np.ndarray:
    """Return a copy of a picture with a cut-out pasted through its alpha; what reaches over the border is cut.

    Parameters
    ----------
    room : uint8 array (height, width, 3)
    person : uint8 array (h, w, 4)
        Straight colour and alpha.
    x, y : int
        Where its left and top edges go; may be negative.
    """
    scene = room.copy()
    into, out_of = _overlap(room.shape, person.shape, x, y)
    alpha = person[out_of][..., 3:].astype(np.uint16)
    mixed = person[out_of][..., :3] * alpha + scene[into] * (255 - alpha) + 127  # at most 65,152: it fits
    scene[into] = mixed // 255
    return scene


def place_mask(mask: np.ndarray, x: int, y: int, shape: tuple[int, int]) -> np.ndarray:
    """Return a mask (h, w) placed on black as `paste` places a cut-out: uint8 (height, width) of 0 and 1."""
    placed = np.zeros(shape, np.uint8)
    into, out_of = _overlap(shape, mask.shape, x, y)
    placed[into] = mask[out_of]
    return placed


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """Return an RGB picture as it comes back from a JPEG file of this quality, colour at full resolution."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    _, file = cv2.imencode(".jpg", picture[..., ::-1], options)
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])


@cache
def generated(count_rooms: int = 100, count_people: int = 100, seed: int = SEED) -> Material:
    """Return drawn rooms and people; the first seventy of each hundred are for training.

    Each room and each person is a function of the seed and its number, so that a larger set
    begins with the smaller one.
    """
    drawn_rooms = np.stack([rooms.room(seed, i) for i in range(count_rooms)])
    drawn_people = np.stack([people.person(seed, i) for i in range(count_people)])
    content = hashlib.sha256(drawn_rooms.tobytes() + drawn_people.tobytes()).hexdigest()
    return _material(
        drawn_rooms, drawn_people, None, np.arange(count_rooms), np.arange(count_people), "generated", content
    )


@cache
def real(folder: Path | None = None) -> Material:
    """Return the fetched set, every file checked against its pin; or own pictures in folders of the same names.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing, is not the pinned one, or is no usable picture.
    """
    place = Path(folder) if folder else sources.folder("office")
    if folder is None:
        if not place.is_dir():
            raise FileNotFoundError(
                "The office photos are not here. Run python -m helpers fetch office, or use "
                'source="generated", which needs no network.'
            )
        for pinned in sources.sources()["office"]["files"]:
            sources.verify(place / pinned, "office")
    photos, cut_out, masks, stems, content = cutouts.read(place)
    first_rooms, first_people = cutouts.TWINS if folder is None else ((), ())
    return _material(
        photos,
        cut_out,
        masks,
        _in_front(stems["rooms"], first_rooms),
        _in_front(stems["people"], first_people),
        "real",
        content if folder else sources.fingerprint("office"),
    )


def _in_front(stems, first):
    """Return the numbers of pictures, those with a twin first, so that all of these are for training."""
    order = [stems.index(stem) for stem in first]
    return np.array(order + [i for i in range(len(stems)) if i not in order])


def _material(photos, cut_out, masks, order_rooms, order_people, source, fingerprint):
    for array in (photos, cut_out, masks):
        if array is not None:
            array.flags.writeable = False
    return Material(photos, cut_out, masks, _divided(order_rooms), _divided(order_people), source, fingerprint)


def _divided(order):
    ends = np.round(np.cumsum(SHARES) * len(order)).astype(int)
    parts = np.split(order, ends[:-1])
    return {"all": np.arange(len(order))} | dict(zip(SPLITS, parts, strict=True))


def _overlap(shape, part, x, y):
    """Return the slices of a picture and of what is pasted into it that lie on each other."""
    top, left = max(y, 0), max(x, 0)
    bottom, right = max(min(y + part[0], shape[0]), top), max(min(x + part[1], shape[1]), left)
    out_of = np.s_[top - y : bottom - y, left - x : right - x] if bottom > top and right > left else np.s_[:0, :0]
    into = np.s_[top:bottom, left:right] if bottom > top and right > left else np.s_[:0, :0]
    return into, out_of
