"""Write the student edition: solutions become stubs; outputs, quiz answers and tests go."""

import ast
import copy
import re
import shutil
import textwrap
from pathlib import Path

import nbformat

from helpers import course, paths

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}$", re.MULTILINE | re.DOTALL)
_ANSWER = re.compile(r"<details>.*?</details>\n?", re.DOTALL)
_COPIED = ("README.md", "LICENSE", "pyproject.toml", "requirements.lock", "environment.yml", "Makefile",
           ".gitignore", "helpers", "data", "notebooks")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*.ipynb")


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
    ValueError
        If the folder lies inside the course, or cannot be written.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is not an empty folder. Name a new one: nothing in it is overwritten.")
    inside = [name for name in _COPIED if out.resolve().is_relative_to(paths.ROOT / name)]
    if inside:
        raise ValueError(f"{out} lies inside {inside[0]}/ of the course itself. Name a folder outside of it.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in _COPIED:
            source = paths.ROOT / name
            if source.is_dir():
                shutil.copytree(source, out / name, ignore=_without_real_data)
            elif source.exists():
                shutil.copy2(source, out / name)
        books = course.notebooks().values()
        for path in books:
            nbformat.write(student_edition(course.read(path)), out / "notebooks" / path.name)
    except OSError as error:
        raise ValueError(f"The student edition cannot be written to {out} ({error.strerror or error}). "
                         "Name another folder.") from None
    return len(books)


def student_edition(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of a notebook with stubs for solutions and without outputs and quiz answers."""
    book = copy.deepcopy(book)
    book.metadata.pop("maskbook", None)  # the stamp vouches for outputs that are gone
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = stub(cell.source)
            cell.outputs, cell.execution_count = [], None
            tags = [tag for tag in cell.metadata.get("tags", []) if not tag.startswith("nbval-")]
            cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        elif cell.cell_type == "markdown":
            cell.source = _ANSWER.sub("", cell.source).rstrip()
    return book


def stub(source: str) -> str:
    """Return the source of a cell with the text between the solution markers replaced.

    Each name that the solution assigns gets three dots as its value; each function and class keeps
    its signature and docstring; what ends with a return statement becomes three dots.

    Raises
    ------
    ValueError
        If a marker lacks its partner.
    """
    stubbed = REGION.sub(_stub_of, source)
    if BEGIN in stubbed or END in stubbed:
        raise ValueError(f"A solution wants a line {BEGIN!r} and below it, as deeply indented, {END!r}.")
    return stubbed


def replace_solution(source: str, answer: str) -> str:
    """Return the source of a cell with another answer between the solution markers.

    `answer` starts at the left margin; it is indented as the markers are.
    """
    return REGION.sub(lambda match: textwrap.indent(textwrap.dedent(answer).strip("\n"), match[1]), source)


def _stub_of(match):
    indent, solution = match[1], textwrap.dedent(match[2])
    lines = _stub_lines(ast.parse(solution).body, solution.splitlines())
    return textwrap.indent("\n".join(lines or ["...  # your code here"]), indent)


def _stub_lines(statements, lines):
    if any(isinstance(node, ast.Return) for statement in statements for node in _own(statement)):
        return ["...  # your code here"]
    found = []
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found += [*[""] * (2 if found else 0), *_signature(node, lines)]
        found += [line for target in _targets(node) if (line := f"{target} = ...  # your answer") not in found]
    return found


def _own(statement):
    """Yield the nodes of a statement, but not those of functions that it defines."""
    yield statement
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(statement):
            yield from _own(child)


def _targets(node):
    """Return the names that an assignment at this level binds."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [part for target in targets for part in getattr(target, "elts", [target])]
    return [ast.unparse(name) for name in names if isinstance(name, ast.Name | ast.Attribute)]


def _signature(node, lines):
    """Return the lines of a definition up to its docstring; those of a class, with its methods."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    documented = ast.get_docstring(node) is not None
    body = node.body[documented:]
    if documented:
        head = lines[first:node.body[0].end_lineno]
    else:
        head = lines[first:node.body[0].lineno]
        head[-1] = head[-1][:node.body[0].col_offset]  # the body may begin on the line of its signature
        while not head[-1].partition("#")[0].strip():  # comments on the way to it belong to the solution
            head.pop()
    indent = " " * (node.col_offset + 4)
    methods = [part for part in body if isinstance(part, ast.FunctionDef)] if isinstance(node, ast.ClassDef) else []
    inner = [line for method in methods for line in [*_signature(method, lines), ""]][:-1]
    return [line.rstrip() for line in head] + (inner or [f"{indent}...  # your code here"])


def _without_real_data(folder, names):
    """Leave out what students fetch for themselves, what tools left behind, and the solved notebooks."""
    found = _LEFT_OUT(folder, names)
    return found | {"real", "measured.json"} if Path(folder) == paths.DATA else found
