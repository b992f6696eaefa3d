"""Libraries are imported without the optional ones that the engine does not use."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pybreaker
import pytest
from marshmallow.validate import Email

from engine.importing import as_if_missing, on_first_use, patterns_on_first_use
from engine.upstream import _breakers
from tests.running import ROOT

LIBRARIES = ("this", "antigravity")
"""Libraries that are imported nowhere else, since an import prints a poem or opens a browser."""
CALCULATE = """
import sys
from engine.market.indicators import load
load()
print(*{"pandas", "polars"} & {*sys.modules})
"""


def test_libraries_are_missing_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports fail within, and one works afterwards."""
    for library in LIBRARIES:
        monkeypatch.delitem(sys.modules, library, raising=False)

    with as_if_missing(*LIBRARIES):
        for library in LIBRARIES:
            with pytest.raises(ImportError):
                importlib.import_module(library)

    assert not {*LIBRARIES} & {*sys.modules}
    assert importlib.import_module(LIBRARIES[0]).__name__ == LIBRARIES[0]


def test_an_imported_library_stays() -> None:
    """A library that is imported already is in use, and is found within and afterwards."""
    import json

    with as_if_missing("json"):
        assert importlib.import_module("json") is json
    assert sys.modules["json"] is json


def test_a_module_is_imported_on_first_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What imports a module gets a stand-in, which imports it with the first use of a name."""
    (tmp_path / "used_late.py").write_text("value = 7\n")
    (tmp_path / "uses_late.py").write_text("import used_late\n")
    monkeypatch.syspath_prepend(tmp_path)

    with on_first_use("used_late"):
        late = importlib.import_module("uses_late").used_late

    assert "used_late" not in sys.modules
    assert late.value == 7
    assert sys.modules.pop("used_late").value == 7
    del sys.modules["uses_late"]


def test_a_pattern_is_compiled_on_first_use() -> None:
    """A pattern that is stated within is compiled where it is used, and an abstract class does not use it."""
    with patterns_on_first_use("tests"):
        invalid, valid = re.compile("("), re.compile("A+", re.IGNORECASE)

    assert not getattr(invalid, "__isabstractmethod__", False)
    with pytest.raises(re.error):
        invalid.match("")
    assert valid.fullmatch("aaa")
    assert valid.fullmatch is valid.fullmatch, "looked up once"
    assert isinstance(re.compile("A+"), re.Pattern)


def test_other_modules_have_their_patterns_at_once() -> None:
    """What a library imports of others compiles as always, since `re.finditer` takes no stand-in."""
    with patterns_on_first_use("jinja2"):
        assert isinstance(re.compile("A+"), re.Pattern)


@pytest.mark.parametrize("module", ["engine", "engine.commands.check"])
def test_a_language_with_plurals_is_read(module: str) -> None:
    """Modules of Python that came with the engine read translations of others, as Apprise does."""
    read = f"import {module}, gettext; print(gettext.c2py('n != 1')(2))"
    done = subprocess.run([sys.executable, "-c", read], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr) == ("1\n", "")


def test_addresses_of_mails_are_still_checked() -> None:
    """The pattern that marshmallow compiles on first use is its own."""
    assert Email()("desk@example.com") == "desk@example.com"


def test_it_is_the_same_pybreaker() -> None:
    """There is one pybreaker, with the states and errors that circuits use."""
    assert _breakers.pybreaker is pybreaker


def test_indicators_need_no_tables() -> None:
    """TA-Lib comes without pandas and polars, although both are installed for tests."""
    done = subprocess.run(
        [sys.executable, "-c", CALCULATE], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "\n"
