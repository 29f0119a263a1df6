"""The shape of the helpers: thin modules that import downwards only, typed and documented."""

import ast
from pathlib import Path

import pytest

from helpers import paths

HELPERS = paths.ROOT / "helpers"

# Top to bottom: a module may import only what stands further down. Modules in one row do not know
# each other, but those of a package may (`scenes` and its parts).
LAYERS = (
    "__main__", "app", "sweep", "suite", "batch", "student", "receipt", "report", "course", "progress", "exercises",
    "checks", "results", "diagrams", "show", "models", "detectors", "datasets", "scenes", "augment", "cameras",
    "layers", "samples", "photos", "labels", "silhouettes", "fidelity", "masks", "enclosing", "sources", "runtime",
    "paths",
)
LONGEST = 300
FORBIDDEN_WORDS = {"utils", "util", "misc", "common", "helpers", "tools"}
MODULES = sorted(path for path in HELPERS.rglob("*.py") if "__pycache__" not in path.parts)
HEAVY = {"tensorflow", "keras", "jax", "torch"}


def layer(path: Path) -> str:
    """Return the name in LAYERS of a module: its own, or its package's."""
    return path.relative_to(HELPERS).with_suffix("").parts[0]


def imported(tree: ast.AST, own: str = "") -> set[str]:
    """Return the helpers that a module imports, anywhere in it, by their names in LAYERS.

    `own` is the package that a relative import starts from, "" for ``helpers`` itself.
    """
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(filter(None, ["helpers", own if node.level == 1 else "", base]))
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))
              and node.args and isinstance(node.args[0], ast.Constant)):
            names = [node.args[0].value]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("helpers.")}
    return found


def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def _public(tree):
    """Yield the public functions, classes and methods of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (part for part in node.body
                            if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"))


def _name(path):
    return path.relative_to(HELPERS).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_has_its_place(path):
    name = layer(path)
    assert name == "__init__" or name in LAYERS, f"Say in LAYERS where helpers/{_name(path)} stands."
    assert not FORBIDDEN_WORDS & set(path.stem.split("_")), "A module is named after what it holds."


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_go_down_only(path):
    if layer(path) == "__init__":
        assert imported(_tree(path)) == set()
        return
    package = layer(path) if len(path.relative_to(HELPERS).parts) > 1 else ""
    below = LAYERS[LAYERS.index(layer(path)) + 1:]
    upwards = imported(_tree(path), package) - {*below, package, "__init__", "__version__"}
    assert not upwards, f"helpers/{_name(path)} may not import {', '.join(sorted(upwards))}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_short(path):
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST, f"helpers/{_name(path)} has {length} lines: split it"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_heavy_packages_are_imported_where_they_are_needed(path):
    """Only modules that hold layers or models may name Keras at their top, and none another backend."""
    allowed = {"keras"} if layer(path) in ("layers", "models", "detectors") else set()
    top = [node for node in _tree(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name.split(".")[0] for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {(node.module or "").split(".")[0] for node in top if isinstance(node, ast.ImportFrom)}
    assert not names & HEAVY - allowed


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_what_is_public_is_documented_and_typed(path):
    tree = _tree(path)
    assert ast.get_docstring(tree), "no docstring of the module"
    for node in _public(tree):
        assert ast.get_docstring(node), f"{node.name} has no docstring"
        if not isinstance(node, ast.FunctionDef) or path.name == "__main__.py":  # click types those
            continue
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs,
                     node.args.vararg, node.args.kwarg]
        untyped = [argument.arg for argument in arguments
                   if argument and argument.annotation is None and argument.arg not in ("self", "cls")]
        assert not untyped, f"{node.name}: no type of {', '.join(untyped)}"
        assert node.returns is not None or ast.unparse(node).startswith("@"), f"{node.name}: no type of what it returns"


def test_the_package_itself_is_empty():
    tree = _tree(HELPERS / "__init__.py")
    assert [type(node).__name__ for node in tree.body] == ["Expr", "Assign"]


@pytest.mark.parametrize(("source", "expected"), [
    ("from helpers import suite, paths", {"suite", "paths"}),
    ("import helpers.suite as s", {"suite"}),
    ("from helpers.scenes.office import draw", {"scenes"}),
    ("def f():\n    from helpers import suite", {"suite"}),
    ("from . import paths", {"paths"}),
    ("from .suite import run", {"suite"}),
    ("import importlib\nimportlib.import_module('helpers.suite')", {"suite"}),
    ("import os, numpy", set()),
])
def test_imports_are_found_wherever_they_stand(source, expected):
    assert imported(ast.parse(source)) == expected
