"""A folder of diamond photos in, a folder of cut-outs out: streamed, resumed, and nothing ever overwritten."""

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import cv2
import joblib
import numpy as np
from tqdm import tqdm

from helpers import models, paths, photos, runtime, silhouettes

METHODS = ("model", "classical")
SKIPPED = "skipped.txt"  # in the folder of cut-outs: what could not be cut out, and why


@dataclass(frozen=True)
class Tally:
    """What a run did: cut-outs ``made`` now, already ``there`` before, photos ``skipped``, and ``seconds``."""

    made: int
    there: int
    skipped: int
    seconds: float


def cut_diamonds(photo_folder: Path, cutout_folder: Path, method: str = "model", jobs: int = 1) -> Tally:
    """Cut the diamond out of every photo of a folder and its sub-folders.

    ``AS/1_000.png`` becomes ``AS/1_000.png`` in the other folder, a photo with another ending gets
    ".png" added to its name. A cut-out is RGBA, of the photo's size, with zero colour where it is
    transparent. Photos are listed, read and cut one after the other, so memory does not grow with
    their number. A cut-out is written under another name and renamed when it is whole; those that
    are there already are kept, so an interrupted run goes on where it was.

    Photos that cannot be read, and those on which no stone is found, are listed in ``skipped.txt``
    in the folder of cut-outs; the rest is done all the same. Names that begin with a dot, and files
    without the ending of a picture, are left alone.

    Parameters
    ----------
    photo_folder, cutout_folder : Path
        The second is made if need be. Neither may lie in the other, not even through a link.
    method : str
        "model": the trained network; "classical": `silhouettes.improved`.
    jobs : int
        How many processes cut at a time.

    Returns
    -------
    Tally

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder of photos, or the trained model is missing.
    ValueError
        If there is no such method, the number of jobs is below 1, a folder lies in the other, or
        there is no photo.
    OSError
        If a cut-out cannot be written, because the disk is full say.
    """
    photo_folder, cutout_folder = Path(photo_folder), Path(cutout_folder)
    _check(photo_folder, cutout_folder, method, jobs)
    total = there = skipped = 0
    for name in found(photo_folder, cutout_folder):
        total += 1
        there += _is_there(_target(cutout_folder, name))
    if not total:
        raise ValueError(f"{paths.shown(photo_folder)} holds no photo, expected files that end in "
                         f"{', '.join(photos.ENDINGS)}. Name the folder that they lie in.")
    cutout_folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    tasks = (joblib.delayed(_cut)(photo_folder, cutout_folder, name, method, jobs)
             for name in found(photo_folder, cutout_folder) if not _is_there(_target(cutout_folder, name)))
    # One photo at a time: batches would grow, and with them how many photos are on their way.
    workers = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="4 * n_jobs", batch_size=1)
    with _told(jobs), tqdm(total=total, initial=there, unit="photo", smoothing=0.05, file=sys.stderr,
                           mininterval=0.5 if sys.stderr.isatty() else 30, disable=runtime.quiet()) as bar:
        for why in workers(tasks):
            bar.update()
            if why:
                _list(cutout_folder, why, new=not skipped)
                skipped += 1
    if not skipped:
        (cutout_folder / SKIPPED).unlink(missing_ok=True)  # of an earlier run
    return Tally(total - there - skipped, there, skipped, time.monotonic() - began)


def found(photo_folder: Path, cutout_folder: Path) -> Iterator[Path]:
    """Yield the photos in a folder and its sub-folders as paths relative to it, one after the other.

    Linked folders are entered too, each folder once.

    Raises
    ------
    ValueError
        If a link leads into the folder of cut-outs.
    """
    out, entered, waiting = cutout_folder.resolve(), set(), [Path()]
    while waiting:
        here = waiting.pop()
        real = (photo_folder / here).resolve()
        if real in entered:
            continue
        if real.is_relative_to(out):
            raise ValueError(f"{paths.shown(photo_folder / here)} leads into the folder of cut-outs, "
                             f"{paths.shown(cutout_folder)}: they would be cut again. Choose another.")
        entered.add(real)
        with _entries(photo_folder / here) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    waiting.append(here / entry.name)
                elif Path(entry.name).suffix.lower() in photos.ENDINGS:
                    yield here / entry.name


def cutout(rgb: np.ndarray, method: str = "model") -> np.ndarray | None:
    """Return a photo's diamond as uint8 RGBA (height, width, 4), zero outside of it; None if none is found.

    Parameters
    ----------
    rgb : uint8 array (height, width, 3)
    method : str
        As in `cut_diamonds`.
    """
    mask = models.segment("diamonds", rgb) if method == "model" else silhouettes.improved(rgb)
    alpha = np.round(255 * mask.astype(np.float32)).astype(np.uint8)
    if alpha.max(initial=0) < 128:
        return None
    return np.dstack([rgb * (alpha > 0)[..., None], alpha])


def first_skipped(cutout_folder: Path, most: int) -> list[str]:
    """Return the first lines of what ``skipped.txt`` lists."""
    with (cutout_folder / SKIPPED).open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line, _ in zip(file, range(most), strict=False)]


def _check(photo_folder, cutout_folder, method, jobs):
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}. There are: {', '.join(METHODS)}.")
    if jobs < 1:
        raise ValueError(f"Found {jobs} jobs, expected 1 or more.")
    if not photo_folder.exists():
        raise FileNotFoundError(f"There is no folder {paths.shown(photo_folder)}, expected one with photos in it.")
    if not photo_folder.is_dir():
        raise NotADirectoryError(f"{paths.shown(photo_folder)} is a file, expected a folder of photos.")
    if cutout_folder.exists() and not cutout_folder.is_dir():
        raise NotADirectoryError(f"{paths.shown(cutout_folder)} is a file, expected a folder for the cut-outs.")
    source, target = photo_folder.resolve(), cutout_folder.resolve()
    if source.is_relative_to(target) or target.is_relative_to(source):
        raise ValueError(f"The photos are in {paths.shown(photo_folder)} and the cut-outs would go to "
                         f"{paths.shown(cutout_folder)}: neither may lie in the other, so that no photo is "
                         "overwritten or cut twice. Choose a folder beside it.")
    if method == "model" and not (paths.MODELS / "diamonds.keras").exists():
        raise FileNotFoundError(f"Found no {paths.shown(paths.MODELS / 'diamonds.keras')}. Take --method classical, "
                                "or train it: python -m helpers run 13 --profile ship")


def _entries(folder):
    try:
        return os.scandir(folder)
    except PermissionError:
        raise PermissionError(f"{paths.shown(folder)} may not be read by you. Change its permissions.") from None


def _target(cutout_folder, name):
    return cutout_folder / (name if name.suffix == ".png" else name.with_name(f"{name.name}.png"))


def _is_there(target):
    try:
        return target.stat().st_size > 0
    except OSError:
        return False


def _cut(photo_folder, cutout_folder, name, method, jobs):
    """Cut one photo out; return why it was skipped, or ""."""
    if jobs > 1:
        cv2.setNumThreads(1)  # the other cores have photos of their own
    try:
        rgb = photos.read(photo_folder / name)
    except (ValueError, OSError) as error:
        return str(error)
    rgba = cutout(rgb, method)
    if rgba is None:
        return f"No stone was found on {paths.shown(photo_folder / name)}."
    _write(rgba, _target(cutout_folder, name), photo_folder)
    return ""


def _write(rgba, target, photo_folder):
    """Write a cut-out whole or not at all."""
    _, encoded = cv2.imencode(".png", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_PNG_COMPRESSION, 3])
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.parent.resolve().is_relative_to(photo_folder.resolve()):
            raise ValueError(f"{paths.shown(target.parent)} leads into the folder of photos, "
                             f"{paths.shown(photo_folder)}: a cut-out might overwrite one. Choose another folder.")
        part.unlink(missing_ok=True)  # of an interrupted run; it might even be a link to something else
        with part.open("xb") as file:
            file.write(encoded.data)
        part.replace(target)
    except OSError as error:
        raise OSError(f"{paths.shown(target)} cannot be written ({error.strerror}). Mend that, then repeat the "
                      "command: it goes on where it stopped.") from None


def _list(cutout_folder, line, new):
    with (cutout_folder / SKIPPED).open("w" if new else "a", encoding="utf-8") as file:
        file.write(line + "\n")


@contextlib.contextmanager
def _told(jobs):
    """Tell TensorFlow, for processes started in here, how many cores are theirs; and the user if one is killed."""
    share = str(max(1, runtime.cores() // jobs))
    wanted = {"TF_NUM_INTRAOP_THREADS": share, "TF_NUM_INTEROP_THREADS": "1"} if jobs > 1 else {}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        with warnings.catch_warnings():  # joblib replaces a process that has grown by 100 MB: no photo is lost
            warnings.filterwarnings("ignore", "A worker stopped while some jobs")
            yield
    except BrokenProcessPool:
        raise ChildProcessError("One of the processes was stopped from outside, most likely because memory ran out. "
                                "Repeat the command with fewer --jobs: it goes on where it stopped.") from None
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
