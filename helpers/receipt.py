"""The receipt of a run: what it ran with, on what, and what came out; written whole, compared exactly."""

import datetime
import hashlib
import json
from pathlib import Path

from helpers import course, paths, runtime

_COMPARED = ("status", "parameters", "data", "files", "sources", "scores")


def begin(folder: Path, profile: str, resume: bool) -> dict:
    """Return the receipt of a run that begins, or of the one in the folder that goes on.

    Raises
    ------
    ValueError
        If the run to go on with is of another size, or its receipt cannot be read.
    """
    receipt = {"profile": profile, "started": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
               "machine": runtime.machine(), "versions": runtime.versions(), "notebooks": {}}
    if resume and (folder / "receipt.json").exists():
        earlier = load(folder)
        if earlier["profile"] != profile:
            raise ValueError(f"{folder} holds a run at {earlier['profile']} size. Go on with it by "
                             f"--profile {earlier['profile']}, or name another folder with --out.")
        receipt |= {"started": earlier["started"], "notebooks": earlier["notebooks"]}
    return receipt


def load(folder: Path) -> dict:
    """Return the receipt of a run folder.

    Raises
    ------
    FileNotFoundError
        If the folder holds none.
    ValueError
        If it is not a receipt.
    """
    file = Path(folder) / "receipt.json"
    if not file.is_file():
        raise FileNotFoundError(f"{folder} is not a run folder: it has no receipt.json. Name a folder under runs/.")
    try:
        receipt = json.loads(file.read_text(encoding="utf-8"))
        return {key: receipt[key] for key in ("profile", "started", "machine", "versions", "notebooks")}
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{file} is not the receipt of a run. Delete the folder and run again.") from None


def write(folder: Path, receipt: dict) -> None:
    """Write ``receipt.json`` and ``scores.json``, each whole or not at all."""
    for name, content in (("receipt.json", receipt), ("scores.json", scores(receipt))):
        part = folder / f"{name}.part"  # a run cut here must not leave half a receipt behind
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
        part.replace(folder / name)


def scores(receipt: dict) -> dict:
    """Return the content of ``scores.json``: notebook to score to its row."""
    return {name: row["scores"] for name, row in sorted(receipt["notebooks"].items()) if row.get("scores")}


def sources(path: Path) -> str:
    """Return a hash of what decides a notebook's result besides its parameters and data: all code."""
    digest = hashlib.sha256(course.code_hash(course.read(path)).encode())
    for module in sorted((paths.ROOT / "helpers").rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def files() -> dict[str, str]:
    """Return the SHA-256 of every file in ``data/`` that a notebook may read, by its path there.

    The real sets are not among them: their fingerprint is recorded with the scores measured on them.
    """
    found = [paths.DATA / "mnist.npz", paths.DATA / "references.json",
             *paths.MODELS.glob("*.keras"), *paths.STUDIES.glob("*.json")]
    return {path.relative_to(paths.DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(found) if path.is_file()}


def key(path: Path, values: dict) -> str:
    """Return a hash of what must be unchanged for a finished notebook to be skipped by ``--resume``."""
    decisive = [sources(path), files(), values, runtime.versions(), str(paths.real_data())]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def compare(first: Path, second: Path) -> list[str]:
    """Return in which scores, parameters, sources and data hashes two runs differ; empty if in none.

    Raises
    ------
    FileNotFoundError
        If a folder holds no receipt.
    """
    one, other = (load(folder)["notebooks"] for folder in (first, second))
    differences = []
    for stem in sorted(one.keys() | other.keys()):
        if stem not in one or stem not in other:
            differences.append(f"{stem}: only in {first if stem in one else second}")
            continue
        for part in _COMPARED:
            differences += _differences(f"{stem}: {part}", one[stem].get(part), other[stem].get(part))
    return differences


def circumstances(first: Path, second: Path) -> list[str]:
    """Return what else differs between two runs and can change the last digits: machine and versions."""
    one, other = load(first), load(second)
    return [difference for part in ("machine", "versions")
            for difference in _differences(part, one[part], other[part])]


def _differences(where, a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return [difference for name in sorted(a.keys() | b.keys())
                for difference in _differences(f"{where} {name}", a.get(name), b.get(name))]
    return [] if a == b else [f"{where}: {_short(a)} and {_short(b)}"]


def _short(item):
    item = item.get("value", "recorded") if isinstance(item, dict) else item
    return "none" if item is None else item
