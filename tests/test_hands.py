"""Generated hands: a picture is a function of its seed and number, its mask agrees with it."""

import hashlib
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from helpers import datasets, masks, paths, sources
from helpers.scenes import (
    drawing,
    hands,
    hands_camera,
    hands_grounds,
    hands_outlines,
    hands_sets,
    hands_skeleton,
    hands_tracing,
)

REAL_SKIN_RULE = 0.764  # on the 60 photos: tests/test_hands_real.py


def skin_rule(picture):
    """Return where a picture has the colours of skin, as the baseline of notebook 11 sees it."""
    _, cr, cb = np.moveaxis(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb), -1, 0)
    return (cr > 135) & (cr < 180) & (cb > 85) & (cb < 135)


@pytest.fixture(scope="module")
def drawn():
    """The first 200 pictures and masks of the test set, and the seconds they took."""
    pictures = hands_sets.Pictures("test", (0, 0, 400))
    pictures.first(2)
    began = time.perf_counter()
    return *pictures.first(200), time.perf_counter() - began


# --- a picture is a number --------------------------------------------------------------------------


def digest(index):
    return hashlib.sha256(b"".join(part.tobytes() for part in hands.draw(7, index, (64, 48)))).hexdigest()


def test_a_picture_is_the_same_in_any_order_and_process():
    once = {index: digest(index) for index in (5, 0, 12)}
    assert {index: digest(index) for index in (12, 5, 0)} == once
    code = "from tests.test_hands import digest; print(digest(12), digest(0))"
    found = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == [once[12], once[0]]
    assert len({*once.values()}) == 3


def test_drawn_by_several_processes_or_alone_is_the_same():
    many = drawing.FEW + 6
    pictures = hands_sets.Pictures("train", (many, 0, 0), (48, 64))
    together = pictures.first(many)
    for i in (4, many - 1):
        assert all(np.array_equal(part[i], alone) for part, alone in zip(together, pictures[i], strict=True))


def test_shapes_types_and_names():
    samples = datasets.hands("validation", source="generated", size=(48, 64), counts=(9, 3, 9))
    assert (len(samples), samples.source, samples.name) == (3, "generated", "hands_validation")
    sample = samples[2]
    assert sample.image.shape == (48, 64, 3) and sample.image.dtype == np.float32
    assert sample.image.min() >= 0 and sample.image.max() <= 1
    assert sample.target.shape == (48, 64) and sample.target.dtype == np.uint8
    assert sample.name == "hands_validation/00002"
    images, targets = samples.arrays()
    assert np.array_equal(images[2], sample.image) and np.array_equal(targets[2], sample.target)
    assert len(datasets.hands("train", source="generated")) == 2_000


@pytest.mark.parametrize("size", [(128, 96), (40, 200), (121, 35), (160, 160)])
def test_any_size(size):
    picture, mask = hands.draw(1, 3, size)
    assert picture.shape == (*size, 3) and mask.shape == size


def test_splits_have_nothing_in_common():
    assert len(set(hands_sets.SEEDS.values())) == 3
    parts = {split: datasets.hands(split, source="generated", size=(32, 32), counts=(5, 4, 3))
             for split in ("train", "validation", "test", "all")}
    assert [len(part) for part in parts.values()] == [5, 4, 3, 12]
    names = [sample.name for split in hands_sets.SEEDS for sample in parts[split]]
    assert names == [sample.name for sample in parts["all"]]
    assert len({sample.image.tobytes() for sample in parts["all"]}) == 12
    assert not set(parts["train"].people) & set(parts["test"].people)
    assert parts["train"].people == ["train0000"] * 4 + ["train0001"]
    assert len({part.fingerprint for part in parts.values()}) == 4


def test_a_larger_set_begins_with_the_smaller():
    few, many = (hands_sets.Pictures("train", (n, 0, 0), (32, 32)) for n in (2, 5))
    assert all(np.array_equal(few[i][0], many[i][0]) for i in range(2))


def test_what_is_not_there_is_said():
    with pytest.raises(ValueError, match=r"no hands split 'dev'. There are: 'all', 'train', 'validation', 'test'"):
        datasets.hands("dev", source="generated")
    with pytest.raises(ValueError, match="There is no source 'mine'"):
        datasets.hands(source="mine")
    with pytest.raises(IndexError, match="has 400 samples, found index 400"):
        datasets.hands("test", source="generated")[400]


def test_real_photos_that_are_not_here(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="fetch hgr1, or use source=\"generated\""):
        datasets.hands(source="real")
    with pytest.raises(ValueError, match=r"nobody called 'id09'.*id01, id02, id03, id04, id05"):
        datasets.hands(source="real", only="id09")
    assert datasets.hands(source="auto").source == "generated"


# --- a mask agrees with its picture -----------------------------------------------------------------


def test_the_mask_is_where_the_background_is_covered():
    black, white = np.zeros((96, 128, 3), np.float32), np.ones((96, 128, 3), np.float32)
    bare = 0
    for index in range(12, 24):
        layer = hands.hand(3, index)
        through = hands_camera.compose(layer, white) - hands_camera.compose(layer, black)
        assert np.allclose(through, 1 - layer.alpha[..., None], atol=1e-5)
        assert (layer.alpha[layer.mask == 1] >= 0.5).all()
        sleeve = (layer.alpha >= 0.5) & (layer.mask == 0)
        bare += not sleeve.any()
        assert np.array_equal(layer.mask, hands.draw(3, index)[1])
    assert 0 < bare < 12  # some wear sleeves, which are no hand


def test_the_outline_is_exact_to_a_part_of_a_pixel():
    """A ball's outline is known: its area, from the coverage of each pixel."""
    at, radius = np.array([[0.3, -0.2, 0.0]]), 3.0
    ball = hands_outlines.Cones(at, at + np.array([0, 0, 0.01]), np.array([radius]), np.array([radius]), np.array([1]))
    camera = hands_outlines.Camera(80.0, 80 * 9.0, (48.0, 40.0), (80, 96))
    met = hands_tracing.trace(ball, camera)
    outline = camera.focal * radius / np.sqrt(camera.distance**2 - radius**2)
    assert len(met["at"]) == pytest.approx(np.pi * outline**2, rel=0.02)  # a ray that passes by 0.02 cm has met it
    everywhere = np.ones(camera.shape, bool)
    covered = np.clip(0.5 - hands_tracing.clearance(ball, camera, everywhere), 0, 1)
    assert covered.sum() == pytest.approx(np.pi * outline**2, rel=0.004)
    assert np.array_equal(np.flatnonzero(covered > 0.55), np.sort(met["at"][covered.ravel()[met["at"]] > 0.55]))
    middle = met["depth"].min()
    assert middle == pytest.approx(-radius, abs=0.03)
    away = np.linalg.norm(met["point"] - at, axis=1)
    assert np.abs(np.percentile(away, [0, 97]) - radius).max() < 0.05 and away.max() < radius + 0.2  # along the rim
    assert np.allclose(met["normal"], (met["point"] - at) / away[:, None], atol=0.01)


def test_masks_are_neither_empty_nor_full(drawn):
    shares = drawn[1].mean((1, 2))
    assert shares.min() > 0.04 and shares.max() < 0.8
    assert 0.2 < np.median(shares) < 0.36  # 0.31 on the photos
    assert set(np.unique(drawn[1])) == {0, 1}


def test_a_hand_is_one_piece_but_for_crumbs(drawn):
    for mask in drawn[1][:60]:
        _, _, found, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        areas = np.sort(found[1:, cv2.CC_STAT_AREA])[::-1]
        assert areas[0] > 0.7 * mask.sum()  # a sleeve or the picture's edge may part it


# --- as hard as photos, and as varied ---------------------------------------------------------------


def test_the_skin_rule_finds_them_no_easier_than_photos(drawn):
    pictures, flags, _ = drawn
    scores = masks.iou(flags, np.stack([skin_rule(picture) for picture in pictures]))
    assert 0.66 < scores.mean() <= min(0.78, REAL_SKIN_RULE + 0.02)
    assert (scores < 0.45).mean() > 0.08 and (scores > 0.9).mean() > 0.2  # hard ones and easy ones, as the photos


def test_hands_have_the_colours_of_hands_and_vary(drawn):
    pictures, flags, _ = drawn
    means = np.array([picture[mask == 1].mean(0) for picture, mask in zip(pictures, flags, strict=True)])
    red, green, blue = means.T
    assert 1.3 < np.median(red / green) < 1.48 and 1.12 < np.median(green / blue) < 1.3  # photos: 1.40 and 1.19
    assert np.percentile(means.mean(1), 10) < 85 and np.percentile(means.mean(1), 90) > 150
    behind = np.array([picture[mask == 0].mean() for picture, mask in zip(pictures, flags, strict=True)])
    assert behind.min() < 15 and behind.max() > 170


@pytest.mark.parametrize("kind", list(hands_grounds.KINDS))
def test_every_background_is_a_picture(kind):
    layer = hands.hand(2, 0, (48, 64))
    found = [hands_grounds.ground(np.random.default_rng(seed), (48, 64), layer.skin, layer.light, kind)
             for seed in (1, 2)]
    assert all(one.shape == (48, 64, 3) and one.dtype == np.float32 for one in found)
    assert all(one.min() >= 0 and one.max() <= 1 for one in found)
    assert not np.array_equal(*found)


@pytest.mark.parametrize("name", list(hands_skeleton.POSES))
def test_poses_keep_to_the_joints_limits(name):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        posed = hands_skeleton.pose(rng, name)
        low, high = hands_skeleton.LIMITS.T
        assert (posed.flexion >= low).all() and (posed.flexion <= high).all()
        assert np.linalg.norm(posed.thumb) == pytest.approx(1)
        bones = hands_skeleton.bones(rng, posed, hands_skeleton.build(rng))
        assert (bones.ra > 0).all() and (bones.rb > 0).all()
        if name in hands_skeleton.NAMED:
            stretched = np.array(hands_skeleton.NAMED[name][1:], bool)
            assert (posed.flexion[:, 1] < 60)[stretched].all() and (posed.flexion[:, 1] > 60)[~stretched].all()


def test_a_set_is_drawn_while_one_waits(drawn):
    """On two quiet cores it is about fifty a second, twenty are promised; half of those where others work too."""
    assert 200 / drawn[2] > 10


# --- letterboxing, and files as people have them ----------------------------------------------------


def test_letterboxing_keeps_proportions():
    photo, mask = np.full((100, 50, 3), 200, np.uint8), np.ones((100, 50), np.uint8)
    boxed, flags = hands_sets.letterboxed(photo, mask, (60, 80))
    assert boxed.shape == (60, 80, 3) and flags.sum() == 60 * 30
    assert (boxed[:, 25:55] == 200).all() and not boxed[:, :25].any() and not boxed[:, 55:].any()
    assert np.array_equal(flags[30] > 0, boxed[30, :, 0] > 0)


def test_a_pair_is_read_upright_and_its_mask_inverted(tmp_path):
    photo = Image.fromarray(np.full((30, 20, 3), 90, np.uint8))
    exif = photo.getexif()
    exif[0x0112] = 6  # stored lying on its side
    photo.save(tmp_path / "photo.jpg", exif=exif)
    flags = np.full((20, 30), 255, np.uint8)
    flags[5:15, 8:20] = 0
    Image.fromarray(flags).save(tmp_path / "mask.bmp")
    rgb, mask = hands_sets.pair(tmp_path / "photo.jpg", tmp_path / "mask.bmp", None)
    assert rgb.shape == (20, 30, 3) and mask.sum() == 120
    Image.fromarray(flags[:10]).save(tmp_path / "small.bmp")
    with pytest.raises(ValueError, match="must lie on each other"):
        hands_sets.pair(tmp_path / "photo.jpg", tmp_path / "small.bmp", None)
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "photo.jpg").read_bytes()[:200])
    with pytest.raises(ValueError, match=r"cut\.jpg"):
        hands_sets.pair(tmp_path / "cut.jpg", tmp_path / "mask.bmp", None)


def test_everyone_in_the_photos_is_in_one_split():
    people = [person for group in hands_sets.PEOPLE.values() for person in group]
    pinned = {pin.split("_")[3] for pin in sources.sources()["hgr1"]["files"] if pin.startswith("images/")}
    assert sorted(people) == sorted(pinned)
