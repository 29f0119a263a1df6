"""The real sets, where they are: every pinned file, byte by byte."""

import pytest

from helpers import paths, sources


@pytest.mark.real
@pytest.mark.parametrize("name", list(sources.sources()))
def test_every_pinned_file_is_there_and_right(name):
    place = sources.folder(name)
    if not place.is_dir():
        pytest.skip(f"No set {name!r} in {paths.shown(paths.real_data())}: "
                    f"run python -m helpers fetch {name}, or set MASKBOOK_DATA.")
    assert sources.is_complete(name)
    for pinned in sources.sources()[name]["files"]:
        sources.verify(place / pinned, name)
