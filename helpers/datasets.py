"""One function a data set: real where the pinned files are complete, else generated; verified."""

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from helpers import masks, paths, sources
from helpers.samples import Sample, Samples


def mnist(split: str) -> Samples:
    """Return the MNIST digits of a split: images 28x28x1, targets the digit 0..9.

    Parameters
    ----------
    split : str
        "train" (60,000) or "test" (10,000).

    Raises
    ------
    ValueError
        If there is no such split, or ``data/mnist.npz`` is not the pinned file.
    FileNotFoundError
        If ``data/mnist.npz`` is missing.
    """
    images, digits = mnist_arrays(split)
    return _said(_in_memory(f"mnist_{split}", images, digits), "handwritten digits")


def mnist_foreground(split: str) -> Samples:
    """Return the MNIST digits of a split with their TSS masks (uint8 28x28, 1 = foreground) as targets.

    Parameters and errors as in `mnist`.
    """
    images, _ = mnist_arrays(split)
    return _said(_in_memory(f"mnist_{split}", images, masks.foregrounds(images)), "handwritten digits with TSS masks")


def mnist_circles(split: str) -> Samples:
    """Return the MNIST digits of a split with two targets: the digit, and its tight circle.

    The target of a sample is ``{"label": digit, "circle": (x, y, radius)}``; `arrays` gives a
    dictionary of stacked ones, circles float64 (n, 3) in pixels: the smallest circle around the
    foreground pixel centres of the TSS mask (`masks.enclosing_circles`). Rounded to float32 it would
    lose some of the pixels on its rim when it is drawn.

    Parameters and errors as in `mnist`.
    """
    images, digits = mnist_arrays(split)
    circles = masks.enclosing_circles(masks.foregrounds(images))
    name = f"mnist_{split}"

    def arrays(n):
        return _scaled(images[:n]), {"label": digits[:n], "circle": circles[:n]}

    def item(i):
        return Sample(_scaled(images[i]), {"label": digits[i], "circle": circles[i]}, f"{name}/{i:05d}")

    return _said(Samples(name, "real", sources.fingerprint("mnist"), len(images), item, arrays),
                 "handwritten digits with tight circles")


def mnist_mosaics(split: str, seed: int = 4) -> Samples:
    """Return mosaics of four MNIST digits, 56x56x1, every digit of the split in exactly one of them.

    Targets are label maps: uint8 (56, 56), 0 = background, 1 to 10 = the digit 0 to 9. Each digit
    brings its own TSS mask.

    Parameters
    ----------
    split : str
        "train" (15,000 mosaics) or "test" (2,500).
    seed : int
        Which digits meet in a mosaic. The default is the fixed test set that scores are taken on.

    Errors as in `mnist`.
    """
    images, digits = mnist_arrays(split)
    labels = masks.foregrounds(images) * (digits + 1)[:, None, None]
    # The older generator: NumPy guarantees its numbers for all versions.
    chosen = np.random.RandomState(seed).permutation(len(images)).reshape(-1, 4)
    name = f"mnist_mosaics_{split}"

    def arrays(n):
        return _scaled(masks.mosaics(images, chosen[:n])), masks.mosaics(labels, chosen[:n])

    def item(i):
        image, target = _scaled(masks.mosaics(images, chosen[i:i + 1])), masks.mosaics(labels, chosen[i:i + 1])
        return Sample(image[0], target[0], f"{name}/{i:05d}")

    fingerprint = hashlib.sha256(f"{sources.fingerprint('mnist')} mosaics {seed}".encode()).hexdigest()
    return _said(Samples(name, "real", fingerprint, len(chosen), item, arrays), "mosaics of four digits")


def office(split: str = "all", source: str = "auto", size: tuple[int, int] | None = None,
           jpeg_quality: int | None = None, with_background: bool = False,
           rooms: int = 100, people: int = 100) -> Samples:
    """Return office scenes, a person pasted into a room; targets their masks (uint8, 1 = person).

    No scene is stored: sample `k` is computed from `k`. With 100 rooms and 100 people there are
    400,000; ``.scenes`` (`scenes.office.Scenes`) gives access to what a sample is made of.

    Parameters
    ----------
    split : str
        "all", "train", "validation" or "test"; no person and no room is in two of the last three.
    source : str
        "real": the fetched photos; "generated"; "auto": real if they are there, else generated.
    size : (height, width), optional
        224x224 for None.
    jpeg_quality : int, optional
        Pass the scene and the empty room through JPEG of this quality.
    with_background : bool
        Images have six channels: the scene, then the same room without the person.
    rooms, people : int
        How many to generate.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such split or source, or a real file is missing or not the pinned one.
    """
    from helpers.scenes import office

    material = (office.real() if _is_real(source, "office") else office.generated(rooms, people))
    scenes = office.Scenes(material, split, size, jpeg_quality)

    def item(k):
        picture = scenes.composite(k)
        if with_background:
            picture = np.concatenate([picture, scenes.background(k)], axis=-1)
        return Sample(_unit(picture), scenes.mask(k), f"office_{split}/{k:06d}")

    samples = Samples(f"office_{split}", material.source, material.fingerprint, len(scenes), item)
    samples.scenes = scenes
    return _said(samples, "office scenes")


def diamonds(split: str, source: str = "auto", size: tuple[int, int] = (256, 256),
             shapes: Sequence[str] | None = None, stones: int = 10,
             positions: int | Sequence[int] | None = None) -> Samples:
    """Return diamonds on a turntable; targets their masks (uint8, 1 = stone), None for real photos, which have none.

    ``.labels``, ``.stones`` and ``.positions`` give each sample's shape, stone and position,
    ``.shapes`` the shapes that occur. The beginning of the set is a mixture of all of it. Real
    photos are the archives downloaded by hand, wherever they lie under the real data's ``diamonds``.

    Parameters
    ----------
    split : str
        "train", "validation" or "test"; no stone is in two of them.
    source : str
        "generated" and "auto": generated, as there are no masks of the real ones; "real".
    size : (height, width)
    shapes : sequence of str, optional
        Labels as in `scenes.diamonds.SHAPES`; all 14 for None.
    stones : int
        How many to generate of each shape.
    positions : int or sequence of int, optional
        How many of the turntable's 256, or which; all for None.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such split, source, shape or position, or no real photo.
    """
    from helpers.scenes import diamond_archives, diamond_files

    real = _is_real(source, "d360_photos") and source == "real"
    if real:
        chosen = diamond_archives.views(paths.real_data() / "diamonds", split, shapes, positions)
    else:
        chosen = diamond_files.views(split, shapes, stones, positions)

    def item(i):
        picture, mask = diamond_files.loaded(chosen[i], size)
        return Sample(_unit(picture), mask, chosen[i].name)

    def arrays(n):
        pictures, masks = diamond_files.loaded_all(chosen[:n], size)
        return _unit(pictures), masks

    samples = Samples(f"diamonds_{split}", "real" if real else "generated",
                      diamond_files.fingerprint(chosen), len(chosen), item, arrays)
    samples.labels, samples.stones, samples.positions = diamond_files.columns(chosen)
    samples.shapes = tuple(dict.fromkeys(samples.labels))
    return _said(samples, "photos of diamonds")


def diamond_samples(kind: str, size: tuple[int, int] = (256, 256)) -> Samples:
    """Return the few pinned pictures of D360, to look at, not to score on.

    Parameters
    ----------
    kind : str
        "photos": eight photos of two stones, targets None. "cutouts": five stones on a pale
        ground, cut out by a machine, whose masks (uint8, 1 = stone) are the targets.
    size : (height, width)

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such kind, or a file is missing or not the pinned one.
    """
    from helpers.scenes import diamond_files

    name = f"d360_{kind}"
    pinned = sorted(sources.sources().get(name, {"files": ()})["files"])
    if not pinned:
        raise ValueError(f"There are no diamond samples {kind!r}. There are: 'photos', 'cutouts'.")
    for file in pinned:
        sources.verify(sources.folder(name) / file, name)

    def item(i):
        picture, mask = diamond_files.pinned(sources.folder(name) / pinned[i], size, kind == "cutouts")
        return Sample(_unit(picture), mask, pinned[i].removesuffix(".png"))

    return _said(Samples(name, "real", sources.fingerprint(name), len(pinned), item), f"D360 {kind}")


def hands(split: str = "train", source: str = "auto", size: tuple[int, int] = (96, 128),
          counts: tuple[int, int, int] = (2_000, 200, 400), only: str | None = None,
          without: str | None = None) -> Samples:
    """Return photos of one hand; targets their masks (uint8, 1 = the hand and all of its arm that is bare).

    Parameters
    ----------
    split : str
        "train", "validation", "test", or "all" of them. Nobody is in two; ``.people`` lists who is where.
    source : str
        "real": the 60 photos of HGR1; "generated"; "auto": real if they are there, else generated.
    size : (height, width)
        Generated ones are drawn in it. Real ones, of many shapes and mostly landscape, are scaled into it
        without distortion, black around them. Two poolings need sides that divide by 4.
    counts : (train, validation, test)
        How many to generate. A larger set begins with the smaller.
    only, without : str, optional
        Real photos of one person only, "id01" to "id05", or of all others: leave-one-person-out of split "all".

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such split, source or person, or a real file is missing or not the pinned one.
    """
    from helpers.scenes import hands_sets

    samples = (hands_sets.real(split, size, only, without) if _is_real(source, "hgr1")
               else hands_sets.generated(split, size, counts))
    return _said(samples, "photos of hands")


@cache
def mnist_arrays(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return MNIST as it is stored: uint8 images (n, 28, 28) and uint8 digits (n,).

    Parameters and errors as in `mnist`. The arrays are read-only: they are shared.
    """
    if split not in ("train", "test"):
        raise ValueError(f"There is no MNIST split {split!r}. There are: 'train', 'test'.")
    path = sources.folder("mnist") / "mnist.npz"
    sources.verify(path, "mnist")
    with np.load(path) as file:
        images, digits = file[f"x_{split}"], file[f"y_{split}"]
    images.flags.writeable = digits.flags.writeable = False
    return images, digits


def _in_memory(name, images, targets):
    def item(i):
        return Sample(_scaled(images[i]), targets[i], f"{name}/{i:05d}")

    def arrays(n):
        return _scaled(images[:n]), targets[:n]

    return Samples(name, "real", sources.fingerprint("mnist"), len(images), item, arrays)


def _is_real(source, name):
    """Return whether to take the real set: if asked for, or if it is all there and "auto" may choose."""
    if source not in ("auto", "real", "generated"):
        raise ValueError(f"There is no source {source!r}. There are: 'auto', 'real', 'generated'.")
    return source == "real" or (source == "auto" and sources.is_complete(name))


def _unit(picture):
    return picture.astype(np.float32) / 255


def _scaled(images):
    return images[..., None].astype(np.float32) / 255


def _said(samples, what):
    print(f"{samples.name}: {len(samples):,} {samples.source} {what}")
    return samples
