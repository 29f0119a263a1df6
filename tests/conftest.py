"""What every test has: no network, no real data unless it asks for it, and small courses to run."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import paths, results
from helpers.__main__ import main
from helpers.course import notebooks, profile_values

OFFLINE = Path(__file__).parent / "offline"
PARAMETERS = "seed: int = 7  # of all that is random\nepochs: int = 2  # passes over the training set"


def pytest_configure(config):
    config.addinivalue_line("markers", "notebook: runs whole notebooks of the course (deselect with -m 'not notebook')")


def _cut_off():
    """Block the network in this process, and by its environment in every process it starts."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
    for name in list(os.environ):
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy"):
            del os.environ[name]  # a proxy on this machine would be a way out
    spec = importlib.util.spec_from_file_location("sitecustomize", OFFLINE / "sitecustomize.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


offline = _cut_off()


@pytest.fixture(scope="session")
def _log(tmp_path_factory):
    log = tmp_path_factory.mktemp("network") / "attempts.txt"
    os.environ[offline.ATTEMPTS] = str(log)
    return log


@pytest.fixture
def attempts(_log):
    """The attempts to reach the network so far in this test; a test that uses it may make some."""
    _log.write_text("")
    yield lambda: _log.read_text().splitlines()
    _log.write_text("")


@pytest.fixture(autouse=True)
def _no_network(request, _log):
    _log.touch()
    before = _log.read_text()
    yield
    after = _log.read_text()
    if "attempts" not in request.fixturenames:
        assert after == before, f"This test reached for the network: {after.removeprefix(before)}"


@pytest.fixture(autouse=True)
def _no_real_data(request, monkeypatch):
    if not request.node.get_closest_marker("real"):
        monkeypatch.delenv("MASKBOOK_DATA", raising=False)
    monkeypatch.delenv("MASKBOOK_QUIET", raising=False)


class Course:
    """A small course in a folder of its own: this project's helpers, and notebooks that need no TensorFlow."""

    def __init__(self, root):
        self.root = root
        self.notebooks = root / "notebooks"
        (self.notebooks / "profiles").mkdir(parents=True)
        (root / "data").mkdir()
        left_out = shutil.ignore_patterns("__pycache__", "n[0-9]*")  # the checks belong to the real notebooks
        shutil.copytree(paths.ROOT / "helpers", root / "helpers", ignore=left_out)
        self.references({})

    @staticmethod
    def code(source, *tags):
        """Return a code cell."""
        return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})

    @staticmethod
    def record(name, **scores):
        """Return the source of a cell that records scores as a notebook does."""
        given = ", ".join(f"{score}={value}" for score, value in scores.items())
        return ("from types import SimpleNamespace\nfrom helpers import results\n"
                "test = SimpleNamespace(source='generated', name='toy', fingerprint='ab12')\n"
                f"results.record({name!r}, test, {given})")

    def references(self, rows):
        (self.root / "data/references.json").write_text(json.dumps(rows))

    def notebook(self, name, *cells, parameters=PARAMETERS):
        """Write a notebook with a title, a parameters cell (or none) and these cells; strings are code."""
        cells = [self.code(cell) if isinstance(cell, str) else cell for cell in cells]
        head = [new_markdown_cell(f"# {name.partition('_')[2].capitalize()}")]
        head += [self.code(parameters, "parameters")] if parameters else []
        book = new_notebook(cells=head + cells, metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"}})
        nbformat.write(book, self.notebooks / f"{name}.ipynb")
        return self.notebooks / f"{name}.ipynb"

    def enter(self, monkeypatch):
        """Make this process take the course for its own, which is quicker than to start another."""
        for name, place in (("ROOT", "."), ("NOTEBOOKS", "notebooks"), ("PROFILES", "notebooks/profiles"),
                            ("DATA", "data"), ("MODELS", "data/models"), ("STUDIES", "data/studies"), ("RUNS", "runs")):
            monkeypatch.setattr(paths, name, self.root / place)
        monkeypatch.setattr(results, "references", results.references.__wrapped__)  # not from its cache
        monkeypatch.chdir(self.root)
        return self

    @staticmethod
    def command(*arguments):
        """Run the command line in this process; return exit status and what it printed, errors included."""
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert not result.exception or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, result.output.strip()

    def start(self, *arguments, **options):
        """Start ``python -m helpers`` in the course."""
        return subprocess.Popen([sys.executable, "-m", "helpers", *map(str, arguments)], cwd=self.root, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *arguments):
        """Run ``python -m helpers`` in the course; return exit status, what it printed, and its errors."""
        process = self.start(*arguments)
        printed, errors = process.communicate(timeout=120)
        assert "Traceback" not in printed + errors, printed + errors
        return process.returncode, printed, errors

    def receipt(self, folder="out"):
        return json.loads((self.root / folder / "receipt.json").read_text())


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "a course")


@pytest.fixture(scope="module")
def shared_course(tmp_path_factory):
    """A course for all tests of a module, so that they can look at one run."""
    return Course(tmp_path_factory.mktemp("shared") / "course")


@pytest.fixture
def study_row_again(tmp_path):
    """A function that makes the first row of a stored study again, at smoke size.

    It takes the notebook's number, checks that study and row are made as the stored ones are, and
    returns the row made and the stored rows.
    """
    def again(number):
        stored = results.stored_study(number)
        path, file = notebooks()[number], tmp_path / f"{number}.json"
        values = profile_values("smoke", path) | {"study_rows": 1, "study_file": str(file)}
        papermill.execute_notebook(str(path), str(tmp_path / "out.ipynb"), parameters=values,
                                   cwd=str(paths.NOTEBOOKS), progress_bar=False)
        made = json.loads(file.read_text(encoding="utf-8"))
        assert made.keys() == stored.keys() and made["settings"].keys() == stored["settings"].keys()
        assert len(made["rows"]) == 1 and made["rows"][0].keys() == stored["rows"][0].keys()
        row, first = made["rows"][0], stored["rows"][0]
        assert (row["variant"], row["seed"]) == (first["variant"], first["seed"])
        return row, stored["rows"]

    return again
