"""Generated diamonds: the same in any order and process, exact masks, and as hard for MaskCreator as real ones."""

import hashlib
import itertools
import re
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from scipy.spatial import ConvexHull

from helpers import datasets, masks, paths, photos
from helpers.scenes import diamond_archives, diamond_files, diamond_light, diamond_shapes, diamonds

SMALL = (48, 48)
CONVEX = [shape for shape in diamonds.SHAPES if shape != "HS"]


def mask_creator(image):
    """The original's image processing: power 8, grey, blur, Sobel with MATLAB's threshold, convex hull."""
    grey = (image / 255.0) ** 8 @ np.array([0.299, 0.587, 0.114])
    grey = cv2.GaussianBlur(grey, (0, 0), 2)
    strength = cv2.Sobel(grey, cv2.CV_64F, 1, 0) ** 2 + cv2.Sobel(grey, cv2.CV_64F, 0, 1) ** 2
    edges = np.argwhere(strength > 4 * strength.mean())[:, ::-1].astype(np.int32)
    hull = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(edges), 1)
    return hull


def digest(*views):
    return [hashlib.sha256(b"".join(part.tobytes() for part in diamonds.draw(*view, SMALL))).hexdigest()
            for view in views]


def filled(mask):
    """A mask's convex hull, counted at pixel centres."""
    hull = ConvexHull(np.argwhere(mask))
    points = np.argwhere(np.ones_like(mask))
    return (points @ hull.equations[:, :2].T + hull.equations[:, 2] <= 1e-9).all(axis=1).reshape(mask.shape)


# --- the picture ---


def test_labels_are_those_of_d360():
    assert set(diamonds.SHAPES) == {
        "PS", "RA", "PR", "EM", "BR", "MQ", "SEM", "OV", "HS", "CMB", "PE", "RD", "TRI", "AS"}


@pytest.mark.parametrize("shape", diamonds.SHAPES)
def test_every_shape_is_drawn_whole(shape):
    for position in (0, 100):
        image, mask = diamonds.draw(shape, 1, position, (96, 96))
        assert image.dtype == mask.dtype == np.uint8 and image.shape == (96, 96, 3) and mask.shape == (96, 96)
        assert set(np.unique(mask)) == {0, 1} and 0.05 < mask.mean() < 0.6
        assert not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
        assert cv2.connectedComponents(mask)[0] == 2
        ground = np.median(image[~cv2.dilate(mask, np.ones((9, 9))).astype(bool)], axis=0)
        assert 195 < ground.mean() < 245 and ground[2] > ground[0]  # pale and bluish


def test_views_are_the_same_in_any_order():
    wanted = [("AS", 0, 7), ("HS", 3, 200), ("BR", 1, 90)]
    assert digest(*wanted) == digest(*wanted[::-1])[::-1]


def test_views_are_the_same_in_any_process():
    command = ("import hashlib; from helpers.scenes import diamonds; "
               "print(hashlib.sha256(b''.join(p.tobytes() for p in diamonds.draw('PS', 2, 31, (48, 48)))).hexdigest())")
    run = subprocess.run([sys.executable, "-c", command], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert [run.stdout.strip()] == digest(("PS", 2, 31))


def test_seed_stone_and_shape_change_the_view():
    pictures = [diamonds.draw(*view, SMALL, seed)[0].tobytes()
                for view, seed in ((("BR", 0, 5), 1), (("BR", 0, 5), 2), (("BR", 1, 5), 1), (("RD", 0, 5), 1))]
    assert len(set(pictures)) == 4


def test_all_256_positions_differ_and_neighbours_are_alike():
    drawn = [diamonds.draw("EM", 0, position, (24, 24)) for position in range(256)]
    assert len({image.tobytes() for image, _ in drawn}) == 256
    outlines = np.stack([mask for _, mask in drawn])
    beside = masks.iou(outlines, np.roll(outlines, 1, axis=0))
    across = masks.iou(outlines, np.roll(outlines, 128, axis=0))
    assert beside.min() > 0.85 and beside.mean() > 0.95 > 0.85 > across.mean()


def test_the_camera_first_sees_the_table_then_the_side():
    for shape in diamonds.SHAPES:
        chosen = diamonds.subject(shape, 4)
        towards = chosen.studio.camera()[2]
        poses = [diamonds._Pose(chosen, position, (64, 64)) for position in (0, 128)]
        front, side = (float(pose.turn[:, 2] @ towards) for pose in poses)
        assert front > 0.9 and side < 0.6


@pytest.mark.parametrize("shape", ["RA", "MQ", "HS", "TRI"])
def test_masks_are_exact(shape):
    """Counted anew on 16 x 16 points a pixel, from the corners' convex hull."""
    size = (40, 40)
    _, mask = diamonds.draw(shape, 2, 40, size)
    pose = diamonds._Pose(diamonds.subject(shape, 2), 40, size)
    at = (np.arange(40 * 16) + 0.5) / 16
    points = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    inside = np.zeros(len(points), bool)
    for part in pose.parts:
        hull = ConvexHull(pose.pixels(part))
        inside |= (points @ hull.equations[:, :2].T + hull.equations[:, 2] <= 0).all(axis=1)
    share = inside.reshape(40, 16, 40, 16).mean(axis=(1, 3))
    clear = np.abs(share - 0.5) > 0.03  # the two grids differ by less
    assert (mask[clear] == (share >= 0.5)[clear]).all() and clear.mean() > 0.97


@pytest.mark.parametrize("shape", CONVEX)
def test_stones_are_convex(shape):
    for position in (0, 64, 130, 190):
        _, mask = diamonds.draw(shape, 3, position, (96, 96))
        assert filled(mask).sum() <= mask.sum() * 1.015  # what is rounded to pixels


def test_hearts_have_a_notch():
    gaps = []
    for stone in range(4):
        _, mask = diamonds.draw("HS", stone, 0, (96, 96))
        gaps.append(filled(mask).sum() / mask.sum())
    assert min(gaps) > 1.02


def test_shadow_is_no_part_of_the_mask():
    image, mask = diamonds.draw("OV", 0, 128, (128, 128))
    beside = (cv2.dilate(mask, np.ones((13, 13))) > 0) & (cv2.dilate(mask, np.ones((3, 3))) == 0)
    far = cv2.dilate(mask, np.ones((41, 41))) == 0
    assert np.percentile(image[beside], 5) < np.median(image[far]) - 25


@pytest.mark.parametrize("size", [(40, 64), (64, 40), (31, 31), (400, 400)])
def test_any_size_can_be_drawn(size):
    image, mask = diamonds.draw("CMB", 0, 0, size)
    assert image.shape == (*size, 3) and mask.shape == size and mask.any()


def test_wrong_views_get_a_sentence():
    with pytest.raises(ValueError, match=r"no diamond shape 'XX'\. There are: PS, RA"):
        diamonds.draw("XX", 0, 0)
    with pytest.raises(ValueError, match=r"no turntable position 256\. There are: 0 to 255"):
        diamonds.draw("AS", 0, 256)
    with pytest.raises(ValueError, match="no diamond shape"):
        diamond_shapes.stone("round", np.random.default_rng(0))


# --- stones and light ---


@pytest.mark.parametrize("shape", diamonds.SHAPES)
def test_stones_are_closed_polyhedra(shape):
    for seed in range(5):
        for piece in diamond_shapes.stone(shape, np.random.default_rng(seed)):
            inside = piece.corners @ piece.normals.T - piece.offsets
            assert inside.max() < 1e-6 and np.abs(np.linalg.norm(piece.normals, axis=1) - 1).max() < 1e-9
            assert len(ConvexHull(piece.corners).vertices) >= 20 and len(piece.offsets) >= 40
            assert (piece.kinds == diamond_shapes.TABLE).sum() == 1


def test_surfaces_mirror_as_fresnel_says():
    index = diamond_light.INDICES[1]
    straight = diamond_light._fresnel(np.array([1.0]), 1 / index)
    assert straight == pytest.approx(((index - 1) / (index + 1)) ** 2)
    critical = np.arcsin(1 / index)
    beyond, before = diamond_light._fresnel(np.cos(critical + np.array([0.01, -0.01])), index)
    assert beyond == 1 and before < 0.9


def test_light_bends_as_snell_says():
    angle = np.radians(50)
    way = np.array([[np.sin(angle), 0, -np.cos(angle)]])
    out = diamond_light._refracted(way, np.array([[0.0, 0, 1]]), np.array([np.cos(angle)]), 1 / 2.4)
    assert np.linalg.norm(out) == pytest.approx(1) and out[0, 0] == pytest.approx(np.sin(angle) / 2.4)


def test_colours_part_in_a_stone():
    chosen = diamonds.subject("BR", 0)
    image, mask = diamonds.draw("BR", 0, 0, (96, 96))
    inner = image[cv2.erode(mask, np.ones((7, 7))) > 0].astype(int)
    spread = np.ptp(inner - inner.mean(axis=0).round().astype(int), axis=1)
    assert np.percentile(spread, 98) > 10 > np.median(spread)
    assert len(chosen.pieces) == 1


def test_a_portal_changes_nothing(monkeypatch):
    """A stone cut in two halves that meet in a portal looks as it does in one piece."""
    monkeypatch.setattr(diamond_light, "BOUNCES", 14)
    whole, = diamond_shapes.stone("OV", np.random.default_rng(3))
    halves = []
    for side in (1.0, -1.0):
        normals = np.concatenate([whole.normals, [[-side, 0, 0]]])
        kinds = np.append(whole.kinds, diamond_shapes.PORTAL)
        halves.append(diamond_shapes.Piece(normals, np.append(whole.offsets, 0.0), kinds, whole.corners))
    studio = diamonds.subject("OV", 0).studio
    grid = np.linspace(-1, 1, 40)
    origins = np.stack([*np.meshgrid(grid, grid), np.full((40, 40), 50.0)], axis=-1).reshape(-1, 3)
    shots = []
    for pieces in ((whole,), tuple(halves)):
        facets = diamond_light.placed(pieces, np.eye(3), np.zeros(3), 1.0)
        shots.append(diamond_light.colours(facets, origins.astype(np.float32), [0, 0, -1], studio.light))
    assert (shots[0][1] == shots[1][1]).mean() > 0.995 and shots[0][1].mean() > 0.5
    far = np.abs(shots[0][0] - shots[1][0]).max(axis=1)
    assert np.percentile(far, 75) < 0.02 and np.median(far) < 0.002


# --- MaskCreator behaves as on real photos (figures of the real ones: test_diamonds_real.py) ---


@pytest.fixture(scope="module")
def at_256():
    shots = [(shape, *diamonds.draw(shape, 9000 + i, [0, 60, 128, 190][i % 4], (256, 256)))
             for i, shape in enumerate(itertools.chain(CONVEX, CONVEX, ["HS"] * 2))]
    return [(shape, mask, mask_creator(image), image) for shape, image, mask in shots]


def test_mask_creator_is_no_better_and_no_worse_than_on_real_stones(at_256):
    """On the five real cut-outs at this size it has an IoU of 0.917 to 0.956, 0.939 in the mean."""
    iou = [masks.iou(mask[None], hull[None])[0] for shape, mask, hull, _ in at_256 if shape != "HS"]
    assert 0.905 < np.mean(iou) < 0.959 and np.min(iou) > 0.7


def test_mask_creator_leaves_the_shadow_out(at_256):
    for _, mask, hull, _ in at_256:
        wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (21, 21)))
        assert (hull & ~wide.astype(bool)).sum() < 0.02 * mask.sum() or filled(mask).sum() > 1.03 * mask.sum()


def test_stones_are_as_bright_as_the_real_ones(at_256):
    """The middle half of the real photos' grey levels inside the stone: 182, 207, 227."""
    levels = np.mean([np.percentile(image.mean(axis=-1)[cv2.erode(mask, np.ones((13, 13))) > 0], (25, 50, 75))
                      for _, mask, _, image in at_256], axis=0)
    assert np.abs(levels - [182, 207, 227]).max() < 14


# --- the data set ---


def test_splits_share_no_stone():
    stones = {split: set(datasets.diamonds(split, stones=2000, positions=1).stones)
              for split in diamond_files.SPLITS}
    assert all(len(found) == 14 * 2000 for found in stones.values())
    for one, other in itertools.combinations(stones.values(), 2):
        assert not one & other


def test_samples_say_what_they_are(capsys):
    samples = datasets.diamonds("validation", size=SMALL, stones=3, positions=4)
    assert "diamonds_validation: 168 generated photos of diamonds" in capsys.readouterr().out
    assert len(samples) == 168 and samples.source == "generated" and set(samples.shapes) == set(diamonds.SHAPES)
    one = samples[30]
    assert re.fullmatch(r"[A-Z]{2,3}/\d{10}_\d{3}", one.name)
    assert one.name == f"{samples.labels[30]}/{samples.stones[30]}_{samples.positions[30]:03d}"
    assert one.image.dtype == np.float32 and one.image.shape == (*SMALL, 3) and one.image.max() <= 1
    assert one.target.dtype == np.uint8 and one.target.shape == SMALL
    assert len(set(samples.labels[:14])) == 14  # the beginning is a mixture
    assert len(set(zip(samples.labels, samples.stones, samples.positions, strict=True))) == 168


def test_positions_are_spread_or_chosen():
    every = datasets.diamonds("test", stones=1, shapes=["AS"])
    assert sorted(every.positions) == list(range(256)) and np.ptp(every.positions[:8]) > 150
    some = sorted(datasets.diamonds("test", stones=1, shapes=["AS"], positions=8).positions)
    assert set(np.diff(some)) == {32}
    named = datasets.diamonds("test", stones=1, shapes=["AS"], positions=[3, 250])
    assert named.positions == [3, 250]


@pytest.mark.parametrize("count", [5, 30])
def test_arrays_are_the_samples(monkeypatch, count):
    monkeypatch.setenv("MASKBOOK_QUIET", "1")
    samples = datasets.diamonds("train", size=SMALL, stones=2, positions=2)
    images, targets = samples.arrays(count)
    assert images.shape == (count, *SMALL, 3) and images.dtype == np.float32 and targets.dtype == np.uint8
    for i in (0, count - 1):
        assert (samples[i].image == images[i]).all() and (samples[i].target == targets[i]).all()


@pytest.mark.parametrize(("given", "said"), [
    ({"split": "all"}, "no diamonds split 'all'"), ({"split": "test", "source": "fake"}, "no source 'fake'"),
    ({"split": "test", "shapes": ["AS", "ZZ"]}, "no diamond shape 'ZZ'"),
    ({"split": "test", "shapes": []}, "no diamond shape"),
    ({"split": "test", "stones": 0}, "stones must be 1 to 2,000"), ({"split": "test", "stones": 2001}, "found 2001"),
    ({"split": "test", "positions": 0}, "positions must be 1 to 256"),
    ({"split": "test", "positions": [256]}, "0 to 255"),
])
def test_wrong_requests_get_a_sentence(given, said):
    with pytest.raises(ValueError, match=said):
        datasets.diamonds(**given)


def test_the_fingerprint_tells_sets_apart():
    prints = [datasets.diamonds("test", size=SMALL, stones=k, positions=2).fingerprint for k in (1, 2, 2)]
    assert prints[1] == prints[2] != prints[0]


def test_drawing_is_quick():
    diamonds.draw("CMB", 0, 0, (128, 128))
    start = time.process_time()
    for stone in range(4):
        diamonds.draw("CMB", 0, 30 * stone, (128, 128))
    assert time.process_time() - start < 4 * 0.8  # about 0.05 s each on a quiet machine


# --- folders as D360 has them ---


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A hand-downloaded set: 1 and 2 stones of two shapes, some positions, masks beside."""
    root = tmp_path_factory.mktemp("d360") / "diamonds"
    one = diamond_files.views("train", ["AS", "TRI"], 1, [0, 7, 255])
    diamond_files.write(root / "Shape_1d_256i/Shape_1d_256i", one, SMALL, masks=True)
    diamond_files.write(root / "Shape_5d_256i", diamond_files.views("train", ["AS"], 2, [7, 9]), SMALL)
    return root


def test_a_written_folder_is_read_again(archive):
    assert (archive / "Shape_5d_256i/AS/1000130001_009.png").is_file()
    found, remarks = diamond_archives.found(archive)
    assert sorted({(view.shape, view.stone) for view in found}) == [
        ("AS", 1000130000), ("AS", 1000130001), ("TRI", 1000120000)]
    assert len(found) == 9 and len({view.name for view in found}) == 9
    view = next(view for view in found if view.name == "AS/1000130000_007")
    picture, mask = diamond_files.loaded(view, SMALL)
    assert mask is None and (picture == diamonds.draw("AS", 0, 7, SMALL)[0]).all()
    drawn = photos.read_mask(archive / "Shape_1d_256i/Shape_1d_256i/masks/AS/1000130000_007.png")
    assert (drawn == diamonds.draw("AS", 0, 7, SMALL)[1]).all()
    assert "759 of 768 positions are missing." in remarks
    assert "Photos that are there twice: 1; one of each was taken." in remarks
    assert any(remark.startswith("No stone of the shapes PS, RA") for remark in remarks)


def test_real_sets_are_split_by_stone(archive, monkeypatch, tmp_path, capsys):
    (tmp_path / "diamonds").symlink_to(archive)
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path))
    parts = [datasets.diamonds(split, "real", SMALL) for split in diamond_files.SPLITS]
    assert sum(map(len, parts)) == 9 and "positions are missing" in capsys.readouterr().out
    for one, other in itertools.combinations(parts, 2):
        assert not set(one.stones) & set(other.stones)
    full = next(part for part in parts if len(part))
    assert full.source == "real" and full[0].target is None and full[0].image.shape == (*SMALL, 3)
    images, targets = full.arrays(2)
    assert images.shape[1:] == (*SMALL, 3) and targets is None
    assert datasets.diamonds("test", size=SMALL, stones=1).source == "generated"  # auto: the real ones have no masks


def test_hostile_folders_get_sentences(archive, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no D360 photo\. .*unpack Shape_1d_256i"):
        diamond_archives.found(tmp_path / "nothing")
    (tmp_path / "Shape_1d_256i/AS").mkdir(parents=True)
    (tmp_path / "Shape_1d_256i/QQ").mkdir()
    picture = (archive / "Shape_5d_256i/AS/1000130001_009.png").read_bytes()
    for name in ("AS/1000130001_009.png", "AS/1000130001_256.png", "AS/photo.png", "AS/Thumbs.db", "QQ/12_003.png"):
        (tmp_path / "Shape_1d_256i" / name).write_bytes(picture)
    (tmp_path / "Shape_1d_256i/AS/1000130001_010.png").write_bytes(picture[:200])
    (tmp_path / "Shape_1d_256i/AS/1000130001_011.png").mkdir()
    (tmp_path / "TRI").write_text("not a folder")
    found, remarks = diamond_archives.found(tmp_path)
    assert [view.position for view in found] == [9, 10]
    said = " ".join(remarks)
    assert "not named <stone>_<position>: AS/1000130001_256.png, AS/Thumbs.db, AS/photo.png." in said
    assert "no shape of D360: QQ." in said and "254 of 256 positions are missing." in said
    with pytest.raises(ValueError, match="cut off or damaged"):
        diamond_files.loaded(found[1], SMALL)


def test_without_the_real_set_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="downloaded by hand"):
        datasets.diamonds("train", "real")
    with pytest.raises(FileNotFoundError, match="fetch d360_photos"):
        datasets.diamond_samples("photos")
    with pytest.raises(ValueError, match="'photos', 'cutouts'"):
        datasets.diamond_samples("masks")
