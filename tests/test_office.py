"""Office scenes: a scene is a function of its number, its mask agrees with it, and it is as hard as a photo."""

import hashlib
import subprocess
import sys

import cv2
import numpy as np
import psutil
import pytest
from PIL import Image

from helpers import datasets, masks, paths
from helpers.scenes import cutouts, office, people, rooms


@pytest.fixture(scope="module")
def material():
    """The set that the notebook uses; drawn once."""
    return office.generated()


def _small(seed=7):
    """Six rooms and seven people, drawn in a second: for what does not depend on how many there are."""
    return office.generated(6, 7, seed)


def _told(kind, sentence):
    return pytest.raises(kind, match=sentence)


# --- a scene is a number ----------------------------------------------------------------------------


def test_there_are_400000_and_each_recipe_once(material):
    scenes = office.Scenes(material)
    assert len(scenes) == 400_000
    for k in range(0, 400_000, 89):
        made = scenes.recipe(k)
        assert ((made.room * 100 + made.person) * 2 + made.mirrored) * 20 + office.PLACES.index((made.x, made.y)) == k
    assert scenes.recipe(0) == office.Recipe(0, False, 0, 0, 28)
    assert scenes.recipe(123_456) == office.Recipe(86, False, 30, 28, 112)
    assert scenes.recipe(399_999) == office.Recipe(99, True, 99, 112, 112)
    for k in (-1, 400_000):
        with _told(IndexError, "There are 400,000 scenes, found number"):
            scenes.recipe(k)


def test_the_twenty_places():
    assert len(set(office.PLACES)) == 20
    assert {x for x, _ in office.PLACES} == {0, 28, 56, 84, 112}
    assert {y for _, y in office.PLACES} == {28, 56, 84, 112}


def test_the_next_twenty_are_mirrored_people_in_the_same_room():
    scenes = office.Scenes(_small())
    for k in (3, 85):
        made, mirror = scenes.recipe(k), scenes.recipe(k + 20)
        assert (made.mirrored, mirror.mirrored) == (False, True)
        cut = np.s_[made.y:made.y + 112, made.x:made.x + 112]
        assert np.array_equal(scenes.mask(k)[cut], scenes.mask(k + 20)[cut][:, ::-1])
        assert scenes.mask(k)[cut].any()
        assert np.array_equal(scenes.background(k), scenes.background(k + 20))


def test_a_scene_is_the_same_in_any_order_and_never_changes_its_parts():
    scenes = office.Scenes(_small(), jpeg_quality=75)
    order = [5, 1_000, 3, 1_679, 5]
    once = {k: (scenes.composite(k), scenes.mask(k), scenes.background(k)) for k in order}
    for k in sorted(once, reverse=True):
        again = (scenes.composite(k), scenes.mask(k), scenes.background(k))
        assert all(np.array_equal(a, b) for a, b in zip(once[k], again, strict=True))
    for array in (scenes.material.rooms, scenes.material.people):
        with _told(ValueError, "read-only"):
            array[0] = 0


def test_a_scene_is_the_same_in_another_process():
    code = ("import hashlib; from helpers.scenes import office; m = office.generated(6, 7, 7); "
            "s = office.Scenes(m, jpeg_quality=75); "
            "print(hashlib.sha256(s.composite(1234).tobytes() + s.mask(1234).tobytes()).hexdigest(), m.fingerprint)")
    found = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    scenes = office.Scenes(_small(), jpeg_quality=75)
    here = hashlib.sha256(scenes.composite(1234).tobytes() + scenes.mask(1234).tobytes()).hexdigest()
    assert found.stdout.split() == [here, scenes.material.fingerprint]


def test_a_larger_set_begins_with_the_smaller_and_seeds_differ():
    small = _small()
    assert np.array_equal(rooms.room(7, 5), small.rooms[5])
    assert np.array_equal(people.person(7, 6), small.people[6])
    assert not np.array_equal(rooms.room(8, 5), small.rooms[5])
    assert not np.array_equal(people.person(8, 6), small.people[6])
    assert len(office.Scenes(small)) == 6 * 7 * 40


def test_memory_is_flat():
    scenes = office.Scenes(office.generated(), jpeg_quality=75)

    def after(numbers):
        for k in numbers:
            scenes.composite(k), scenes.mask(k), scenes.background(k)
        return psutil.Process().memory_info().rss / 2**20

    few = after(range(0, 1_000, 5))
    assert after(range(0, 400_000, 2_000)) - few < 16


# --- a mask agrees with its scene -------------------------------------------------------------------


def test_the_mask_is_where_the_person_is(material):
    scenes = office.Scenes(material)
    for k in range(77, 400_000, 40_009):
        made = scenes.recipe(k)
        scene, empty, mask = scenes.composite(k), scenes.background(k), scenes.mask(k)
        assert mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 1}
        alpha = material.people[made.person][..., 3][:, ::-1 if made.mirrored else 1]
        covered = np.zeros((224, 224), int)
        covered[made.y:made.y + 112, made.x:made.x + 112] = alpha
        assert np.array_equal(mask, covered > 127.5)
        assert np.array_equal(scene[covered == 0], empty[covered == 0])
        opaque = material.people[made.person][:, ::-1 if made.mirrored else 1]
        inside = scene[made.y:made.y + 112, made.x:made.x + 112]
        assert np.array_equal(inside[alpha == 255], opaque[alpha == 255][:, :3])


def test_pasting_is_over_and_cuts_at_the_border():
    rng = np.random.default_rng(0)
    room, person = (rng.integers(0, 256, shape).astype(np.uint8) for shape in ((30, 40, 3), (12, 14, 4)))
    for x, y in ((5, 6), (-4, 3), (33, 25), (-20, 0), (50, 45), (-1, -11)):
        big = np.zeros((100, 110, 4))
        big[y + 30:y + 42, x + 30:x + 44] = person
        big = big[30:60, 30:70]
        alpha = big[..., 3:] / 255
        expected = alpha * big[..., :3] + (1 - alpha) * room
        found = office.paste(room, person, x, y)
        assert np.abs(found - expected).max() <= 0.51
        assert np.array_equal(office.place_mask(person[..., 3] > 127, x, y, (30, 40)), big[..., 3] > 127)


def test_alpha_is_soft_at_the_edge_and_whole_within(material):
    alpha = material.people[..., 3]
    soft = ((alpha > 10) & (alpha < 245)).sum(axis=(1, 2)) / (alpha > 127).sum(axis=(1, 2))
    assert 0.05 < np.median(soft) < 0.3
    covered = (alpha > 127).mean(axis=(1, 2))
    assert covered.min() > 0.15 and covered.max() < 0.75  # the real ones: 0.26 to 0.61
    assert len({person.tobytes() for person in material.people}) == 100
    assert len({room.tobytes() for room in material.rooms}) == 100


def test_resized_scenes_keep_their_masks_in_place():
    whole, small = office.Scenes(_small()), office.Scenes(_small(), size=(98, 64))
    for k in (11, 900):
        assert small.composite(k).shape == small.background(k).shape == (98, 64, 3)
        mask = small.mask(k)
        assert mask.shape == (98, 64) and set(np.unique(mask)) <= {0, 1}
        fine = cv2.resize(whole.mask(k).astype(np.float32), (64, 98), interpolation=cv2.INTER_AREA)
        assert masks.iou(mask[None], fine[None] > 0.5)[0] > 0.9


def test_jpeg_noise_is_small_and_the_same_outside_the_persons_blocks():
    plain, noisy = office.Scenes(_small()), office.Scenes(_small(), jpeg_quality=75)
    k = 500
    apart = np.abs(plain.composite(k).astype(int) - noisy.composite(k))
    assert 0.3 < apart.mean() < 8
    touched = cv2.dilate((plain.composite(k) != plain.background(k)).any(-1).astype(np.uint8), np.ones((17, 17)))
    assert np.array_equal(noisy.composite(k)[touched == 0], noisy.background(k)[touched == 0])
    assert np.array_equal(plain.mask(k), noisy.mask(k))
    for quality in (0, 101):
        with _told(ValueError, "expected 1 to 100"):
            office.Scenes(_small(), jpeg_quality=quality)


# --- splits -----------------------------------------------------------------------------------------


def test_nobody_and_no_room_is_in_two_parts(material):
    parts = {name: office.Scenes(material, name) for name in office.SPLITS}
    assert {name: len(part) for name, part in parts.items()} == {"train": 196_000, "validation": 9_000, "test": 9_000}
    for kind in ("people", "rooms"):
        seen = [number for part in parts.values() for number in getattr(part, kind).tolist()]
        assert sorted(seen) == list(range(100))
    for part in parts.values():
        made = [part.recipe(k) for k in range(0, len(part), 7)]
        assert {one.person for one in made} == set(part.people.tolist())
        assert {one.room for one in made} == set(part.rooms.tolist())
    with _told(ValueError, "There is no office split 'valid'"):
        office.Scenes(material, "valid")


def test_pictures_with_a_twin_are_for_training():
    twin_rooms, twin_people = cutouts.TWINS
    stems = [f"img{i:03d}" for i in range(1, 101)]
    for twins in (twin_rooms, twin_people):
        assert len(set(twins)) == len(twins) < 70
        order = office._in_front(stems, twins)
        assert sorted(order) == list(range(100))
        assert [stems[i] for i in order[:len(twins)]] == list(twins)


# --- as hard as photos ------------------------------------------------------------------------------


def baseline(material, jpeg_quality, count=250):
    """Return the mean IoU of the thresholded difference over random scenes."""
    scenes = office.Scenes(material, jpeg_quality=jpeg_quality)
    numbers = np.random.default_rng(0).integers(len(scenes), size=count)
    guess = [cv2.absdiff(scenes.composite(k), scenes.background(k)).max(-1) > 10 for k in numbers]
    return masks.iou(np.stack([scenes.mask(k) for k in numbers]), np.stack(guess)).mean()


def test_generated_scenes_are_as_hard_as_photos(material):
    assert baseline(material, 75) <= 0.856 + 0.02  # the real set's figure, and the margin of the design
    assert abs(baseline(material, None) - 0.939) <= 0.02


# --- as a data set ----------------------------------------------------------------------------------


def test_the_data_set(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MASKBOOK_DATA", str(tmp_path))
    samples = datasets.office("test", rooms=7, people=7, size=(64, 64), jpeg_quality=75, with_background=True)
    assert capsys.readouterr().out == "office_test: 40 generated office scenes\n"
    assert (len(samples), samples.source) == (40, "generated")
    one = samples[7]
    assert one.image.shape == (64, 64, 6) and one.image.dtype == np.float32
    assert 0 <= one.image.min() <= one.image.max() <= 1
    assert np.array_equal(one.image[..., :3], samples.scenes.composite(7) / np.float32(255))
    assert np.array_equal(one.image[..., 3:], samples.scenes.background(7) / np.float32(255))
    assert one.name == "office_test/000007" and np.array_equal(samples[-1].image, samples[39].image)
    images, targets = samples.arrays(3)
    assert images.shape == (3, 64, 64, 6) and targets.shape == (3, 64, 64) and targets.dtype == np.uint8
    with _told(ValueError, "There is no source 'photos'"):
        datasets.office(source="photos")
    with _told(FileNotFoundError, "The office photos are not here. Run python -m helpers fetch office, or use"):
        datasets.office(source="real")


def test_tf_data_equals_indexing():
    samples = datasets.office("validation", source="generated", rooms=7, people=7, size=(48, 48))
    order = [9, 2, 37]
    served = list(samples.tf_data(order).batch(2).as_numpy_iterator())
    assert [len(images) for images, _ in served] == [2, 1]
    for k, image, mask in zip(order, np.concatenate([i for i, _ in served]), np.concatenate([m for _, m in served]),
                              strict=True):
        assert np.array_equal(image, samples[k].image) and np.array_equal(mask, samples[k].target)


# --- folders of photos as they come -----------------------------------------------------------------


@pytest.fixture
def photos(tmp_path):
    """A folder of two rooms and three cut-outs with masks, all as they should be."""
    for folder in ("bg_images", "fg_images", "mask_images"):
        (tmp_path / "own" / folder).mkdir(parents=True)
    for i in range(2):
        Image.fromarray(rooms.room(7, i)).save(tmp_path / f"own/bg_images/r{i}.png")
    for i in range(3):
        person = people.person(7, i)
        Image.fromarray(person).save(tmp_path / f"own/fg_images/p{i}.png")
        Image.fromarray((person[..., 3] > 127).astype(np.uint8) * 255).save(tmp_path / f"own/mask_images/p{i}.png")
    return tmp_path / "own"


def test_own_photos_are_read(photos):
    material = office.real(photos)
    assert material.rooms.shape == (2, 224, 224, 3) and material.people.shape == (3, 112, 112, 4)
    assert np.array_equal(material.rooms[1], rooms.room(7, 1))
    assert np.array_equal(material.people[2], people.person(7, 2))
    assert np.array_equal(material.masks, material.people[..., 3] > 127)
    assert len(office.Scenes(material)) == 2 * 3 * 40
    assert cutouts.read(photos.parent)[4] == cutouts.read(photos)[4], "unpacked into a folder of its own"


def test_rooms_of_other_sizes_and_modes_are_converted(photos):
    place = photos / "bg_images/r0.png"
    rgb = Image.fromarray(rooms.room(7, 0))

    def read():
        return cutouts.read(photos)[0][0].astype(int)

    rgb.resize((300, 448)).save(place)
    assert read().shape == (224, 224, 3)
    rgb.resize((100, 100)).save(place)
    assert np.abs(read() - np.asarray(rgb)).mean() < 20
    place.unlink()
    for name, image in (("r0.jpg", rgb.convert("CMYK")), ("r0.png", rgb.quantize(256)), ("r0.bmp", rgb)):
        image.save(photos / "bg_images" / name, **({"quality": 95} if name.endswith("jpg") else {}))
        assert np.abs(read() - np.asarray(rgb)).mean() < 12, name
        (photos / "bg_images" / name).unlink()
    grey = np.asarray(rgb.convert("L"))
    Image.fromarray(grey.astype(np.uint16) * 257).save(place)  # 16 bit
    assert np.abs(read() - grey[..., None]).max() <= 1
    Image.fromarray(grey).save(place)
    assert np.array_equal(read()[..., 1], grey)
    Image.fromarray(grey > 127).save(place)
    assert np.array_equal(read()[..., 0] > 0, grey > 127)
    turned, exif = rgb.rotate(90, expand=True), Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    place.unlink()
    turned.save(photos / "bg_images/r0.jpg", quality=98, exif=exif)
    assert np.abs(read() - np.asarray(rgb)).mean() < 12


def test_large_cutouts_are_resized_without_a_dark_rim(photos):
    big = np.zeros((400, 400, 4), np.uint8)
    big[101:298, 102:299] = 255  # white where it covers, black where it does not
    Image.fromarray(big).save(photos / "fg_images/p0.png")
    Image.fromarray(big[..., 3]).save(photos / "mask_images/p0.png")
    _, cut_out, hand, _, _ = cutouts.read(photos)
    assert cut_out[0][..., :3][cut_out[0][..., 3] > 8].min() > 250
    assert masks.iou(hand[:1], cut_out[:1, ..., 3] > 127)[0] > 0.97


HOSTILE = [
    ("bg_images/r0.png", b"", r"r0\.png is empty \(0 bytes\), expected a picture\. Copy or fetch it again\.$"),
    ("bg_images/r0.png", b"<html>log in</html>", r"r0\.png is no picture that can be read, expected JPEG or PNG\."),
    ("fg_images/p1.png", "half", r"p1\.png is cut off or damaged \(.*\), expected a whole picture\. Copy or"),
    ("bg_images/r1.png", "half", r"r1\.png is cut off or damaged \(.*\), expected a whole picture\. Copy or"),
    ("bg_images/r1.png", Image.new("1", (90_000, 1_000)), r"r1\.png is 90000x1000 pixels, expected at most 80 mill"),
    ("fg_images/p0.png", Image.new("RGB", (112, 112)), r"p0\.png has no alpha channel \(it is RGB\), expected RGBA"),
    ("fg_images/p0.png", Image.new("RGBA", (112, 112), "red"), r"p0\.png is opaque everywhere, expected a person on"),
    ("fg_images/p0.png", Image.new("RGBA", (112, 112)), r"p0\.png is transparent everywhere, expected a person on"),
    ("mask_images/p2.png", Image.new("L", (112, 100)), r"p2\.png is 112x100 pixels, the picture of this mask 112x112"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), HOSTILE, ids=[f"{i}" for i in range(len(HOSTILE))])
def test_a_hostile_file_gets_one_sentence(photos, name, content, sentence):
    place = photos / name
    if isinstance(content, Image.Image):
        content.save(place)
    else:
        place.write_bytes(place.read_bytes()[:-9000] if content == "half" else content)
    with _told(ValueError, sentence) as caught:
        cutouts.read(photos)
    assert "\n" not in str(caught.value)


def test_wrong_layouts_get_one_sentence(photos, tmp_path):
    (photos / "mask_images/p1.png").unlink()
    with _told(FileNotFoundError, r"^1 of 3 cut-outs have no mask: p1\.png\. Expected a picture of the same stem in "):
        cutouts.read(photos)
    (photos / "mask_images").rename(photos / "masks")
    with _told(FileNotFoundError, r"own holds bg_images, fg_images, masks; expected bg_images, fg_images, "
                                  r"mask_images\. Make or rename mask_images\.$"):
        cutouts.read(photos)
    (tmp_path / "bare").mkdir()
    with _told(FileNotFoundError, r"bare holds no folders; expected bg_images, fg_images, mask_images\. Make or"):
        cutouts.read(tmp_path / "bare")
    with _told(FileNotFoundError, r"^There is no folder .*elsewhere\. Name the one that holds bg_images, fg_images"):
        cutouts.read(tmp_path / "elsewhere")
    (photos / "masks").rename(photos / "mask_images")
    for path in (photos / "bg_images").iterdir():
        path.unlink()
    with _told(FileNotFoundError, r"bg_images holds no pictures; expected files that end in \.jpg, "):
        cutouts.read(photos)
