"""Scores: recorded beside their references, read back from a notebook, judged against a floor."""

import json

import pytest

from helpers import datasets, paths, results

KNOWN = {"01_first": {
    "accuracy": {"what": "share of right answers", "better": "higher", "original": 0.9,
                 "real": {"baseline": 0.6, "floor": 0.7, "goal": None},
                 "generated": {"baseline": 0.5, "floor": 0.8, "goal": 0.95}},
    "error": {"what": "mean error", "better": "lower", "original": None,
              "generated": {"baseline": 9.0, "floor": 4.0, "goal": 1.0}}}}


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setattr(results, "references", lambda: KNOWN)
    return datasets.Samples("toy_test", "generated", "ab12", 3, lambda i: i)


@pytest.fixture
def shown(monkeypatch):
    """What `results.record` displays, as the outputs of a cell."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: outputs.append({"data": data}))
    return outputs


def _book(outputs):
    return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]}


def test_what_is_recorded_is_read_back(toy, shown):
    results.record("01_first", toy, accuracy=0.9, error=5)
    results.record("01_first", toy, accuracy=0.91)
    found = results.recorded(_book([{"output_type": "stream", "text": "x"}, *shown]), "01_first")
    assert found["data"] == {"toy_test": "ab12"}
    assert found["scores"]["accuracy"] == {"value": 0.91, "floor": 0.8, "goal": 0.95, "original": 0.9, "baseline": 0.5,
                                           "better": "higher", "what": "share of right answers", "source": "generated"}
    assert found["scores"]["error"]["value"] == 5.0
    json.dumps(shown, allow_nan=False)


def test_the_reader_sees_a_table(toy, shown):
    results.record("01_first", toy, accuracy=0.96, error=5.0)
    lines = shown[0]["data"]["text/markdown"].splitlines()
    assert [line.strip("| ").split(" | ") for line in lines[2:]] == [
        ["accuracy: share of right answers", "0.9000", "0.5000", "**0.9600**", "0.8000", "0.9500", "goal reached"],
        ["error: mean error", "none published", "9.0000", "**5.0000**", "4.0000", "1.0000", "below the floor"]]
    assert len({line.count("|") for line in lines}) == 1
    assert "accuracy: 0.9600 (floor 0.8000)" in shown[0]["data"]["text/plain"]


def test_nothing_is_recorded_by_other_outputs():
    assert results.recorded(_book([{"data": {"text/plain": "1"}}]), "01_first") == {"scores": {}, "data": {}}


def test_a_score_under_another_name_is_refused(toy, shown):
    results.record("01_first", toy, accuracy=0.9)
    with pytest.raises(ValueError, match="02_second records scores under another name, '01_first'"):
        results.recorded(_book(shown), "02_second")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_score_that_is_no_number_is_refused(toy, shown, value):
    with pytest.raises(ValueError, match=r"The score accuracy is -?(nan|inf), not a finite number"):
        results.record("01_first", toy, accuracy=value)
    assert shown == []


@pytest.mark.parametrize(("notebook", "score", "source", "told"), [
    ("02_second", "accuracy", "real", "no '02_second' for 02_second; it has: 01_first"),
    ("01_first", "jaccard", "real", "no 'jaccard' for 01_first; it has: accuracy, error"),
    ("01_first", "error", "real", "no 'real' for 01_first; it has: better, generated"),
])
def test_a_score_without_a_reference_is_told(toy, notebook, score, source, told):
    with pytest.raises(ValueError, match=told):
        results.reference(notebook, score, source)


@pytest.mark.parametrize(("value", "bound", "better", "expected"), [
    (0.8, 0.8, "higher", True), (0.7999, 0.8, "higher", False), (0.8, 0.8, "lower", True), (0.9, 0.8, "lower", False),
    (0.0, None, "higher", True), (float("nan"), 0.8, "higher", False), (float("nan"), 0.8, "lower", False)])
def test_reached(value, bound, better, expected):
    assert results.reached(value, bound, better) is expected


def test_numbers_are_shown_with_four_decimals():
    assert [results.number(value) for value in (None, 1, 0.99994, 0.12344)] == ["–", "1.0000", "0.9999", "0.1234"]


def test_measured_keeps_what_it_does_not_measure(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "DATA", tmp_path)
    assert results.measured("01_first") == {}
    (tmp_path / "measured.json").write_text(json.dumps({"05_other": {"scores": {"iou": 0.5}}}))
    rows = {"real": {"value": 0.7, "source": "real"}, "made": {"value": 0.9, "source": "generated"}}
    row = {"status": "finished", "data": {"x": "ab"}, "scores": rows}
    books = {"01_first": row, "02_failed": row | {"status": "failed"}, "03_none": row | {"scores": {}}}
    results.write_measured({"profile": "lesson", "started": "2026-01-02T03:04:05", "machine": {"cores": 2},
                            "notebooks": books})
    assert results.measured("05_other") == {"scores": {"iou": 0.5}}
    assert results.measured("01_first") == {"scores": {"real": 0.7}, "profile": "lesson", "date": "2026-01-02",
                                            "machine": {"cores": 2}, "data": {"x": "ab"}}
    assert results.measured("02_failed") == results.measured("03_none") == {}


def test_a_study_is_read_or_its_making_told(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "STUDIES", tmp_path)
    with pytest.raises(FileNotFoundError, match="python -m helpers run 06 --profile study"):
        results.stored_study("06")
    (tmp_path / "06.json").write_text('{"rows": [1]}')
    assert results.stored_study("06") == {"rows": [1]}


@pytest.mark.parametrize("notebook", results.references())
def test_the_references_are_complete_and_ordered(notebook):
    """An honest table: the floor beats the baseline, and the goal is not below the floor."""
    for score, row in results.references()[notebook].items():
        assert row.keys() - {"real", "generated"} == {"what", "better", "original"}, score
        assert row["better"] in ("higher", "lower")
        sources = row.keys() & {"real", "generated"}
        assert sources
        for source in sources:
            against = row[source]
            assert against.keys() == {"baseline", "floor", "goal"}, (score, source)
            sign = 1 if row["better"] == "higher" else -1
            known = [sign * against[key] for key in ("baseline", "floor", "goal") if against[key] is not None]
            assert known == sorted(known), f"{score}, {source}: baseline, floor and goal are not in order"
