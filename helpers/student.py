"""Write the student edition: solutions become stubs; outputs, quiz answers and tests go."""

import ast
import re
import shutil
import textwrap
from pathlib import Path

import nbformat

from helpers import paths

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_REGION = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}$", re.MULTILINE | re.DOTALL)
_ANSWER = re.compile(r"<details>.*?</details>\n?", re.DOTALL)
_COPIED = ("README.md", "LICENSE", "pyproject.toml", "requirements.lock", "environment.yml", "Makefile",
           ".gitignore", "data")


def write(out: Path) -> int:
    """Write a self-contained student edition to a new or empty folder.

    Parameters
    ----------
    out : Path

    Returns
    -------
    int
        How many notebooks were written.

    Raises
    ------
    FileExistsError
        If the folder has something in it: a student's work must not be lost.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is not an empty folder. Name a new one: nothing in it is overwritten.")
    if out.resolve().is_relative_to(paths.DATA) or out.resolve().is_relative_to(paths.NOTEBOOKS):
        raise FileExistsError(f"{out} lies inside the course itself. Name a folder outside of it.")
    (out / "notebooks").mkdir(parents=True)
    shutil.copytree(paths.ROOT / "helpers", out / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(paths.PROFILES, out / "notebooks" / "profiles")
    for name in _COPIED:
        source = paths.ROOT / name
        if source.is_dir():
            shutil.copytree(source, out / name, ignore=shutil.ignore_patterns("real"))
        elif source.exists():
            shutil.copy2(source, out / name)
    books = sorted(paths.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    for path in books:
        book = nbformat.read(path, as_version=4)
        nbformat.write(student_edition(book), out / "notebooks" / path.name)
    return len(books)


def student_edition(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of a notebook with stubs for solutions and without outputs and quiz answers."""
    book = nbformat.from_dict(book)
    book.metadata.pop("maskbook", None)  # the stamp vouches for outputs that are gone
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = stub(cell.source)
            cell.outputs, cell.execution_count = [], None
        elif cell.cell_type == "markdown":
            cell.source = _ANSWER.sub("", cell.source)
    return book


def stub(source: str) -> str:
    """Return the source of a cell with the text between the solution markers replaced.

    Inside a function the body becomes three dots. At the left margin each assigned name gets three
    dots as its value, and each function keeps its signature and docstring.
    """
    return _REGION.sub(_stub_of, source)


def replace_solution(source: str, answer: str) -> str:
    """Return the source of a cell with another answer between the solution markers.

    `answer` starts at the left margin; it is indented as the markers are.
    """
    return _REGION.sub(lambda match: textwrap.indent(textwrap.dedent(answer).strip("\n"), match[1]), source)


def _stub_of(match):
    indent, solution = match[1], textwrap.dedent(match[2])
    if indent:
        return f"{indent}...  # your code here"
    lines = []
    for node in ast.parse(solution).body:
        if isinstance(node, ast.Assign):
            lines += [f"{ast.unparse(target)} = ...  # your answer" for target in node.targets]
        elif isinstance(node, ast.FunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            head = solution.splitlines()[node.lineno - 1:node.body[0].lineno - 1]
            lines += head + ([f'    """{docstring}"""'] if docstring else []) + ["    ...  # your code here"]
    return "\n".join(lines or ["...  # your code here"])
