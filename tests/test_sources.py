"""The pins of the real sets, and the download against a server that misbehaves in every way."""

import contextlib
import errno
import hashlib
import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from helpers import paths, sources

CONTENTS = {
    "images/a.png": b"first" * 4000,
    "images/b 1.png": b"second" * 4000,
    "masks/a.bmp": b"third" * 4000,
}


class _Handler(BaseHTTPRequestHandler):
    """Answers each path with what `server.faults` says of it, by default with the file."""

    def do_GET(self):
        self.server.asked.append(self.path)
        content = self.server.contents.get(self.path)
        fault = self.server.faults.get(self.path, 404 if content is None else None)
        if isinstance(fault, list):  # one answer after the other, then the file
            fault = fault.pop(0) if fault else None
        if isinstance(fault, int):
            self.send_error(fault)
        elif fault == "mute":
            self.close_connection = True
        elif fault == "silent":
            self.server.over.wait(20)
        elif fault == "endless":
            self._start()
            for _ in range(200):
                self.wfile.write(bytes(2**16))
        elif fault == "unannounced":  # short, and no length to tell it by
            self._start()
            self.wfile.write(content[:7])
        else:
            self._start(("Content-Length", str(len(content))))
            self.wfile.write(content[::-1] if fault == "other" else content[:5000] if fault else content)
            if fault == "stalled":
                self.server.over.wait(20)

    def _start(self, *headers):
        self.send_response(200)
        for header in headers:
            self.send_header(*header)
        self.end_headers()

    def handle(self):
        with contextlib.suppress(OSError):  # the client has hung up, as it should
            super().handle()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server on this machine with the files of the set "toy"."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(sources, "_TIMEOUT", (0.5, 0.5))
    monkeypatch.setattr(sources, "_PAUSE", 0.01)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as web:
        web.contents = {f"/toy/{name.replace(' ', '%20')}": content for name, content in CONTENTS.items()}
        web.faults, web.asked, web.over = {}, [], threading.Event()
        thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield web
        web.over.set()
        web.shutdown()


@pytest.fixture
def toy(tmp_path, monkeypatch, server):
    """The set "toy" of three files, none of them fetched yet; returns its folder."""
    files = {name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in CONTENTS.items()}
    address = f"http://127.0.0.1:{server.server_port}/toy"
    _pin(tmp_path, monkeypatch, {"toy": {"folders": ["toy", "old/toy"], "address": address, "files": files}})
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path / "real"))
    return tmp_path / "real" / "toy"


def _pin(tmp_path, monkeypatch, sets):
    (tmp_path / "sources.json").write_text(json.dumps(sets))
    monkeypatch.setattr(sources, "SOURCES", tmp_path / "sources.json")


def _files(place: Path) -> dict:
    """Every file below a folder, hidden ones too."""
    files = (path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in files}


def _told(kind, sentence):
    return pytest.raises(kind, match=sentence)


# --- the pins ---------------------------------------------------------------------------------------


def test_pins_are_well_formed():
    every = sources.sources()
    assert {name: len(row["files"]) for name, row in every.items()} == {
        "mnist": 1, "office": 300, "hgr1": 120, "d360_photos": 8, "d360_cutouts": 5, "mobilenet": 1}
    for name, row in every.items():
        assert {"title", "licence", "citation", "masks", "folders", "address"} <= set(row), name
        assert isinstance(row["complete"], bool) and isinstance(row["has_masks"], bool), name
        assert row["address"] or row["by_hand"].endswith("."), name
        if name != "mobilenet":  # Google's store of Keras' weights has no commits: the SHA-256 alone decides
            assert row["address"] is None or re.match(r"https://.+/[0-9a-f]{7,40}(/|$)", row["address"]), name
        for pinned, (size, digest, *remote) in row["files"].items():
            assert isinstance(size, int) and size > 0, pinned
            assert re.fullmatch("[0-9a-f]{64}", digest), pinned
            assert not pinned.startswith("/") and ".." not in pinned and len(remote) <= 1, pinned
        remotes = [pin[2] if len(pin) > 2 else pinned for pinned, pin in row["files"].items()]
        assert len(set(remotes)) == len(remotes), name
    # JSON keeps the last of two equal keys without a word: look for them in the text.
    pinned = re.findall(r'^      "([^"]+)": \[', sources.SOURCES.read_text(), re.MULTILINE)
    assert len(pinned) == sum(len(row["files"]) for row in every.values())


def test_every_picture_of_a_set_with_masks_has_one():
    def stems(name, folder):
        files = map(Path, sources.sources()[name]["files"])
        return [path.stem for path in files if path.parent.name == folder]

    assert stems("office", "fg_images") == stems("office", "mask_images")
    assert len(stems("office", "fg_images")) == len(stems("office", "bg_images")) == 100
    assert stems("hgr1", "images") == stems("hgr1", "masks")
    assert len(stems("hgr1", "images")) == 60


def test_mnist_holds_the_original_arrays():
    """Written back to IDX form, the four arrays are the files that LeCun published."""
    path = sources.folder("mnist") / "mnist.npz"
    sources.verify(path, "mnist")
    with np.load(path) as arrays:
        found = {name: hashlib.md5(_idx(arrays[name])).hexdigest() for name in arrays.files}
    assert found == sources.sources()["mnist"]["idx_md5"]


def _idx(array):
    header = bytes([0, 0, 8, array.ndim])  # 8: unsigned bytes
    return header + b"".join(length.to_bytes(4, "big") for length in array.shape) + array.tobytes()


def test_a_corrupt_mnist_is_told(tmp_path):
    whole = (paths.DATA / "mnist.npz").read_bytes()
    copy = tmp_path / "mnist.npz"
    copy.write_bytes(whole[:-1])
    with _told(ValueError, r"mnist\.npz has 11,490,518 bytes, expected 11,490,519\. Restore it with git "
                           r"checkout data/mnist\.npz \(or copy it again\)\.$"):
        sources.verify(copy, "mnist")
    copy.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    with _told(ValueError, r"has the SHA-256 [0-9a-f]{64}, expected 06af5dfe[0-9a-f]{56}\. Restore it with"):
        sources.verify(copy, "mnist")
    copy.unlink()
    with _told(FileNotFoundError, r"mnist\.npz is missing, expected 11,490,519 bytes\. Restore it with git"):
        sources.verify(copy, "mnist")


# --- looking at what is there -----------------------------------------------------------------------


def test_is_complete_sees_a_missing_and_a_truncated_file(toy):
    assert not sources.is_complete("toy")
    sources.fetch("toy")
    assert sources.is_complete("toy")
    for name, content in CONTENTS.items():
        (toy / name).write_bytes(content[:-1])
        assert not sources.is_complete("toy")
        (toy / name).unlink()
        assert not sources.is_complete("toy")
        (toy / name).write_bytes(content)
        assert sources.is_complete("toy")


def test_verify_tells_what_to_do_with_a_fetched_file(toy):
    place = sources.fetch("toy") / "images/a.png"
    sources.verify(place, "toy")
    place.write_bytes(CONTENTS["images/a.png"][::-1])
    with _told(ValueError, r"a\.png has the SHA-256 .*\. Delete it and run python -m helpers fetch toy\.$"):
        sources.verify(place, "toy")
    with _told(ValueError, r"c\.png is not a pinned file of the set 'toy'\. Its 3 files are listed"):
        sources.verify(place.with_name("c.png"), "toy")
    place.unlink()
    with _told(FileNotFoundError, r"is missing, expected 20,000 bytes\. Run python -m helpers fetch toy"):
        sources.verify(place, "toy")


def test_folder_understands_both_layouts(toy):
    other = paths.real_data() / "old/toy"
    assert sources.folder("toy") == toy
    other.mkdir(parents=True)
    assert sources.folder("toy") == other == sources.fetch("toy")
    toy.mkdir()
    assert sources.folder("toy") == toy


def test_fingerprint_follows_the_pins_alone(toy, tmp_path, monkeypatch):
    first, row = sources.fingerprint("toy"), sources.sources()["toy"]
    assert re.fullmatch("[0-9a-f]{64}", first)
    turned = row | {"files": dict(reversed(row["files"].items())), "address": "http://elsewhere"}
    _pin(tmp_path, monkeypatch, {"toy": turned})
    assert sources.fingerprint("toy") == first
    turned["files"]["images/a.png"][1] = "0" * 64
    _pin(tmp_path, monkeypatch, {"toy": turned})
    assert sources.fingerprint("toy") != first


def test_an_unknown_set_is_told():
    for ask in (sources.folder, sources.is_complete, sources.fingerprint, sources.fetch):
        with _told(ValueError, r"There is no data set 'offices'\. There are: mnist, office, hgr1, d360_"):
            ask("offices")


# --- the download -----------------------------------------------------------------------------------


def test_fetch_stores_the_set_and_asks_once(toy, server, capfd):
    assert sources.fetch("toy") == toy
    assert _files(toy.parent) == {f"toy/{name}": content for name, content in CONTENTS.items()}
    assert sorted(server.asked) == sorted(server.contents)
    sources.fetch("toy")
    assert len(server.asked) == 3
    assert capfd.readouterr() == ("", ""), "not a terminal, so no progress bar"


def test_the_bar_counts_bytes_on_a_terminal_only(toy, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.delenv("MASKBOOK_QUIET", raising=False)
    sources.fetch("toy")
    assert "toy: 100%" in capsys.readouterr().err
    (toy / "masks/a.bmp").unlink()
    monkeypatch.setenv("MASKBOOK_QUIET", "1")
    sources.fetch("toy")
    assert capsys.readouterr().err == ""


def test_a_path_may_differ_at_the_address_and_the_address_too(toy, server, tmp_path, monkeypatch):
    row = sources.sources()["toy"] | {"address": None, "by_hand": "Ask the teacher."}
    row["files"]["masks/a.bmp"].append("Masks-Ideal/a.bmp")
    _pin(tmp_path, monkeypatch, {"toy": row})
    server.contents["/copy/Masks-Ideal/a.bmp"] = server.contents.pop("/toy/masks/a.bmp")
    server.contents |= {path.replace("/toy", "/copy"): content for path, content in server.contents.items()}
    with _told(FileNotFoundError, r"images/a\.png is missing, expected 20,000 bytes\. Ask the teacher\.$"):
        sources.fetch("toy")
    sources.fetch("toy", base_url=f"http://127.0.0.1:{server.server_port}/copy/")
    assert _files(toy) == CONTENTS


def test_resume_fetches_only_what_is_missing(toy, server):
    server.faults["/toy/masks/a.bmp"] = 404
    with pytest.raises(ConnectionError):
        sources.fetch("toy")
    times = {path: path.stat().st_mtime_ns for path in toy.rglob("*.png")}
    assert len(times) == 2
    server.faults.clear()
    server.asked.clear()
    sources.fetch("toy")
    assert server.asked == ["/toy/masks/a.bmp"]
    assert {path: path.stat().st_mtime_ns for path in toy.rglob("*.png")} == times


FAULTS = [
    ("other", ValueError, r"sent a file with the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}; nothing of", 1),
    ("unannounced", ValueError, r"sent 7 bytes, expected 24,000; nothing of it was stored\.", 1),
    ("endless", ValueError, r"sent more than 24,000 bytes, expected no more than that; nothing", 1),
    ("cut", ConnectionError, r"broke the connection off\. Check the network and run python -m helpers", 3),
    ("mute", ConnectionError, r"broke the connection off\. Check the network and run python -m helpers", 3),
    (404, ConnectionError, r"127\.0\.0\.1:\d+ answered 404 \(Not Found\)\. The set is no longer where it", 1),
    (500, ConnectionError, r"answered 500 \(Internal Server Error\)\. Check the network and run", 3),
    ("silent", ConnectionError, r"did not answer in time\. Check the network and run", 1),
    ("stalled", ConnectionError, r"did not answer in time\. Check the network and run", 1),
]


@pytest.mark.parametrize(("fault", "kind", "sentence", "asked"), FAULTS, ids=[str(row[0]) for row in FAULTS])
def test_a_failed_download_leaves_no_trace(toy, server, fault, kind, sentence, asked):
    """One sentence, soon; what was there is as it was; and the next run succeeds."""
    (toy / "images").mkdir(parents=True)
    (toy / "images/b 1.png").write_bytes(b"edited by a student")
    (toy / "notes.txt").write_bytes(b"a student's notes")
    before = _files(toy.parent) | {"toy/images/a.png": CONTENTS["images/a.png"]}  # fetched before the fault
    server.faults["/toy/images/b%201.png"] = fault

    started = time.monotonic()
    with _told(kind, sentence) as caught:
        sources.fetch("toy")
    assert time.monotonic() - started < 3
    assert "\n" not in str(caught.value)
    assert str(caught.value).count("/toy/images/b%201.png") == 1
    assert server.asked.count("/toy/images/b%201.png") == asked
    assert _files(toy.parent) == before

    server.faults.clear()
    sources.fetch("toy")
    assert _files(toy) == CONTENTS | {"notes.txt": b"a student's notes",
                                      "images/b 1.png.kept": b"edited by a student"}


@pytest.mark.parametrize("faults", [[503, "cut"], [500], ["cut"]])
def test_a_passing_fault_is_tried_again(toy, server, faults):
    server.faults["/toy/images/a.png"] = faults
    sources.fetch("toy")
    assert _files(toy) == CONTENTS


def test_no_network(toy, server, monkeypatch):
    server.shutdown()
    server.server_close()
    with _told(ConnectionError, r"there is no connection to 127\.0\.0\.1:\d+ \(ConnectionError\)\. Check"):
        sources.fetch("toy")

    def resolve(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with _told(ConnectionError, r"there is no connection to school\.example \(ConnectionError\)\. Check the"):
        sources.fetch("toy", base_url="http://school.example/toy")
    assert _files(toy.parent) == {}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk(toy, monkeypatch, number):
    """The disk takes 100 bytes of the second file and then no more."""
    (toy / "images").mkdir(parents=True)
    (toy / "images/b 1.png").write_bytes(b"edited by a student")
    whole = Path.write_bytes

    def write_bytes(path, content):
        if "b 1.png" in path.name:
            whole(path, content[:100])
            raise OSError(number, "No space left on device")
        return whole(path, content)

    with monkeypatch.context() as patch, _told(
            OSError, r"^Cannot write .*toy/images/b 1\.png: the disk is full\. Free some space, or name "
                     r"another place in MASKBOOK_DATA, and run python -m helpers fetch toy again") as caught:
        patch.setattr(Path, "write_bytes", write_bytes)
        sources.fetch("toy")
    assert caught.value.errno == number
    assert _files(toy) == {"images/a.png": CONTENTS["images/a.png"], "images/b 1.png": b"edited by a student"}
    sources.fetch("toy")
    assert _files(toy) == CONTENTS | {"images/b 1.png.kept": b"edited by a student"}


def test_a_write_that_the_system_breaks_off(toy):
    """Not simulated: the system lets no file grow over 1,000 bytes."""
    resource = pytest.importorskip("resource", reason="No file size limit on this system.")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with _told(OSError, r"^Cannot write .*toy/images/a\.png: File too large\. Make the folder") as caught:
            sources.fetch("toy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno == errno.EFBIG
    assert _files(toy.parent) == {}
    sources.fetch("toy")
    assert _files(toy) == CONTENTS


def test_an_interrupted_write_leaves_no_trace(toy, monkeypatch):
    whole = Path.write_bytes

    def write_bytes(path, content):
        whole(path, content[:100])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        with pytest.raises(KeyboardInterrupt):
            sources.fetch("toy")
    assert _files(toy.parent) == {}
    sources.fetch("toy")
    assert _files(toy) == CONTENTS


def test_a_place_that_cannot_be_written(toy):
    toy.parent.mkdir()
    toy.write_bytes(b"a file where the folder should be")
    with _told(OSError, r"^Cannot write .*toy/images/a\.png: .*\. Make the folder writable, or"):
        sources.fetch("toy")
    assert _files(toy.parent) == {"toy": b"a file where the folder should be"}


def test_a_wrong_file_is_kept_under_another_name(toy, capsys):
    for i, name in enumerate(["a.png.kept", "a.png.kept2", "a.png.kept3"]):
        sources.fetch("toy")
        (toy / "images/a.png").write_bytes(f"edit {i}".encode())
        sources.fetch("toy")
        assert (toy / "images" / name).read_bytes() == f"edit {i}".encode()
        assert f"a.png was not the pinned file; it is kept as {name}.\n" in capsys.readouterr().out
    assert (toy / "images/a.png.kept").read_bytes() == b"edit 0"
    assert (toy / "images/a.png").read_bytes() == CONTENTS["images/a.png"]


def test_mnist_is_not_fetched_but_restored(monkeypatch, tmp_path):
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path))
    assert sources.fetch("mnist") == paths.DATA
    monkeypatch.setattr(paths, "DATA", tmp_path)
    (tmp_path / "mnist.npz").write_bytes(b"half")
    with _told(ValueError, r"mnist\.npz has 4 bytes, expected 11,490,519\. Restore it with git"):
        sources.fetch("mnist")
    assert (tmp_path / "mnist.npz").read_bytes() == b"half"
