"""The notebooks of the course: their order, their parameters, and what each size sets in them."""

import ast
import hashlib
from pathlib import Path

import nbformat
import papermill
import yaml

from helpers import paths

PROFILES = ("smoke", "lesson", "study", "ship", "full")
TYPES = {"int": int, "float": float, "str": str, "bool": bool}


def notebooks() -> dict[str, Path]:
    """Return the notebooks by number, in order: ``{"00": .../00_start_here.ipynb, ...}``."""
    return {path.name[:2]: path for path in sorted(paths.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}


def select(numbers: list[str]) -> list[Path]:
    """Return the notebooks with these numbers ("2", "02" or "02_mnist_foreground"); all for none.

    Raises
    ------
    ValueError
        If there is no such notebook, or none at all.
    """
    known = notebooks()
    if not known:
        raise ValueError(f"There are no notebooks in {paths.shown(paths.NOTEBOOKS)}.")
    chosen = {}
    for text in numbers:
        name = Path(text).name.removesuffix(".ipynb")
        path = known.get(name.zfill(2) if name.isdigit() else name[:2])
        if path is None or not (name.isdigit() or name == path.stem):
            raise ValueError(f"There is no notebook {text!r}. There are: {', '.join(known)}.")
        chosen[path] = None  # a dictionary keeps their order and drops what was named twice
    return list(chosen or known.values())


def read(path: Path) -> nbformat.NotebookNode:
    """Return a notebook.

    Raises
    ------
    ValueError
        If the file is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0][:80]
        raise ValueError(f"{paths.shown(path)} is not a notebook ({reason}). Restore it with git checkout.") from error


def code_hash(book: nbformat.NotebookNode) -> str:
    """Return the SHA-256 of a notebook's code cells: stored outputs are stamped with it."""
    code = "\0".join(cell.source for cell in book.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()


def parameters(path: Path) -> dict[str, tuple[str, object]]:
    """Return the parameters of a notebook: name to type name (such as "int") and default."""
    read(path)  # papermill's own answer to a broken file names neither the file nor a remedy
    found = papermill.inspect_notebook(verbatim(path))
    return {name: (row["inferred_type_name"], _evaluated(row["default"])) for name, row in found.items()}


def plan(chosen: list[Path], profile: str = "lesson", pairs: list[str] = ()) -> dict[Path, dict]:
    """Return which parameters a run sets in each notebook: those of the size, then those asked for.

    Parameters
    ----------
    chosen : list of Path
        Notebooks, as from `select`.
    profile : str
        One of `PROFILES`.
    pairs : list of str
        ``NAME=VALUE``; each goes to the chosen notebooks that have the parameter.

    Raises
    ------
    ValueError
        If there is no such profile or parameter, or a value is of another type.
    """
    typed = settings(pairs, chosen)
    return {path: profile_values(profile, path) | typed[path.stem] for path in chosen}


def profile_values(profile: str, path: Path) -> dict:
    """Return what a profile sets in a notebook; empty for the lesson size, which is the notebook's own.

    Raises
    ------
    ValueError
        If there is no such profile, or its file sets what the notebook does not have.
    """
    if profile not in PROFILES:
        raise ValueError(f"There is no profile {profile!r}. There are: {', '.join(PROFILES)}.")
    file = paths.PROFILES / f"{profile}.yaml"
    if profile == "lesson" or not file.exists():
        return {}
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        values = content.get(path.stem) or {}
        pairs = dict(values).items()
    except (yaml.YAMLError, AttributeError, TypeError, ValueError):
        raise ValueError(f"{paths.shown(file)} is not a profile: it wants the name of each notebook, and "
                         "indented below it a line NAME: VALUE for each parameter.") from None
    known = parameters(path)
    for name, value in pairs:
        if name not in known:
            raise ValueError(f"{paths.shown(file)} sets {name!r} in {path.stem}, which has no such parameter. "
                             f"It has: {', '.join(known)}.")
        if not fits(value, known[name][0]):
            raise ValueError(f"{paths.shown(file)} sets {name} in {path.stem} to {value!r}; "
                             f"the parameter is of type {known[name][0]}.")
    return dict(values)


def fits(value: object, type_name: str) -> bool:
    """Return whether a value can stand for a parameter of this type; a whole number can for a float."""
    wanted = TYPES.get(type_name)
    if wanted is None:
        return True
    return type(value) is wanted or (wanted is float and type(value) is int)


def settings(pairs: list[str], chosen: list[Path]) -> dict[str, dict]:
    """Turn ``NAME=VALUE`` texts into typed parameters for those of the notebooks that have them.

    Returns
    -------
    dict
        Notebook stem to parameters.

    Raises
    ------
    ValueError
        If a text has no ``=``, no chosen notebook has the name, or the value is of another type.
    """
    typed = {path.stem: {} for path in chosen}
    known = {path.stem: parameters(path) for path in chosen}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"--set wants NAME=VALUE, found {pair!r}. For example: --set epochs=1")
        having = [stem for stem in known if name in known[stem]]
        if not having:
            names = sorted({name for row in known.values() for name in row})
            raise ValueError(f"No chosen notebook has a parameter {name!r}. They have: {', '.join(names) or 'none'}.")
        for stem in having:
            typed[stem][name] = _typed(text, name, *known[stem][name])
    return typed


def verbatim(path: Path) -> str:
    """Return a path for papermill, which would fill in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _typed(text, name, type_name, default):
    wanted = TYPES.get(type_name, str)
    try:
        if wanted is bool:
            return {"true": True, "false": False}[text.lower()]
        return wanted(text)
    except (ValueError, KeyError):
        raise ValueError(f"The parameter {name} is of type {type_name} (default {default!r}), "
                         f"found {text!r}.") from None


def _evaluated(source):
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return source
