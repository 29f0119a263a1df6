"""The report of a run: an HTML page a notebook and an index, readable from disk without a network."""

import re
from pathlib import Path

import jinja2
import nbformat

from helpers import results

LESSON_SECONDS, LESSON_MIB = 240, 4096  # what a lesson may take on two CPU cores
_CODE_OR_MATH = re.compile(r"(```.*?```|`[^`\n]+`)|\$\$(.+?)\$\$|(?<![\\$\w])\$(?!\s)([^$\n]+?)(?<!\s)\$(?![\w$])", re.DOTALL)


def failures(receipt: dict, names: list[str], judged: bool) -> list[str]:
    """Return a sentence for each notebook that failed and, where the size is judged, each missed floor."""
    found = []
    for name in names:
        row = receipt["notebooks"].get(name, {})
        if row.get("status") == "failed":
            found.append(f"{name} failed in {row['error']}")
        for score, entry in row.get("scores", {}).items():
            if judged and not results.reached(entry["value"], entry["floor"], entry["better"]):
                found.append(f"{name}: {score} is {entry['value']:.4f}, the floor is {entry['floor']:.4f}")
    return found


def scores(receipt: dict) -> dict:
    """Return the content of ``scores.json``: notebook to score to its row."""
    return {name: row["scores"] for name, row in sorted(receipt["notebooks"].items()) if row.get("scores")}


def summary(receipt: dict, names: list[str]) -> str:
    """Return the run as a table in plain text: status, time and memory, then the scores."""
    lines = [f"{'notebook':<26}{'':<10}{'seconds':>8}{'peak MiB':>10}"]
    for name in names:
        row = receipt["notebooks"].get(name)
        lines.append(f"{name:<26}{row['status']:<10}{row['seconds']:>8.0f}{row['peak_mib']:>10}" if row
                     else f"{name:<26}not run")
    lines.append(f"{'score':<42}{'original':>9}{'baseline':>9}{'this run':>9}{'floor':>9}{'goal':>9}")
    for name in names:
        for score, row in receipt["notebooks"].get(name, {}).get("scores", {}).items():
            cells = "".join(f"{results.number(row[key]):>9}" for key in ("original", "baseline", "value", "floor", "goal"))
            lines.append(f"{name + ' ' + score:<42}{cells}")
    return "\n".join(lines)


def write_index(folder: Path, receipt: dict) -> None:
    """Write ``index.html``: the score table, and a thumbnail and the time of each notebook."""
    books = []
    for name, row in sorted(receipt["notebooks"].items()):
        title, picture, alt = _title_and_picture(folder / f"{name}.ipynb")
        slow = receipt["profile"] == "lesson" and (row["seconds"] > LESSON_SECONDS or row["peak_mib"] > LESSON_MIB)
        books.append(row | {"name": name, "title": title, "picture": picture, "alt": alt, "over": slow})
    html = _template("index.html.j2").render(
        receipt=receipt, books=books, number=results.number, reached=results.reached,
        failures=failures(receipt, list(receipt["notebooks"]), receipt["profile"] in ("lesson", "full")),
        seconds=sum(book["seconds"] for book in books))
    (folder / "index.html").write_text(html, encoding="utf-8")


def write_page(notebook: Path, page: Path) -> None:
    """Write an executed notebook as one HTML file with its pictures and equations inside."""
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    book = nbformat.read(notebook, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = with_mathml(cell.source)
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(book)
    html = _template("page.html.j2").render(
        title=_first_heading(book), body=body, code_style=HtmlFormatter(style="friendly").get_style_defs(".highlight"))
    page.write_text(html, encoding="utf-8")


def with_mathml(markdown: str) -> str:
    """Return Markdown with ``$...$`` and ``$$...$$`` as MathML, which browsers draw by themselves.

    Code spans and fenced code are left as they are.
    """
    from latex2mathml.converter import convert

    def converted(match):
        code, block, inline = match.groups()
        if code:
            return code
        return convert(block, display="block") if block else convert(inline)

    return _CODE_OR_MATH.sub(converted, markdown)


def _title_and_picture(notebook):
    book = nbformat.read(notebook, as_version=4)
    for cell in book.cells:
        for output in cell.get("outputs", []):
            png = output.get("data", {}).get("image/png")
            if png:
                alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
                return _first_heading(book), f"data:image/png;base64,{''.join(png.split())}", alt
    return _first_heading(book), None, ""


def _first_heading(book):
    for cell in book.cells:
        heading = re.search(r"^# (.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1]
    return "Notebook"


def _template(name):
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)
