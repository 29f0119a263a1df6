"""Pictures as people have them: of every mode and turned, read rightly; damaged, refused with one sentence."""

import io
import warnings

import numpy as np
import pytest
from PIL import Image

from helpers import photos

HEIGHT, WIDTH = 40, 60


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def rgb():
    """A picture whose four corners differ, so that a turned one is found out."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([60 + 3 * x, 40 + 4 * y, 90 + 0 * x], axis=-1).astype(np.uint8)


def _saved(tmp_path, name, array_or_image, **options):
    image = array_or_image if isinstance(array_or_image, Image.Image) else Image.fromarray(array_or_image)
    image.save(tmp_path / name, **options)
    return tmp_path / name


def _apart(found, expected):
    assert found.dtype == np.uint8 and found.shape == expected.shape
    return np.abs(found.astype(int) - expected).mean()


# --- what can be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "mode", "near"), [
    ("a.png", "RGB", 0), ("a.bmp", "RGB", 0), ("a.tif", "RGB", 0), ("a.webp", "RGB", 9), ("a.jpg", "RGB", 6),
    ("a.jpg", "CMYK", 6), ("a.tif", "CMYK", 2), ("a.png", "P", 20), ("a.gif", "P", 20), ("a.jpeg", "YCbCr", 6)])
def test_modes_and_formats_with_colour(tmp_path, rgb, name, mode, near):
    assert _apart(photos.read(_saved(tmp_path, name, Image.fromarray(rgb).convert(mode))), rgb) <= near


def test_grey_of_1_8_and_16_bits_and_floats(tmp_path, rgb):
    grey = rgb[..., 0]
    expected = np.repeat(grey[..., None], 3, axis=-1)
    assert _apart(photos.read(_saved(tmp_path, "8.png", grey)), expected) == 0
    assert _apart(photos.read(_saved(tmp_path, "16.png", grey.astype(np.uint16) * 257)), expected) == 0
    assert _apart(photos.read(_saved(tmp_path, "16.tif", grey.astype(np.uint16) * 257)), expected) == 0
    assert _apart(photos.read(_saved(tmp_path, "32.tif", grey.astype(np.int32) * 257)), expected) == 0
    assert _apart(photos.read(_saved(tmp_path, "f.tif", (grey / 255).astype(np.float32))), expected) == 0
    assert _apart(photos.read(_saved(tmp_path, "1.png", grey > 127)), 255 * (expected > 127)) == 0
    broken = (grey / 255).astype(np.float32)
    broken[0, 0] = np.nan
    assert photos.read(_saved(tmp_path, "nan.tif", broken))[0, 0].tolist() == [0, 0, 0]


def test_transparent_pictures_lie_on_white_or_what_is_asked_for(tmp_path, rgb):
    alpha = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
    alpha[:10], alpha[10:20] = 0, 128
    path = _saved(tmp_path, "a.png", np.dstack([rgb, alpha]))
    found = photos.read(path)
    assert (found[:10] == 255).all() and np.array_equal(found[20:], rgb[20:])
    assert np.abs(found[15, 7].astype(int) - (255 + rgb[15, 7].astype(int)) // 2).max() <= 1
    assert (photos.read(path, ground="black")[:10] == 0).all()
    assert (photos.read(path, ground=(1, 2, 3))[0, 0] == [1, 2, 3]).all()
    grey = _saved(tmp_path, "la.png", Image.fromarray(np.dstack([rgb[..., 0], alpha])).convert("LA"))
    assert (photos.read(grey)[:10] == 255).all()
    see_through = Image.fromarray(rgb).quantize(16)
    see_through.info["transparency"] = see_through.getpixel((0, 0))
    assert (photos.read(_saved(tmp_path, "p.png", see_through))[0, 0] == 255).all()
    assert photos.upright(path).mode == "RGBA"


@pytest.mark.parametrize("turn", range(1, 9))
def test_turned_photos_are_set_upright(tmp_path, rgb, turn):
    undo = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
            5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, 1), 7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
            8: lambda a: np.rot90(a, -1)}[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = np.ascontiguousarray(undo(rgb))
    for name in ("a.jpg", "a.png", "a.webp"):
        path = _saved(tmp_path, name, stored, exif=exif, quality=98)
        assert _apart(photos.read(path), rgb) < 4, name
        mask = photos.read_mask(path, (HEIGHT, WIDTH))
        assert np.mean(mask == (rgb.max(axis=-1) > 127)) > 0.97


def test_metadata_that_cannot_be_read_turn_nothing(tmp_path, rgb):
    path = _saved(tmp_path, "a.jpg", rgb, quality=98, exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff")
    assert _apart(photos.read(path), rgb) < 4


def test_an_animation_gives_its_first_frame(tmp_path, rgb):
    later = [Image.new("RGB", (WIDTH, HEIGHT), color) for color in ("red", "blue")]
    for name, near in (("a.gif", 15), ("a.png", 0), ("a.webp", 6), ("a.tif", 0)):
        path = _saved(tmp_path, name, Image.fromarray(rgb), save_all=True, append_images=later)
        assert _apart(photos.read(path), rgb) <= near, name


def test_a_wrong_ending_does_not_matter(tmp_path, rgb):
    _saved(tmp_path, "a.png", rgb)
    for name in ("a.jpg", "a.txt", "a"):
        assert _apart(photos.read((tmp_path / "a.png").rename(tmp_path / name)), rgb) == 0
        (tmp_path / name).rename(tmp_path / "a.png")


def test_open_files_and_names_as_text(tmp_path, rgb):
    path = _saved(tmp_path, "a.png", rgb)
    assert _apart(photos.read(str(path)), rgb) == 0
    assert _apart(photos.read(io.BytesIO(path.read_bytes())), rgb) == 0
    with path.open("rb") as file:
        assert _apart(photos.read(file), rgb) == 0
    with pytest.raises(ValueError, match=r"^The file is empty \(0 bytes\), expected a picture\. Copy"):
        photos.read(io.BytesIO())
    with pytest.raises(ValueError, match=r"^The file is no picture that can be read"):
        photos.read(io.BytesIO(b"nonsense"))


def test_the_answer_may_be_written_to(tmp_path, rgb):
    found = photos.read(_saved(tmp_path, "a.png", rgb))
    found[0, 0] = 0
    assert found.flags.c_contiguous


# --- masks --------------------------------------------------------------------------------------------


def test_masks_of_every_kind_are_read_alike(tmp_path):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    mask = (np.hypot(x - 25, y - 20) < 14).astype(np.uint8)
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    files = {
        "8.png": 255 * mask, "1.png": mask > 0, "levels.png": mask, "16.png": mask.astype(np.uint16) * 65535,
        "colour.png": np.dstack([200 * mask, 0 * mask, 0 * mask]), "alpha.png": np.dstack([white, 255 * mask]),
        "opaque.png": np.dstack([white * mask[..., None], 255 + 0 * mask]), "a.gif": 255 * mask}
    for name, stored in files.items():
        found = photos.read_mask(_saved(tmp_path, name, stored), (HEIGHT, WIDTH))
        assert found.dtype == np.uint8 and np.array_equal(found, mask), name
    noisy = _saved(tmp_path, "a.jpg", 255 * mask, quality=40)
    assert len(np.unique(np.asarray(Image.open(noisy)))) > 20
    assert np.mean(photos.read_mask(noisy) == mask) > 0.995
    assert np.array_equal(photos.read_mask(tmp_path / "8.png", inverted=True), 1 - mask)
    assert np.array_equal(photos.read_mask(_saved(tmp_path, "none.png", 0 * mask)), 0 * mask)


def test_a_mask_of_another_size_is_refused(tmp_path):
    path = _saved(tmp_path, "m.png", np.zeros((HEIGHT, WIDTH), np.uint8))
    with pytest.raises(ValueError, match=r"m\.png is 60x40 pixels, the picture of this mask 100x40\. They must lie"):
        photos.read_mask(path, (40, 100))
    with pytest.raises(ValueError, match=r"It may be turned by 90 degrees\. They must lie on each other: save both"):
        photos.read_mask(path, (WIDTH, HEIGHT))


# --- what cannot be read ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("a.jpg", b"", r"a\.jpg is empty \(0 bytes\), expected a picture\. Copy or fetch it again\.$"),
    ("a.jpg", b"<html>log in</html>", r"a\.jpg is no picture that can be read, expected JPEG or PNG\. Open it "),
    ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", r"a\.png is no picture that can be read"),
    ("a.jpg", b"\xff\xd8\xff", r"a\.jpg is (no picture|cut off)"),
    ("huge.png", Image.new("1", (90_000, 1_000)), r"huge\.png is 90000x1000 pixels, expected at most 80 million\. S"),
    ("huge.png", Image.new("1", (200_000, 1_000)), r"huge\.png has far too many pixels, expected at most 80 million"),
])
def test_a_hostile_file_gets_one_sentence(tmp_path, name, content, sentence):
    if isinstance(content, Image.Image):
        _saved(tmp_path, name, content)
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=sentence) as caught:
        photos.read(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.gif", "a.bmp"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7])
def test_cut_off_files_get_one_sentence(tmp_path, name, share):
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    path = _saved(tmp_path, name, noise)
    path.write_bytes(path.read_bytes()[:int(path.stat().st_size * share)])
    with pytest.raises(ValueError, match=r"is (cut off or damaged|no picture that can be read)") as caught:
        photos.read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.gif"])
def test_damaged_bytes_are_read_or_refused_but_never_crash(tmp_path, name, rgb):
    whole = _saved(tmp_path, name, rgb).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[rng.integers(len(damaged), size=4)] = rng.integers(0, 256, 4)
        (tmp_path / name).write_bytes(damaged.tobytes())
        try:
            found = photos.read(tmp_path / name)
        except ValueError as error:
            assert str(error).count("\n") == 0 and "expected" in str(error)
        else:
            assert found.dtype == np.uint8 and found.ndim == 3 and found.shape[2] == 3


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^There is no file .*none\.png, expected a picture\. Check its name"):
        photos.read(tmp_path / "none.png")
    with pytest.raises(ValueError, match=r" is a folder, expected a picture\. Name a file in it\.$"):
        photos.read_mask(tmp_path)
