"""The report of a run: an HTML page a notebook and an index, readable from disk without a network."""

import base64
import html
import json
import mimetypes
import re
from pathlib import Path

import jinja2
import nbformat

from helpers import paths, results

LESSON_SECONDS, LESSON_MIB = 240, 4096  # what a lesson may take on two CPU cores
CODE_OR_MATH = re.compile(r"(```.*?```|`+[^`\n]+`+)|\$\$(.+?)\$\$"
                           r"|(?<![\\$\w])\$(?!\s)([^$\n]+?)(?<![\s\\])\$(?![\w$])|\\?\$", re.DOTALL)
_NAMED = re.compile(r"\\operatorname\*?(?=\{)|\\arg\s*\\(max|min)(?![a-zA-Z])")  # what the converter cannot read
_PICTURE = re.compile(r'(<img\b[^>]*?\bsrc=")(?![a-z]+:)([^"]+)')
_BANNER = "papermill-error-cell-tag"


def failures(receipt: dict, names: list[str], judged: bool) -> list[str]:
    """Return a sentence for each notebook that failed and, where the size is judged, each missed floor."""
    found = []
    for name in names:
        row = receipt["notebooks"].get(name, {})
        if row.get("status") == "failed":
            found.append(f"{name} failed {row['error']}")
        elif judged and row:
            found += [f"{name} recorded no score {score!r}" for score in _unrecorded(name, row["scores"])]
        for score, entry in row.get("scores", {}).items():
            if judged and not results.reached(entry["value"], entry["floor"], entry["better"]):
                value, floor = _told_apart(entry["value"], entry["floor"])
                found.append(f"{name}: {score} is {value}, the floor is {floor}")
    return found


def summary(receipt: dict, names: list[str]) -> str:
    """Return the run as a table in plain text: status, time and memory, then the scores."""
    lines = [f"{'notebook':<26}{'':<10}{'seconds':>8}{'peak MiB':>10}"]
    for name in names:
        row = receipt["notebooks"].get(name)
        lines.append(f"{name:<26}{row['status']:<10}{row['seconds']:>8.0f}{row['peak_mib']:>10}" if row
                     else f"{name:<26}not run")
    columns = {"original": "original", "baseline": "baseline", "value": "this run", "floor": "floor", "goal": "goal"}
    scores = [(f"{name} {score}", row) for name in names
              for score, row in receipt["notebooks"].get(name, {}).get("scores", {}).items()]
    if scores:
        width = max(len(title) for title, _ in scores) + 2
        lines += ["", f"{'score':<{width}}" + "".join(f"{head:>9}" for head in columns.values())]
        lines += [f"{title:<{width}}" + "".join(f"{results.number(row[key]):>9}" for key in columns)
                  for title, row in scores]
    return "\n".join(lines)


def write_index(folder: Path, receipt: dict, judged: bool) -> None:
    """Write ``index.html``: the score table, and a thumbnail and the time of each notebook."""
    books = [row | {"name": name} | _face(folder / f"{name}.ipynb") | {"over": _over(receipt["profile"], row)}
             for name, row in sorted(receipt["notebooks"].items())]
    rows = [row for book in books for row in book["scores"].values()]
    page = _template("index.html.j2").render(
        receipt=receipt, books=books, rows=rows, judged=judged, number=results.number, duration=_duration,
        marks=_marks, reached=results.reached, failures=failures(receipt, list(receipt["notebooks"]), judged),
        seconds=sum(book["seconds"] for book in books), peak=max((book["peak_mib"] for book in books), default=0))
    (folder / "index.html").write_text(page, encoding="utf-8")


def write_page(notebook: Path, page: Path, row: dict) -> None:
    """Write an executed notebook as one HTML file with its pictures and equations inside.

    Parameters
    ----------
    notebook, page : Path
        What to read and what to write.
    row : dict
        The notebook's row of the receipt: its time and memory, and why it failed.
    """
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    book = nbformat.read(notebook, as_version=4)
    book.cells = [cell for cell in book.cells if _BANNER not in cell.metadata.get("tags", [])]
    formulas = _Formulas()
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = formulas.taken(cell.source)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.get("outputs", []))
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                output.data["text/markdown"] = formulas.taken(output.data["text/markdown"])
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(book)
    text = _template("page.html.j2").render(
        title=_first_heading(book) or notebook.stem, name=notebook.stem, row=row, duration=_duration,
        body=_PICTURE.sub(_embedded, formulas.restored(body)),
        light=HtmlFormatter(style="friendly").get_style_defs(".highlight"),
        dark=HtmlFormatter(style="github-dark").get_style_defs(".highlight"))
    page.write_text(text, encoding="utf-8")


def joined(outputs: list) -> list:
    """Return the outputs of a cell with neighbouring pieces of printed text in one: timing cut them."""
    found = []
    for output in outputs:
        output.pop("execution_info", None)
        if found and output.output_type == "stream" == found[-1].output_type and output.name == found[-1].name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


class _Formulas:
    """Takes the equations out of Markdown, and puts them into the HTML as MathML.

    Browsers draw MathML by themselves. It is not left in the Markdown: a star or an underscore in
    it would be read as emphasis.
    """

    def __init__(self):
        self._mathml = []

    def taken(self, markdown):
        """Return Markdown with a placeholder for each ``$...$`` and ``$$...$$``, but not within code."""
        return CODE_OR_MATH.sub(self._placeholder, markdown)

    def restored(self, page):
        return re.sub(r"FORMULA(\d+)MATHML", lambda match: self._mathml[int(match[1])], page)

    def _placeholder(self, match):
        code, block, inline = match.groups()
        if code:
            return code
        if not (block or inline):
            return "&#36;"  # a price: left as it is, it would begin an equation
        self._mathml.append(mathml(block or inline, display="block" if block else "inline"))
        return f"FORMULA{len(self._mathml) - 1}MATHML"


def mathml(tex: str, display: str = "inline") -> str:
    """Return an equation as MathML ("inline" or "block"); as its TeX where that cannot be read."""
    from latex2mathml.converter import convert

    try:
        return convert(_NAMED.sub(_upright, tex.strip()), display=display)
    except Exception:  # its parser raises many kinds, and a report with one plain equation is still a report
        return f"<code>{html.escape(tex)}</code>"


def _upright(match):
    return rf"\mathrm{{arg\,{match[1]}}}" if match[1] else r"\mathrm"


def _embedded(match):
    """Return the tag of a picture that a notebook's Markdown names, with the picture in it."""
    picture = paths.NOTEBOOKS / match[2]
    kind = mimetypes.guess_type(picture.name)[0]
    if not picture.is_file() or not kind:
        return match[0]
    return f"{match[1]}data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _unrecorded(name, scores):
    """Return the scores that a notebook is measured by on its source of data, and did not record."""
    wanted = results.references().get(name, {})
    used = {row["source"] for row in scores.values()} or {"real", "generated"}
    return [score for score, entry in wanted.items() if score not in scores and used & entry.keys()]


def _told_apart(value, floor):
    """Return two scores as texts with four decimals, or as many more as it takes for them to differ."""
    digits = next((n for n in range(4, 17) if f"{value:.{n}f}" != f"{floor:.{n}f}"), 17)
    return f"{value:.{digits}f}", f"{floor:.{digits}f}"


def _over(profile, row):
    return profile == "lesson" and (row["seconds"] > LESSON_SECONDS or row["peak_mib"] > LESSON_MIB)


def _marks(row):
    """Return where a score and its references lie on a line, in percent; further right is better."""
    known = {key: row[key] for key in ("baseline", "original", "floor", "goal", "value") if row[key] is not None}
    low, high = min(known.values()), max(known.values())
    places = {key: (value - low) / ((high - low) or 1) for key, value in known.items()}
    if row["better"] == "lower":
        places = {key: 1 - place for key, place in places.items()}
    return {key: round(5 + 90 * place, 1) for key, place in places.items()}


def _duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def _face(notebook):
    """Return the title of a notebook and its first picture with its alternative text."""
    face = {"title": notebook.stem, "picture": None, "alt": ""}
    if not notebook.exists():
        return face
    book = json.loads(notebook.read_text(encoding="utf-8"))
    face["title"] = _first_heading(nbformat.from_dict(book)) or notebook.stem
    for output in (output for cell in book["cells"] for output in cell.get("outputs", [])):
        png = "".join(output.get("data", {}).get("image/png", "")).replace("\n", "")
        if png:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            return face | {"picture": f"data:image/png;base64,{png}", "alt": alt}
    return face


def _first_heading(book):
    for cell in book.cells:
        source = "".join(cell.source)
        heading = re.search(r"^# (.+)$", source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return re.sub(r"[*`$]", "", heading[1]).strip()
    return None


def _template(name):
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)
