"""A folder of photos in, a folder of cut-outs out: all of them, once, and no photo is ever written to."""

import hashlib
import os

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from helpers import batch, models, paths, silhouettes
from helpers.__main__ import main
from helpers.scenes import diamonds


@pytest.fixture(scope="module")
def photo():
    """A small photo of a stone, so that many are cut out quickly."""
    return diamonds.draw("EM", 8900, 30, size=(128, 128))[0]


@pytest.fixture
def folder(tmp_path, photo):
    """Six photos in sub-folders."""
    for name in ("AS/1_000.png", "AS/1_001.png", "AS/2_000.png", "HS/3_000.jpg", "HS/old/4_000.PNG", "5_000.png"):
        _save(tmp_path / "in" / name, photo)
    return tmp_path


def _save(path, picture, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)


def _state(folder):
    """Return each file's content and when it was written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(),
                                                  path.stat().st_mtime_ns) for path in files}


def _run(*arguments):
    result = CliRunner().invoke(main, ["cut-diamonds", *map(str, arguments)])
    assert not result.exception or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


EXPECTED = {"AS/1_000.png", "AS/1_001.png", "AS/2_000.png", "HS/3_000.jpg.png", "HS/old/4_000.PNG.png", "5_000.png"}


def test_every_photo_is_cut_out_into_the_same_sub_folder(folder, photo):
    before = _state(folder / "in")
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 0 and "6 cut out" in printed
    assert set(_state(folder / "out")) == EXPECTED
    assert _state(folder / "in") == before
    with Image.open(folder / "out/AS/1_000.png") as image:
        rgba = np.array(image)
        assert (image.format, image.mode) == ("PNG", "RGBA")
    mask = silhouettes.improved(photo)
    assert np.array_equal(rgba[..., 3], 255 * mask) and not rgba[mask == 0].any()
    assert np.array_equal(rgba[mask == 1][:, :3], photo[mask == 1])


def test_several_processes_do_the_same(folder):
    batch.cut_diamonds(folder / "in", folder / "one", "classical", jobs=1)
    tally = batch.cut_diamonds(folder / "in", folder / "two", "classical", jobs=2)
    assert (tally.made, tally.there, tally.skipped) == (6, 0, 0)
    one, two = (({name: digest for name, (digest, _) in _state(folder / out).items()}) for out in ("one", "two"))
    assert one == two


def test_what_is_there_is_kept(folder):
    assert _run(folder / "in", folder / "out", "--method", "classical")[0] == 0
    before = _state(folder / "out")
    (folder / "out/AS/1_001.png").unlink()
    (folder / "out/5_000.png").write_bytes(b"")  # left by a crash of the machine
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 0 and "2 cut out" in printed and "4 were there already" in printed
    after = _state(folder / "out")
    assert {name: digest for name, (digest, _) in after.items()} == {n: d for n, (d, _) in before.items()}
    assert sum(after[name] == before[name] for name in before) == 4


def test_an_interrupted_run_goes_on_where_it_was(folder, monkeypatch):
    cutout, calls = batch.cutout, []

    def interrupted(rgb, method):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return cutout(rgb, method)

    monkeypatch.setattr(batch, "cutout", interrupted)
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 130 and "interrupted" in printed
    assert len(_state(folder / "out")) == 3
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 0 and "3 cut out" in printed
    assert set(_state(folder / "out")) == EXPECTED and len(calls) == 7


def test_half_a_cutout_is_never_taken_for_a_whole_one(folder, monkeypatch):
    part = folder / "out/AS/.1_000.png.part"
    part.parent.mkdir(parents=True)
    precious = folder / "in/AS/1_001.png"
    part.symlink_to(precious)  # as hostile as a left-over part can be
    before = _state(folder / "in")
    assert _run(folder / "in", folder / "out", "--method", "classical")[0] == 0
    assert _state(folder / "in") == before
    assert set(_state(folder / "out")) == EXPECTED


def test_a_full_disk_is_told_and_not_blamed_on_the_photos(folder, monkeypatch):
    from pathlib import Path

    def full(self, mode="r", *rest, **options):
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return opened(self, mode, *rest, **options)

    opened = Path.open
    monkeypatch.setattr(Path, "open", full)
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 2 and "No space left on device" in printed and "goes on where it stopped" in printed
    assert not (folder / "out/skipped.txt").exists()


def test_unreadable_files_are_listed_and_the_rest_is_done(folder, photo):
    whole = (folder / "in/5_000.png").read_bytes()
    hostile = {"cut.png": whole[:len(whole) // 2], "empty.jpg": b"", "text.png": b"no picture at all",
               "page.gif": b"<html></html>", "garbled.jpg": (folder / "in/HS/3_000.jpg").read_bytes()[:300]}
    for name, content in hostile.items():
        (folder / "in/HS" / name).write_bytes(content)
    (folder / "in/HS/notes.txt").write_text("left alone")
    (folder / "in/HS/._5_000.png").write_bytes(b"left by another system")
    _save(folder / "in/plain.png", np.full((90, 90, 3), 200, np.uint8))
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 1 and "6 cut out" in printed and "6 skipped" in printed
    assert set(_state(folder / "out")) == EXPECTED | {"skipped.txt"}
    listed = (folder / "out/skipped.txt").read_text()
    assert len(listed.splitlines()) == 6
    for name in (*hostile, "plain.png"):
        assert name in listed and name in printed
    assert "No stone was found on" in listed and "0 bytes" in listed and "cut off or damaged" in listed
    for name in (*hostile, "plain.png"):
        next((folder / "in").rglob(name)).unlink()
    assert _run(folder / "in", folder / "out", "--method", "classical")[0] == 0
    assert not (folder / "out/skipped.txt").exists()


def test_pictures_of_every_kind_are_cut_out(tmp_path, photo):
    image = Image.fromarray(photo)
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by 90 degrees
    wide = Image.fromarray(np.ascontiguousarray(photo[20:108]))
    _save(tmp_path / "in/turned.jpg", wide, exif=turned)
    _save(tmp_path / "in/cmyk.jpg", image.convert("CMYK"))
    _save(tmp_path / "in/palette.png", image.quantize(200))
    _save(tmp_path / "in/grey16.png", Image.fromarray(photo.mean(axis=-1).astype(np.uint16) * 257))
    _save(tmp_path / "in/alpha.png", np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)]))
    _save(tmp_path / "in/animated.gif", image, save_all=True, append_images=[image.rotate(90)])
    _save(tmp_path / "in/renamed.png", image, format="JPEG")
    tally = batch.cut_diamonds(tmp_path / "in", tmp_path / "out", "classical")
    assert (tally.made, tally.skipped) == (7, 0)
    with Image.open(tmp_path / "out/turned.jpg.png") as upright:
        assert upright.size == (88, 128)


def test_no_photo_can_be_overwritten(folder):
    before = _state(folder / "in")
    (folder / "link").symlink_to(folder / "in")
    for out in ("in", "in/out", ".", "link", "link/out", "in/../in/AS"):
        status, printed = _run(folder / "in", folder / out, "--method", "classical")
        assert status == 2 and "neither may lie in the other" in printed, printed
    (folder / "out").mkdir()
    (folder / "out/AS").symlink_to(folder / "in/HS")  # a folder of cut-outs that is one of photos
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 2 and "leads into the folder of photos" in printed
    assert _state(folder / "in") == before


def test_links_among_the_photos(folder):
    (folder / "more").mkdir()
    os.link(folder / "in/5_000.png", folder / "more/7_000.png")
    (folder / "in/linked").symlink_to(folder / "more")
    (folder / "in/round").symlink_to(folder / "in")  # a circle
    tally = batch.cut_diamonds(folder / "in", folder / "out", "classical")
    assert tally.made == 7 and (folder / "out/linked/7_000.png").exists()
    (folder / "in/back").symlink_to(folder / "out")
    status, printed = _run(folder / "in", folder / "out", "--method", "classical")
    assert status == 2 and "leads into the folder of cut-outs" in printed


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["missing", "out"], "There is no folder"),
    (["in/5_000.png", "out"], "is a file, expected a folder of photos"),
    (["in", "file"], "is a file, expected a folder for the cut-outs"),
    (["nothing", "out"], "holds no photo"),
    (["in", "out", "--method", "magic"], "There is no method 'magic'"),
    (["in", "out", "--jobs", "0"], "Found 0 jobs"),
])
def test_mistakes_get_a_sentence(folder, arguments, sentence):
    (folder / "file").write_text("x")
    (folder / "nothing").mkdir()
    arguments = [folder / argument if i < 2 else argument for i, argument in enumerate(arguments)]
    if "--method" not in arguments:
        arguments += ["--method", "classical"]
    status, printed = _run(*arguments)
    assert status == 2 and sentence in printed and printed.count("\n") == 1
    assert not (folder / "out").exists()


def test_the_model_is_asked_once_a_photo(folder, photo, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MODELS", tmp_path / "models")
    status, printed = _run(folder / "in", folder / "out")
    assert status == 2 and "--method classical" in printed and "run 13 --profile ship" in printed
    (tmp_path / "models").mkdir()
    (tmp_path / "models/diamonds.keras").touch()
    soft = np.linspace(0, 1, photo.size // 3, dtype=np.float32).reshape(photo.shape[:2])
    monkeypatch.setattr(models, "segment", lambda name, rgb: soft if name == "diamonds" else None)
    tally = batch.cut_diamonds(folder / "in", folder / "out")
    assert tally.made == 6
    with Image.open(folder / "out/5_000.png") as image:
        assert np.array_equal(np.array(image)[..., 3], np.round(255 * soft))


@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (2, 64)])
def test_photos_are_listed_as_they_are_needed(tmp_path, photo, monkeypatch, jobs, most):
    """Memory is constant: only a few photos are on their way, however many there are."""
    _save(tmp_path / "in/0.png", photo)
    for i in range(1, 150):
        os.link(tmp_path / "in/0.png", tmp_path / f"in/{i}.png")
    found, ahead, passes = batch.found, [], []

    def counted(*folders):
        passes.append(1)
        for listed, name in enumerate(found(*folders)):
            if len(passes) == 2:  # the first pass only counts
                ahead.append(listed - sum(1 for _ in (tmp_path / "out").glob("*.png")))
            yield name

    monkeypatch.setattr(batch, "found", counted)
    assert batch.cut_diamonds(tmp_path / "in", tmp_path / "out", "classical", jobs).made == 150
    assert len(ahead) == 150 and max(ahead) <= most


@pytest.mark.real
def test_real_photos_are_cut_out(tmp_path):
    """They are JPEG, whatever the ending says."""
    real = paths.real_data() / "diamonds"
    folder = real / "d360_photos" if (real / "d360_photos").is_dir() else paths.real_data() / "d360_photos"
    if not folder.is_dir():
        pytest.skip(f"No D360 photos in {paths.shown(paths.real_data())}: set MASKBOOK_DATA.")
    before = _state(folder)
    tally = batch.cut_diamonds(folder, tmp_path / "out", "classical")
    assert (tally.made, tally.skipped) == (8, 0) and _state(folder) == before
    for path in (tmp_path / "out").iterdir():
        with Image.open(path) as image, Image.open(folder / path.name) as photo:
            assert image.mode == "RGBA" and image.size == photo.size
            assert 0.05 < np.mean(np.array(image)[..., 3] > 127) < 0.6
