"""Raw folders of hands: the planted faults are there and no others, and one row of the stored study of notebook 10."""

import numpy as np
import pytest
from PIL import Image

from helpers import masks, photos
from helpers.scenes import raw_hands

PAIRS = 80


def _blob(k, size):
    """Draw an oval in the colour of skin on stripes, quicker than a hand."""
    y, x = np.mgrid[:size[0], :size[1]]
    rng = np.random.default_rng(k)
    mask = (np.hypot((y - size[0] * 0.5) / rng.uniform(40, 60), (x - size[1] * 0.5) / rng.uniform(20, 35)) < 1)
    ground = (x[..., None] * [2, 1, 1] + y[..., None] * [0, 1, 0] + k * 37) % 200
    return np.where(mask[..., None], [200, 150, 120], ground).astype(np.uint8), mask.astype(np.uint8), k // 4


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return raw_hands.write(tmp_path_factory.mktemp("raw"), PAIRS, seed=3, draw=_blob)


def _files(raw, pair):
    return {stem: next((raw.place / pair.folder).glob(f"{stem}.*"), None) for stem in ("original", "no_bg")}


def _read(raw, pair):
    files = _files(raw, pair)
    if None in files.values():
        raise FileNotFoundError("one missing")
    return photos.read(files["original"]), photos.read(files["no_bg"], ground="black")


def _of(raw, kind):
    found = [pair for pair in raw.pairs if pair.kind == kind]
    assert found, f"no {kind} among {len(raw.pairs)}"
    return found


def test_there_is_some_of_everything_and_the_names_are_sorted(raw):
    assert len(raw.pairs) == PAIRS == len(list(raw.place.iterdir()))
    assert [pair.folder for pair in raw.pairs] == sorted(path.name for path in raw.place.iterdir())
    kinds = {pair.kind for pair in raw.pairs}
    assert kinds == {"good", *raw_hands._SHARES}
    assert raw.source == "generated" and len(raw.fingerprint) == 64


def test_only_what_is_said_to_be_unreadable_is(raw):
    for pair in raw.pairs:
        if pair.kind in raw_hands.UNREADABLE:
            with pytest.raises((ValueError, FileNotFoundError)):
                _read(raw, pair)
        else:
            photo, rest = _read(raw, pair)
            assert (photo.shape == rest.shape) == (pair.kind != "lying cut-out"), pair.kind
            assert photo.shape[:2] == pair.mask.shape, "the photo is upright"


def test_the_cut_out_is_bad_where_it_is_said_to_be(raw):
    for pair in raw.pairs:
        if pair.kind in (*raw_hands.UNREADABLE, "lying cut-out"):
            continue
        photo, rest = _read(raw, pair)
        opacity = np.asarray(photos.upright(_files(raw, pair)["no_bg"]))[..., -1] if pair.kind == "alpha" else None
        found = opacity > 127 if pair.kind == "alpha" else (2 * rest.sum(-1, dtype=int) >= photo.sum(-1, dtype=int))
        agreement = masks.iou(pair.mask[None], (found & (rest.max(-1) > 8))[None])[0]
        apart = np.abs(photo.astype(int) - rest)[pair.mask > 0].mean()
        if pair.kind in raw_hands.BAD_CUTOUTS:
            assert agreement < 0.97 or apart > 12, pair.kind
        else:
            assert agreement > 0.93, pair.kind


def test_repeats_name_the_folder_that_they_repeat(raw):
    by_name = {pair.folder: pair for pair in raw.pairs}
    for kind, same in (("same file", True), ("saved again", False)):
        for pair in _of(raw, kind):
            first = by_name[pair.first]
            assert first.kind == "good" and first.person == pair.person
            a, b = (_files(raw, one)["original"].read_bytes() for one in (pair, first))
            assert (a == b) == same
    assert all(pair.first == "" for pair in raw.pairs if pair.kind not in raw_hands.REPEATED)
    twins = [pair.folder[:10] for pair in raw.pairs]
    assert len(set(twins)) == len(twins) - len(_of(raw, "same ten characters"))


def test_turned_photos_carry_a_tag(raw):
    for pair in _of(raw, "turned"):
        with Image.open(_files(raw, pair)["original"]) as image:
            assert image.getexif()[0x0112] == 6 and image.width > image.height
    ratios = {round(pair.mask.shape[0] / pair.mask.shape[1], 2) for pair in _of(raw, "good")}
    assert ratios == {1.85, 1.87}
    assert not {round(pair.mask.shape[0] / pair.mask.shape[1], 2) for pair in _of(raw, "other ratio")} & ratios


def test_one_seed_gives_the_same_folders(raw, tmp_path):
    for name in ("again", "other"):
        (tmp_path / name).mkdir()
    again = raw_hands.write(tmp_path / "again", PAIRS, seed=3, draw=_blob)
    assert again.fingerprint == raw.fingerprint
    assert [(a.folder, a.kind, a.person, a.first) for a in again.pairs] == [
        (b.folder, b.kind, b.person, b.first) for b in raw.pairs]
    assert raw_hands.write(tmp_path / "other", PAIRS, seed=4, draw=_blob).fingerprint != raw.fingerprint


def test_generated_people_send_several_pictures():
    draw = raw_hands.of_people(5)
    image, mask, person = draw(6, (100, 54))
    assert image.shape == (100, 54, 3) and image.dtype == np.uint8 and set(np.unique(mask)) == {0, 1}
    assert person == draw(5, (60, 60))[2] != draw(60, (60, 60))[2]


@pytest.mark.real
def test_real_photos_make_raw_folders_of_five_people(tmp_path):
    raw = raw_hands.copy(tmp_path)
    assert len(raw.pairs) == 60 and raw.source == "real"
    assert {pair.person for pair in raw.pairs} == {1, 2, 3, 4, 5} and {pair.kind for pair in raw.pairs} == {"good"}
    for pair in raw.pairs[:5]:
        photo, rest = _read(raw, pair)
        assert photo.shape == rest.shape and photo.shape[:2] == pair.mask.shape


def test_a_row_of_the_study_can_be_made_again(study_row_again):
    row, stored = study_row_again("10")
    assert len(stored) == 18
    assert all(0 <= row[score] <= 1 for score in ("iou", "dice"))
