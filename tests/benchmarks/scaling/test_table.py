"""The tables of docs/scaling.md are those of the saved costs, and each of these was measured."""

import json
from pathlib import Path

import pytest

from benchmarks.scaling import costs
from benchmarks.scaling.__main__ import document, main
from benchmarks.scaling.behaviour import usual
from benchmarks.scaling.deployment import Host
from benchmarks.scaling.table import ANSWERS, number
from engine.config import Settings
from tests.benchmarks.scaling.costs import COSTS
from tests.running import ROOT

SAVED = costs.load()


def test_the_document_has_the_tables_of_the_command() -> None:
    """docs/scaling.md has what `python -m benchmarks.scaling` prints."""
    text = (ROOT / "docs/scaling.md").read_text()

    for table in document(SAVED, usual(SAVED), Host()).split("\n\n"):
        assert table in text


def test_each_saved_cost_was_measured() -> None:
    """Each figure of the saved costs is a measured number with what measured it."""
    for name, figure in SAVED.figures().items():
        assert figure.value > 0, name
        assert figure.measured_by, name


def test_costs_are_saved_and_read(tmp_path: Path) -> None:
    """Saved costs are read as they were, and a file that lacks one is refused."""
    file = tmp_path / "costs.json"
    costs.save(COSTS, file)

    assert costs.load(file) == COSTS
    less = json.loads(file.read_text())
    del less["message"]
    file.write_text(json.dumps(less))
    with pytest.raises(TypeError, match="message"):
        costs.load(file)


def test_the_settings_that_answer_exist() -> None:
    """Each setting that the table names is one of the engine's, or one of PostgreSQL or the chart."""
    words = {word for answer in ANSWERS.values() for word in answer.split("`")[1::2]}
    names = {word.partition("=")[0] for word in words if word.isupper() or "=" in word}

    assert names
    assert {name.lower() for name in names} <= {*Settings.__dataclass_fields__}


def test_a_behaviour_of_ones_own_can_be_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command takes numbers of clients, their requests a minute, and their streams."""
    monkeypatch.setattr(
        "sys.argv", ["scaling", "60", "--per-minute", "2", "--streaming", "0", "--cores", "4"]
    )

    assert main() == 0
    printed = capsys.readouterr().out
    assert "| 60 clients |" in printed
    assert "| requests a second | 2 |" in printed
    assert "| open streams; messages a second | 0; 0 |" in printed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0123, "0.01"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (123.4, "123"),
        (1_234_567.0, "1 230 000"),
    ],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    """A number has three significant digits at most, and spaces between thousands."""
    assert number(value) == text
