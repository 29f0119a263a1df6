"""Where the real data sets come from: their pinned files, the download, the check of every byte.

``data/sources.json`` pins each file of each set by size and SHA-256. A download is checked in
memory, and only a file that is right is written, beside its place and then renamed into it: no
failure leaves half a file, and none changes what was there.
"""

import errno
import hashlib
import io
import itertools
import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from helpers import paths

SOURCES = paths.DATA / "sources.json"

# Seconds to wait for a connection, and for the next bytes. A server that hangs is not tried again:
# that would keep the user waiting, and the next run goes on from the same file.
_TIMEOUT = (5, 15)
_TRIES = 3  # for a connection that was cut and for a server's own fault (5xx)
_PAUSE = 1.0  # seconds before the second try, twice as many before the third


def sources() -> dict:
    """Return every real set by name: what it is, its licence, its address and its pinned files.

    Of a set, `complete` says that the pins are a whole set to train and score on, not a few
    samples of one; `has_masks` that each picture has its mask; `files` holds for each path
    ``[size, SHA-256]``, and a third entry where the file has another path at its address.
    """
    return json.loads(SOURCES.read_text(encoding="utf-8"))


def folder(name: str) -> Path:
    """Return where the set lies, or would lie once fetched.

    It is the first of the set's folders that exists under `paths.real_data`, so that two layouts
    are understood; a set with none (MNIST) is in ``data/``, in the repository.
    """
    layouts = [paths.real_data() / layout for layout in _set(name)["folders"]]
    return next((place for place in layouts if place.is_dir()), [*layouts, paths.DATA][0])


def is_complete(name: str) -> bool:
    """Return whether every pinned file of the set is there with its size; `verify` reads the bytes."""
    place = folder(name)
    files = ((place / pinned, pin[0]) for pinned, pin in _set(name)["files"].items())
    return all(path.is_file() and path.stat().st_size == size for path, size in files)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(name: str) -> str:
    """Return one SHA-256 for a whole set, over its sorted pins: equal pins, equal data."""
    pins = sorted([pinned, *pin[:2]] for pinned, pin in _set(name)["files"].items())
    return hashlib.sha256(json.dumps(pins).encode()).hexdigest()


def verify(path: Path, name: str) -> None:
    """Check one file of a set against its pin, by size and by SHA-256.

    Parameters
    ----------
    path : Path
        Ends with the pinned path, for example ``bg_images/img001.jpg``.
    name : str
        The set, as in `sources`.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If it is not the pinned file, if the set has no such file, or if there is no such set.
    """
    path, chosen = Path(path), _set(name)
    whole = f"/{path.absolute().as_posix()}"
    pin = next((pin for pinned, pin in chosen["files"].items() if whole.endswith(f"/{pinned}")), None)
    if pin is None:
        raise ValueError(f"{paths.shown(path)} is not a pinned file of the set {name!r}. "
                         f"Its {len(chosen['files'])} files are listed in {paths.shown(SOURCES)}.")
    if not path.is_file():
        remedy = chosen.get("by_hand") or f"Run python -m helpers fetch {name}."
        raise FileNotFoundError(f"{paths.shown(path)} is missing, expected {pin[0]:,} bytes. {remedy}")
    if fault := _fault(path, pin):
        remedy = chosen.get("by_hand") or f"Delete it and run python -m helpers fetch {name}."
        raise ValueError(f"{paths.shown(path)} {fault}. {remedy}")


def fetch(name: str, base_url: str | None = None) -> Path:
    """Download what is missing of a set, verified, and return its folder.

    A file that is there and right is not downloaded again, so a run that was interrupted goes on
    where it stopped. A file that is there and wrong is renamed to ``<name>.kept``, never deleted.

    Parameters
    ----------
    name : str
        The set, as in `sources`.
    base_url : str, optional
        Another address with the same folders as the set's own, such as a copy in the school's network.

    Raises
    ------
    ValueError
        If there is no such set, if it has no address, or if the server sends anything but the pinned file.
    ConnectionError
        If the server cannot be reached, hangs, breaks off, or answers with an error.
    OSError
        If a file cannot be written; `errno` says why (ENOSPC: the disk is full).
    """
    from tqdm import tqdm

    chosen, place = _set(name), folder(name)
    pins = {pinned: pin for pinned, pin in chosen["files"].items() if _fault(place / pinned, pin)}
    base = base_url or chosen["address"]
    if pins and not base:
        verify(place / next(iter(pins)), name)  # raises, with what to do by hand
    silent = os.environ.get("MASKBOOK_QUIET", "") not in ("", "0") or not sys.stderr.isatty()
    with tqdm(total=sum(pin[0] for pin in pins.values()), desc=name, unit="B", unit_scale=True,
              file=sys.stderr, disable=silent) as bar:
        for pinned, (size, digest, *remote) in pins.items():
            path, url = place / pinned, f"{base.rstrip('/')}/{quote(remote[0] if remote else pinned)}"
            kept = _store(_download(url, size, digest, name), path, name)
            if kept:
                bar.write(f"{paths.shown(path)} was not the pinned file; it is kept as {kept.name}.")
            bar.update(size)
    return place


def _set(name):
    every = sources()
    if name not in every:
        raise ValueError(f"There is no data set {name!r}. There are: {', '.join(every)}.")
    return every[name]


def _fault(path, pin):
    """Return what is wrong with a file, as the rest of a sentence; None if it is the pinned one."""
    size, expected = pin[:2]
    if not path.is_file():
        return "is missing"
    if (found := path.stat().st_size) != size:
        return f"has {found:,} bytes, expected {size:,}"
    if (found := sha256(path)) != expected:
        return f"has the SHA-256 {found}, expected {expected}"
    return None


class _Received(io.BytesIO):
    """The bytes of one file as they come; stops a server that sends more than were pinned."""

    def __init__(self, url, limit):
        super().__init__()
        self._url, self._limit = url, limit

    def write(self, chunk):
        if self.tell() + len(chunk) > self._limit:
            raise _unpinned(self._url, f"more than {self._limit:,} bytes", "no more than that")
        return super().write(chunk)


def _download(url, size, digest, name):
    """Return the content of one file, checked; the files are small enough to be held in memory."""
    content = _get(url, size, name)
    if len(content) != size:
        raise _unpinned(url, f"{len(content):,} bytes", f"{size:,}")
    if (found := hashlib.sha256(content).hexdigest()) != digest:
        raise _unpinned(url, f"a file with the SHA-256 {found}", digest)
    return content


def _get(url, size, name):
    import pooch
    import requests

    get = pooch.HTTPDownloader(chunk_size=2**16, timeout=_TIMEOUT)
    for tried in range(1, _TRIES + 1):
        received = _Received(url, size)
        try:
            get(url, received, None)
            return received.getvalue()
        except requests.RequestException as error:
            reason, passing = _reason(error, urlsplit(url).netloc)
            if not passing or tried == _TRIES:
                raise ConnectionError(f"Cannot fetch {url}: {reason}. {_advice(error, name)}") from error
        time.sleep(_PAUSE * tried)


def _unpinned(url, found, expected):
    return ValueError(f"{url} sent {found}, expected {expected}; nothing of it was stored. Either a login "
                      "page of the network answered in its place: log in and fetch again. Or the file has "
                      "changed at its source: go on with generated data.")


def _reason(error, host):
    """Return why a download failed, and whether that may have passed a second later."""
    import requests

    if error.response is not None:
        status = error.response.status_code
        return f"{host} answered {status} ({error.response.reason})", status >= 500
    if "timed out" in str(error):  # while connecting, before the answer or within it: three exception types
        return f"{host} did not answer in time", False
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "aborted" in str(error):
        return f"{host} broke the connection off", True
    return f"there is no connection to {host} ({type(error).__name__})", False


def _advice(error, name):
    if error.response is not None and error.response.status_code in (404, 410):
        return "The set is no longer where it was published: get a copy, or go on with generated data."
    return f"Check the network and run python -m helpers fetch {name} again; what is already fetched is kept."


def _store(content, path, name):
    """Write a file that was checked, whole or not at all; return where a wrong one was moved to."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    kept = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            if os.path.lexists(path):
                kept = _free(path)
                path.rename(kept)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason, remedy = (("the disk is full", "Free some space") if full
                          else (error.strerror, "Make the folder writable"))
        told = OSError(f"Cannot write {paths.shown(path)}: {reason}. {remedy}, or name another place in "
                       f"MASKBOOK_DATA, and run python -m helpers fetch {name} again; "
                       "what is already fetched is kept.")
        told.errno = error.errno  # set apart: given to OSError it would stand before the sentence
        raise told from error
    return kept


def _free(path):
    for i in itertools.count(1):
        kept = path.with_name(f"{path.name}.kept{i if i > 1 else ''}")
        if not os.path.lexists(kept):
            return kept
