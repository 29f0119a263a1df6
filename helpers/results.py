"""Scores: recorded beside the original's figure, a baseline, the floor and the goal.

A recorded score is kept in the notebook itself, as one more form of the table that the reader
sees, so that the executed notebook is its own evidence: no second file can disagree with it.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from helpers import paths

MIME = "application/vnd.maskbook.scores+json"


@cache
def references() -> dict:
    """Return ``data/references.json``: for every notebook and score what it is measured against.

    ``references()["02_mnist_foreground"]["jaccard"]`` holds ``what`` (one phrase), ``better``
    ("higher" or "lower"), ``original`` (the figure its author published, or None) and, for each
    source ("real", "generated"), ``baseline``, ``floor`` and ``goal``.
    """
    return json.loads((paths.DATA / "references.json").read_text(encoding="utf-8"))


def reference(notebook: str, score: str, source: str) -> dict:
    """Return one score's reference for one source of data, flat: original, baseline, floor, goal, ...

    Raises
    ------
    ValueError
        If ``data/references.json`` does not know the notebook, the score, or the source.
    """
    known = references()
    for key, place in ((notebook, known), (score, known.get(notebook, {})),
                       (source, known.get(notebook, {}).get(score, {}))):
        if key not in place:
            raise ValueError(f"data/references.json has no {key!r} for {notebook}; it has: "
                             f"{', '.join(sorted(place))}. Add it there, or mend the name.")
    row = known[notebook][score]
    return {key: row[key] for key in ("what", "better", "original")} | row[source]


def reached(value: float, bound: float | None, better: str) -> bool:
    """Return whether a score is at least as good as a floor or goal; True where there is none."""
    if bound is None:
        return True
    return value >= bound if better == "higher" else value <= bound


def record(notebook: str, samples: Sequence, /, **scores: float) -> None:
    """Record this run's scores and show them in a table beside what they are measured against.

    Parameters
    ----------
    notebook : str
        The notebook's name without ending, ``"02_mnist_foreground"``.
    samples : datasets.Samples
        The test set that they were measured on: its source and fingerprint are recorded with them.
    **scores : float
        Each with a row in ``data/references.json``.

    Raises
    ------
    ValueError
        If a score is not a finite number, or ``data/references.json`` has no row for it.
    """
    from IPython.display import display

    rows = {}
    for name, value in scores.items():
        against = reference(notebook, name, samples.source)
        if not math.isfinite(value):
            raise ValueError(f"The score {name} is {float(value)}, not a finite number. "
                             "Look for a division by zero, or a loss that has become nan.")
        rows[name] = {"value": float(value), **{key: against[key] for key in ("floor", "goal", "original", "baseline")},
                      "better": against["better"], "what": against["what"], "source": samples.source}
    content = {"notebook": notebook, "scores": rows, "data": samples.fingerprint, "data_name": samples.name}
    plain = "\n".join(f"{name}: {row['value']:.4f} (floor {number(row['floor'])})" for name, row in rows.items())
    display({MIME: content, "text/markdown": _markdown(rows), "text/plain": plain}, raw=True)


def recorded(book: dict, name: str) -> dict:
    """Return what an executed notebook (its parsed JSON) recorded.

    Parameters
    ----------
    book : dict
    name : str
        The notebook's name: it may record scores under this one only.

    Returns
    -------
    dict
        ``scores``: name to row; ``data``: name of each data set to its fingerprint. Both empty if
        nothing was recorded.

    Raises
    ------
    ValueError
        If it recorded scores under the name of another notebook.
    """
    found = {"scores": {}, "data": {}}
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            content = output.get("data", {}).get(MIME)
            if not content:
                continue
            if content["notebook"] != name:
                raise ValueError(f"{name} records scores under another name, {content['notebook']!r}.")
            found["scores"] |= content["scores"]
            found["data"][content["data_name"]] = content["data"]
    return found


def measured(notebook: str) -> dict:
    """Return a notebook's figures on real data from ``data/measured.json``; empty if there are none."""
    path = paths.DATA / "measured.json"
    return json.loads(path.read_text(encoding="utf-8")).get(notebook, {}) if path.exists() else {}


def write_measured(receipt: dict) -> None:
    """Write the scores that finished notebooks took on real data to ``data/measured.json``; other rows stay."""
    path = paths.DATA / "measured.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, row in receipt["notebooks"].items():
        real = {score: entry["value"] for score, entry in row.get("scores", {}).items() if entry["source"] == "real"}
        if real and row["status"] == "finished":
            rows[name] = {"scores": real, "profile": receipt["profile"], "date": receipt["started"][:10],
                          "machine": receipt["machine"], "data": row["data"]}
    path.write_text(json.dumps(dict(sorted(rows.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def stored_study(number: str) -> dict:
    """Return the stored comparisons of a notebook, ``data/studies/NN.json``.

    Raises
    ------
    FileNotFoundError
        If the notebook has no stored study.
    """
    path = Path(paths.STUDIES / f"{number}.json")
    if not path.exists():
        raise FileNotFoundError(f"Found no {paths.shown(path)}. Make it with: "
                                f"python -m helpers run {number} --profile study")
    return json.loads(path.read_text(encoding="utf-8"))


def number(value: float | None) -> str:
    """Return a score as text with four decimals, or a dash where there is none."""
    return "–" if value is None else f"{value:.4f}"


def _markdown(rows):
    lines = ["| score | original | baseline | **this run** | floor | goal | |", "|:--|--:|--:|--:|--:|--:|:--|"]
    for name, row in rows.items():
        verdict = ("" if row["floor"] is None and row["goal"] is None else  # a figure, not a score to judge
                   "goal reached" if reached(row["value"], row["goal"], row["better"]) else
                   "floor reached" if reached(row["value"], row["floor"], row["better"]) else "below the floor")
        published = "none published" if row["original"] is None else number(row["original"])
        lines.append(f"| {name}: {row['what']} | {published} | {number(row['baseline'])} | "
                     f"**{number(row['value'])}** | {number(row['floor'])} | {number(row['goal'])} | {verdict} |")
    return "\n".join(lines)
