"""The repository: one set of versions for all, nothing large, nothing that is not ours to pass on."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers import course, paths, results, sources
from helpers.__main__ import main

ROOT = paths.ROOT
FIXED = ("jupyterlab", "tensorflow", "keras", "matplotlib", "seaborn", "scikit-learn", "nbval", "papermill")
LARGEST, ALL = 10 * 2**20, 250 * 2**20
MACHINE_PATH = re.compile(r"(?<![\w.])(?:/(?:root|home|work|farm|Users|mnt)/[\w-]+|[A-Z]:\\Users)")
HOLDS_SUCH_PATHS = {"tests/test_notebooks.py"}  # to try the rule that forbids them


@cache
def tracked() -> list[Path]:
    """Return the files in git, and those that are new and not ignored."""
    try:
        found = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                               capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in sorted(set(found.split("\0"))) if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Return the tracked text files by their path in the repository."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8")
    return found


@cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(lock: str) -> dict[str, list[str]]:
    """Return the versions of each package in a lock; two where the platform or Python decides."""
    found = {}
    for line in lock.splitlines():
        if match := re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line):
            found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


def locked(name: str = "requirements.lock") -> dict[str, list[str]]:
    return pins((ROOT / name).read_text(encoding="utf-8"))


def requirements(*groups: str) -> list[Requirement]:
    optional = project()["optional-dependencies"]
    return [Requirement(text) for listed in (project()["dependencies"], *map(optional.get, groups)) for text in listed]


def unsatisfied(wanted: list[Requirement], lock: dict[str, list[str]]) -> list[str]:
    """Return the requirements that a lock lacks, or holds at another version."""
    return [str(one) for one in wanted if canonicalize_name(one.name) not in lock
            or not all(one.specifier.contains(version) for version in lock[canonicalize_name(one.name)])]


def unhashed(lock: str) -> list[str]:
    """Return the pins of a lock that no hash follows."""
    entries = re.split(r"\n(?=[\w.-]+(?:\[[^\]]*\])?==)", "\n" + lock)[1:]
    return [entry.split()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)]


def test_the_lock_holds_all_that_the_project_wants():
    assert unsatisfied(requirements("dev"), locked()) == []
    assert unsatisfied(requirements("dev", "app"), locked("requirements-app.lock")) == []


def test_what_the_user_fixed_is_pinned():
    assert [name for name in FIXED if len(locked().get(name, [])) != 1] == []
    wanted = {canonicalize_name(one.name) for one in requirements("dev")}
    assert set(FIXED) <= wanted


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-app.lock"])
def test_every_pin_has_a_hash(name):
    assert unhashed((ROOT / name).read_text(encoding="utf-8")) == []
    assert len(locked(name)) > 100


def test_the_app_is_locked_to_the_same_versions():
    app = locked("requirements-app.lock")
    assert {name: versions for name, versions in locked().items() if app.get(name) != versions} == {}


def test_conda_installs_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    given = {one for one in environment["dependencies"] if isinstance(one, str)}
    pip = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    assert set(pip) == {"--require-hashes", "--requirement requirements.lock"}
    python = next(one.partition("=")[2].strip("=") for one in given if one.startswith("python="))
    assert Version(python) in SpecifierSet(project()["requires-python"])
    assert given == {f"python={python}", "pip"}, "what is named here and not in the lock has no fixed version"


def test_every_requirement_says_what_needs_it():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for one in requirements("app"):
        assert re.search(rf'^  "{re.escape(one.name)}\b[^"]*",\s+# \[\d\d\] \w', text, re.MULTILINE), one
    for one in requirements("app", "dev"):
        assert re.search(rf'^  "{re.escape(one.name)}\b[^"]*",\s+# .+', text, re.MULTILINE), one


def test_the_supported_pythons_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    low, high = re.search(r"assert \((\d, \d+)\) <= sys.version_info < \((\d, \d+)\)", makefile).groups()
    assert project()["requires-python"] == f">={low},<{high}".replace(", ", ".")


def test_the_repository_is_small():
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked()}
    assert sum(sizes.values()) < ALL
    assert [name for name, size in sizes.items() if size > LARGEST and name != "data/mnist.npz"] == []


def test_only_data_that_may_be_passed_on_is_in_the_repository():
    pinned = {pin[1]: name for name, row in sources.sources().items() for pin in row["files"].values()}
    assert len(pinned) > 100
    held = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in tracked()}
    found = {path.name: pinned[digest] for path, digest in held.items() if digest in pinned}
    assert found == {"mnist.npz": "mnist"}


def test_no_file_names_a_machine():
    found = {name: match[0] for name, text in texts().items() if name not in HOLDS_SUCH_PATHS
             and (match := MACHINE_PATH.search(text))}
    assert found == {}
    if len(ROOT.parts) > 2:
        assert [name for name, text in texts().items() if str(ROOT) in text] == []


def test_built_files_are_ignored():
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert not names & {".venv", "runs", "build", ".pytest_cache", ".ruff_cache"}
    assert not [path for path in tracked() if "__pycache__" in path.parts]
    assert not [path for path in tracked() if path.is_relative_to(ROOT / "data/real")]


def test_everything_passes_ruff():
    run = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."],
                         cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


# The README and what it names.

def _readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text, "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def _targets():
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_target_that_is_named_exists():
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", _readme()[1]))
    assert {"run", "test"} <= named <= _targets()
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    assert set(phony) <= _targets()


def test_every_command_that_is_named_exists():
    named = re.findall(r"python -m helpers ([a-z-]+)([^\n#`]*)", _readme()[1])
    assert {name for name, _ in named} <= main.commands.keys()
    for name, rest in named:
        options = {option for parameter in main.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", rest)) <= options


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\(([^)\s]+)\)", _readme()[0])
    assert len(links) > 1
    own = [link.partition("#")[0] for link in links if not link.startswith("http")]
    assert [link for link in own if not (ROOT / link).exists()] == []


def test_no_placeholder_is_left_in_the_readme():
    assert re.findall(r"\{[A-Z]+\}|TODO|TBD", _readme()[0]) == []


# The checks themselves.

@pytest.mark.parametrize(("text", "versions"), [
    ("keras==3.15.1 \\\n    --hash=sha256:ab", {"keras": ["3.15.1"]}),
    ("A_b.c==1 ; python_version < '3.12'\na-b-c==2", {"a-b-c": ["1", "2"]}),
    ("uvicorn[standard]==0.3", {"uvicorn": ["0.3"]}),
    ("    # via keras==2", {})])
def test_pins_are_read(text, versions):
    assert pins(text) == versions


def test_what_a_lock_lacks_is_found():
    wanted = [Requirement("keras~=3.15.0"), Requirement("Seaborn"), Requirement("numpy>=2")]
    assert unsatisfied(wanted, {"keras": ["3.15.2"], "seaborn": ["1"], "numpy": ["2.1"]}) == []
    lock = {"keras": ["3.16.0"], "numpy": ["2.1", "1.26"]}
    assert unsatisfied(wanted, lock) == ["keras~=3.15.0", "Seaborn", "numpy>=2"]


def test_a_pin_without_a_hash_is_found():
    good = "a==1 \\\n    --hash=sha256:" + "0" * 64
    assert unhashed(f"{good}\nb==2\n    # via a\n{good.replace('a==', 'c==')}") == ["b==2"]


def test_the_scores_in_the_readme_are_those_of_the_stored_notebooks():
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    for number, path in course.notebooks().items():
        recorded = results.recorded(json.loads(path.read_text(encoding="utf-8")), path.stem)
        for name, row in recorded["scores"].items():
            line = next((line for line in readme.splitlines() if line.startswith(f"| {number} `{name}`")), "")
            assert f"**{row['value']:.4f}**" in line, f"README.md does not give {number} {name} as {row['value']:.4f}"
