"""The report: it opens from disk without a network, and holds the pictures, equations and scores."""

import base64
import json
import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from helpers import report

PICTURE = """
import base64
from IPython.display import Image, Markdown, display
png = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
display(Image(base64.b64decode(png), alt='One "pixel" & no more'))
display(Markdown("*A caption with $x_1$.*"))
"""
PROSE = r"""A price of $5, or \$6, and `$y$` in code; inline $\sigma_b^2 = a * b * c$.

$$t^* = \arg\max_t \frac{\omega_0(t)}{\sqrt{n}}$$

```python
cost = "$z$"
```

<details><summary>Answer</summary>

Because $E = mc^2$.

</details>

[A link](https://example.org) and ![a square](square.png)
"""
SCORE = {"what": "share of right answers", "better": "higher", "original": None,
         "generated": {"baseline": 0.5, "floor": 0.8, "goal": 0.95}}


class _Page(HTMLParser):
    """What a page loads, links to and says."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.loaded, self.links, self.alts, self.text, self._open = [], [], [], [], "", []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self._open.append(tag)
        for name in ("src", "srcset", "data", "poster", "background", "xlink:href"):
            if name in attributes:
                self.loaded.append(attributes[name])
        if tag == "link":
            self.loaded.append(attributes.get("href"))
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        if tag == "img":
            self.alts.append(attributes.get("alt"))
        self.loaded += re.findall(r"url\(([^)]*)\)", attributes.get("style", "") or "")

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open and self._open[-1] == "style":
            self.loaded += re.findall(r"url\(([^)]*)\)|@import\s*([^;]*)", data)
        elif self._open and self._open[-1] == "title":
            self.title = data
        else:
            self.text += data


@pytest.fixture(scope="module")
def folder(shared_course):
    course = shared_course
    course.references({"01_first": {"accuracy": SCORE}})
    (course.notebooks / "square.png").write_bytes(base64.b64decode(PICTURE.split('"')[1]))
    first = course.notebook("01_first", PICTURE, "print(epochs)", course.record("01_first", accuracy=0.9))
    book = nbformat.read(first, as_version=4)
    book.cells[0].source = "# First: *masks* from `a` threshold"
    book.cells.insert(1, new_markdown_cell(PROSE))
    nbformat.write(book, first)
    course.notebook("02_fails", "1 / 0")
    assert course.run("run", "--out", "out", "--set", "epochs=4")[0] == 1
    return course.root / "out"


PAGES = ["index.html", "01_first.html", "02_fails.html"]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_outside_the_page(folder, name):
    page = _Page(folder / name)
    assert [source for source in page.loaded if not str(source).startswith("data:image/")] == []
    assert not {"script", "iframe", "object", "embed", "base", "link"} & set(page.tags)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(folder, name):
    for link in _Page(folder / name).links:
        if not link.startswith(("https://", "#")):
            assert (folder / link).is_file(), link


def test_pictures_keep_their_alternative_text(folder):
    assert _Page(folder / "01_first.html").alts == ["a square", 'One "pixel" & no more']
    assert _Page(folder / "index.html").alts == ['One "pixel" & no more']


def test_titles_are_plain_text(folder):
    assert _Page(folder / "01_first.html").title == "First: masks from a threshold"
    assert _Page(folder / "02_fails.html").title == "Fails"
    assert _Page(folder / "index.html").title == "Maskbook: report"
    assert "First: masks from a threshold" in _Page(folder / "index.html").text


def test_equations_are_mathml_and_code_is_left_alone(folder):
    page = _Page(folder / "01_first.html")
    assert page.tags.count("math") == 4
    assert "A price of $5, or $6, and $y$ in code" in page.text
    assert 'cost = "$z$"' in page.text
    assert "FORMULA" not in page.text
    assert "\\" not in page.text.replace("\\n", "").split("import base64")[0]


def test_a_folded_answer_stays_folded(folder):
    answer = re.search(r"<details>(.*?)</details>", (folder / "01_first.html").read_text(), re.DOTALL)[1]
    assert "Because" in answer
    assert "<math" in answer


def test_a_page_says_which_parameters_were_set(folder):
    text = (folder / "01_first.html").read_text()
    assert "celltag_injected-parameters" in text
    assert "<pre>4\n</pre>" in text


def test_a_failed_notebook_says_why_on_its_page_and_in_the_index(folder):
    page, index = _Page(folder / "02_fails.html").text, _Page(folder / "index.html").text
    assert "This notebook failed in cell 3: ZeroDivisionError: division by zero" in page
    assert page.count("encountered") == 0  # papermill's own banner
    assert "02_fails failed in cell 3: ZeroDivisionError: division by zero" in index


def test_the_index_shows_each_score_beside_its_references(folder):
    text = _Page(folder / "index.html").text
    for shown in (SCORE["what"], "none", "0.5000", "0.9000", "0.8000", "0.9500", "floor reached", "generated"):
        assert shown in text
    assert "Not all is well." in text


def _receipt(profile="lesson", **row):
    base = {"status": "finished", "scores": {}, "seconds": 1.0, "peak_mib": 100}
    return {"profile": profile, "started": "2026-01-01T00:00:00", "versions": {"keras": "3"},
            "notebooks": {"01_first": base | row},
            "machine": {"cores": 2, "memory_gib": 8, "system": "Linux", "python": "3.12"}}


@pytest.mark.parametrize(("row", "over"), [
    ({"seconds": 239.0}, False), ({"seconds": 241.0}, True), ({"peak_mib": 4097}, True), ({"peak_mib": 4095}, False)])
def test_a_lesson_over_its_limit_is_told(tmp_path, row, over):
    report.write_index(tmp_path, _receipt(**row), judged=True)
    assert ("Over the limit of a lesson" in (tmp_path / "index.html").read_text()) == over
    report.write_index(tmp_path, _receipt(profile="full", **row), judged=True)
    assert "Over the limit" not in (tmp_path / "index.html").read_text()


def test_an_index_is_written_before_the_first_notebook_has_finished(tmp_path):
    report.write_index(tmp_path, _receipt() | {"notebooks": {}}, judged=True)
    assert "No notebook has finished yet." in (tmp_path / "index.html").read_text()


def test_the_index_leaves_the_receipt_as_it_is(tmp_path):
    row = {"value": 0.9, "original": None, "baseline": 0.5, "floor": 0.8, "goal": 0.95, "better": "higher",
           "source": "real", "what": "share"}
    noted = _receipt(scores={"accuracy": row})
    before = json.dumps(noted)
    report.write_index(tmp_path, noted, judged=True)
    assert json.dumps(noted) == before


@pytest.mark.parametrize(("better", "expected"), [
    ("higher", {"baseline": 5.0, "floor": 72.5, "goal": 95.0, "value": 77.0}),
    ("lower", {"baseline": 95.0, "floor": 27.5, "goal": 5.0, "value": 23.0}),
])
def test_better_is_to_the_right(better, expected):
    row = {"value": 8.0, "original": None, "baseline": 0.0, "floor": 7.5, "goal": 10.0, "better": better}
    assert report._marks(row) == expected


def test_equal_marks_do_not_divide_by_zero():
    row = {"value": 1.0, "original": None, "baseline": 1.0, "floor": None, "goal": None, "better": "higher"}
    assert report._marks(row) == {"baseline": 5.0, "value": 5.0}


@pytest.mark.parametrize(("tex", "holds"), [
    (r"\frac{a}{b}", "<mfrac>"), (r"\sum_{i=1}^n x_i", "munderover|msubsup"), (r"\hat{y}", "<mover"),
    (r"\operatorname{IoU}", ">I</mi>"), (r"\arg\min_t f", ">g</mi>"),
    (r"\begin{cases}1 & x\\0 & y\end{cases}", "<mtable"),
    (r"\lVert x \rVert_2 \cdot \mathbb{R}^{h \times w}", "ℝ|211D")])
def test_the_equations_of_the_field_are_read(tex, holds):
    mathml = report.mathml(tex)
    assert re.search(holds, mathml)
    assert "\\" not in mathml
    assert "<mo />" not in mathml


def test_an_equation_that_cannot_be_read_stays_tex():
    assert report.mathml(r"a < \begin{cases") == r"<code>a &lt; \begin{cases</code>"


@pytest.mark.parametrize("text", ["`$a$` and ``$b$``", "```\n$a$\n```", "$ 5 and 6 $", "a$b$c", "5$", "$5 to $6"])
def test_what_is_no_equation_is_left(text):
    formulas = report._Formulas()
    assert "FORMULA" not in formulas.taken(text)
    assert formulas.taken(text).replace("&#36;", "$") == text


def test_failures_name_what_was_not_recorded(monkeypatch):
    known = {"01_first": {"a": {"real": {}, "generated": {}}, "b": {"real": {}}, "c": {"generated": {}}}}
    monkeypatch.setattr(report.results, "references", lambda: known)
    row = {"value": 1.0, "floor": 0.5, "better": "higher", "source": "generated"}
    noted = _receipt(scores={"a": row})
    assert report.failures(noted, ["01_first"], judged=True) == ["01_first recorded no score 'c'"]
    assert report.failures(noted, ["01_first"], judged=False) == []
    assert report.failures(_receipt(), ["01_first"], judged=True) == [
        f"01_first recorded no score {score!r}" for score in "abc"]


@pytest.mark.parametrize(("value", "told"), [
    (0.9, "is 0.9000, the floor is 0.9970"), (0.99698, "is 0.99698, the floor is 0.99700"),
    (0.9969999999, "is 0.9969999999, the floor is 0.9970000000")])
def test_a_floor_missed_by_little_is_told_apart(monkeypatch, value, told):
    monkeypatch.setattr(report.results, "references", dict)
    row = {"value": value, "floor": 0.997, "better": "higher", "source": "real"}
    noted = _receipt(scores={"jaccard": row})
    assert report.failures(noted, ["01_first"], judged=True) == [f"01_first: jaccard {told}"]


def test_the_summary_is_a_table(monkeypatch):
    row = {"value": 0.98765, "original": None, "baseline": 0.5, "floor": 0.8, "goal": 0.95}
    lines = report.summary(_receipt(scores={"jaccard": row}), ["01_first", "02_second"]).splitlines()
    assert lines[1].split() == ["01_first", "finished", "1", "100"]
    assert lines[2].split() == ["02_second", "not", "run"]
    assert lines[-1].split() == ["01_first", "jaccard", "–", "0.5000", "0.9877", "0.8000", "0.9500"]
    assert len(lines[-1]) == len(lines[-2])


def test_printed_pieces_are_joined_but_not_across_pictures():
    def piece(text, name="stdout"):
        return nbformat.v4.new_output("stream", name=name, text=text)

    picture = nbformat.v4.new_output("display_data", data={"text/plain": "x"})
    found = report.joined([piece("a"), piece("b"), piece("c", "stderr"), picture, piece("d"), piece("e")])
    assert [output.get("text") for output in found] == ["ab", "c", None, "de"]


def test_a_notebook_without_a_title_has_its_name(tmp_path):
    nbformat.write(new_notebook(cells=[new_markdown_cell("no heading")]), tmp_path / "01_first.ipynb")
    report.write_page(tmp_path / "01_first.ipynb", tmp_path / "page.html", _receipt()["notebooks"]["01_first"])
    assert _Page(tmp_path / "page.html").title == "01_first"
