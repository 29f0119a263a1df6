"""Where things are, from any working directory."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
PROFILES = NOTEBOOKS / "profiles"
DATA = ROOT / "data"
MODELS = DATA / "models"
STUDIES = DATA / "studies"
RUNS = ROOT / "runs"


def real_data() -> Path:
    """Return the folder of the real data sets.

    It is ``data/real``, where ``python -m helpers fetch`` stores them, unless the environment
    variable ``MASKBOOK_DATA`` names another. A relative one is read from the project's root,
    because papermill and nbval run a notebook from different folders.
    """
    named = os.environ.get("MASKBOOK_DATA")
    return (ROOT / named).resolve() if named else DATA / "real"


def shown(path: Path) -> str:
    """Return `path` as text for a message: relative to the project where it lies inside it.

    Stored notebook outputs must not hold the path of one machine.
    """
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
