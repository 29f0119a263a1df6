"""Pictures from files as people have them: turned, grey, transparent, animated, damaged, or no pictures at all."""

import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers import paths

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif")  # what to look for in a folder
LARGEST = 80_000_000  # pixels: a larger picture is refused before it is decoded
# Pillow also knows formats that start other programs or hold no photos; those are left out.
_FORMATS = ("AVIF", "BMP", "DIB", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP")


def read(file: Path | str | BinaryIO, ground: str | tuple[int, int, int] = "white") -> np.ndarray:
    """Read a picture as it is meant to be seen.

    It is turned as its EXIF tag says. Grey, palette, CMYK and 16-bit pictures are converted, of an
    animation the first frame is taken, and what is transparent lies on `ground`. The file's content
    decides what it is, not the ending of its name.

    Parameters
    ----------
    file : Path, str, or an open binary file
    ground : colour name or (red, green, blue)
        White, as on the paper of a page, where most programs show transparent pictures.

    Returns
    -------
    uint8 array (height, width, 3), red, green, blue

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, cut off, damaged, no picture, or has more than 80 million pixels.
    """
    image = upright(file)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, ground), image)
    return np.array(image.convert("RGB"))


def read_mask(file: Path | str | BinaryIO, size: tuple[int, int] | None = None, inverted: bool = False) -> np.ndarray:
    """Read a mask, of which a file may hold only an approximation.

    A mask stored as JPEG has greys along its edges and near-blacks all over, so it is cut at 127;
    one of the levels 0 and 1 is cut between them. The brightest of the three colours counts; in
    a picture of one colour and some transparency, the opacity.

    Parameters
    ----------
    file : Path, str, or an open binary file
    size : (height, width), optional
        Of the picture that it belongs to.
    inverted : bool
        True where black means the object.

    Returns
    -------
    uint8 array (height, width) of 0 and 1, 1 = the object

    Raises
    ------
    FileNotFoundError, ValueError
        As `read`; and ValueError if it is not of the picture's size.
    """
    image = upright(file)
    levels = np.asarray(image)
    if image.mode == "RGBA":
        plain = (levels[..., :3] == levels[0, 0, :3]).all() and levels[..., 3].min() < 255
        levels = levels[..., 3] if plain else levels[..., :3].max(axis=-1)
    elif image.mode == "RGB":
        levels = levels.max(axis=-1)
    if size is not None and levels.shape != tuple(size):
        turned = " It may be turned by 90 degrees." if levels.shape == tuple(size)[::-1] else ""
        raise ValueError(f"{_name(file)} is {levels.shape[1]}x{levels.shape[0]} pixels, the picture of this mask "
                         f"{size[1]}x{size[0]}.{turned} They must lie on each other: save both at one size.")
    mask = levels > (127 if levels.max() > 1 else 0)
    return (mask != inverted).astype(np.uint8)


def upright(file: Path | str | BinaryIO) -> Image.Image:
    """Return a picture decoded and turned as its EXIF tag says, 8 bits a channel, in the mode L, RGB or RGBA.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read`.
    """
    name = _name(file)
    _must_hold_something(file, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata: the picture itself is read or refused below
        try:
            with Image.open(file, formats=[known for known in _FORMATS if known in _known()]) as image:
                if image.width * image.height <= LARGEST:
                    image.load()
                    return _eight_bit(_turned(image))
                too_large = f"is {image.width}x{image.height} pixels"
        except Image.DecompressionBombError:
            too_large = "has far too many pixels"
        except UnidentifiedImageError:
            raise ValueError(f"{name} is no picture that can be read, expected JPEG or PNG. "
                             "Open it elsewhere and save it as one of these.") from None
        except PermissionError:
            raise ValueError(f"{name} may not be read by you. Change its permissions.") from None
        except Exception as error:  # decoders raise all sorts of errors for damaged bytes
            raise ValueError(f"{name} is cut off or damaged ({error}), expected a whole picture. "
                             "Copy or fetch it again.") from None
    raise ValueError(f"{name} {too_large}, expected at most {LARGEST // 1_000_000} million. Shrink it first.")


def _known():
    Image.init()
    return Image.OPEN


def _name(file):
    if isinstance(file, str | Path):
        return paths.shown(Path(file))
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else "The file"


def _must_hold_something(file, name):
    if isinstance(file, str | Path):
        path = Path(file)
        if not path.exists():
            raise FileNotFoundError(f"There is no file {name}, expected a picture. Check its name.")
        if path.is_dir():
            raise ValueError(f"{name} is a folder, expected a picture. Name a file in it.")
        size = path.stat().st_size
    else:
        size = file.seek(0, 2)
        file.seek(0)
    if size == 0:
        raise ValueError(f"{name} is empty (0 bytes), expected a picture. Copy or fetch it again.")


def _turned(image):
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # metadata that cannot be read turn nothing
        return image.copy()


def _eight_bit(image):
    if image.mode.startswith(("I", "F")):
        levels = np.nan_to_num(np.asarray(image, float))
        highest = levels.max(initial=0)
        top = 65535 if highest > 255 else 1 if image.mode == "F" and highest <= 1 else 255
        return Image.fromarray(np.round(np.clip(levels / top, 0, 1) * 255).astype(np.uint8))
    if image.mode in ("L", "RGB", "RGBA"):
        return image.convert("RGBA") if "transparency" in image.info else image
    transparent = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    if image.mode == "La":
        image = image.convert("LA")
    return image.convert("L" if image.mode == "1" else "RGBA" if transparent else "RGB")
