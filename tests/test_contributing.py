"""The guides of CONTRIBUTING.md work as they are written."""

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient

import schemas
from engine import create_app
from engine.analysis import indicators
from engine.analysis.indicators import Indicator
from engine.config import settings
from engine.version import VERSION
from providers import ASSETS, Http, Provider, ProviderError, QuoteSource
from tests.clock import Clock
from tests.engine.analysis.indicators import references
from tests.engine.analysis.indicators.series import HOUR, KINDS
from tests.engine.web.conftest import clock, settings_for
from tests.providers.payloads import ASKED, NOW, Payloads
from tests.running import ROOT
from tests.test_tables import row
from tests.upstreams import Market, StandIn
from tests.upstreams.feed import Feed
from tests.upstreams.wire import Answer, Request

__all__ = ["clock"]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
CODE = [textwrap.dedent(each) for each in re.findall(r"^ *```python\n(.*?)^ *```$", TEXT, re.M | re.S)]
FILES = {
    "providers/example.py": CODE[0],
    "tests/providers/payloads/example.py": CODE[1],
    "tests/upstreams/dialects/example.py": CODE[2],
    "schemas/names.py": CODE[3],
    "engine/web/api/names.py": CODE[4],
    "tests/engine/web/api/test_names.py": CODE[5],
    "engine/analysis/indicators/example_family.py": CODE[7],
}
"""The blocks that are whole files, by their place."""
BIN = ROOT / ".venv" / "bin"
HOST = "https://api.example.com/v1/tickers"


def run(code: str, package: str) -> dict[str, Any]:
    """Run the code as a module of `package`, and return its names."""
    names: dict[str, Any] = {"__name__": f"{package}.example", "__package__": package}
    exec(compile(code, f"{package}/example.py", "exec"), names)
    return names


@pytest.fixture
def example() -> QuoteSource:
    """Return the provider of step 2."""
    kind: type[QuoteSource] = run(CODE[0], "providers")["Example"]
    return kind(Http(), clock=lambda: NOW)


@pytest.fixture
def payloads() -> Payloads:
    """Return the payloads of step 3."""
    found: Payloads = run(CODE[1], "tests.providers.payloads")["PAYLOADS"]
    return found


@pytest.mark.parametrize(
    ("section", "steps"),
    [
        ("Adding a provider", 7),
        ("Adding an endpoint", 7),
        ("Adding a setting", 6),
        ("Adding an indicator", 5),
    ],
)
def test_each_guide_has_its_steps(section: str, steps: int) -> None:
    """Each section has its numbered steps, and the README links it."""
    body = TEXT.partition(f"## {section}\n")[2].partition("\n## ")[0]
    anchor = section.lower().replace(" ", "-")

    assert re.findall(r"^(\d)\. \*\*", body, re.M) == [str(number + 1) for number in range(steps)]
    assert f"(CONTRIBUTING.md#{anchor})" in (ROOT / "README.md").read_text()


def test_every_file_and_command_exists() -> None:
    """Paths, targets of make and base classes that the text names exist."""
    for path in re.findall(r"`((?:tests|providers|engine|schemas|docs)/[\w/.]+)`", TEXT):
        assert (ROOT / path).exists(), path
    makefile = (ROOT / "Makefile").read_text()
    for target in targets(TEXT):
        assert re.search(rf"^{target}:", makefile, re.M), target
    abilities = {kind.__name__ for kind in subclasses(Provider)}
    assert set(re.findall(r"`(\w+Source)`", TEXT)) <= abilities


def test_a_release_names_every_file_with_the_version() -> None:
    """Step 2 of a release names every file that states the version, tests and recorded answers apart."""
    step = TEXT.partition("## Releasing\n")[2].partition("\n2. ")[2].partition("In `CHANGELOG.md`")[0]
    places = ("*", "clients/*/*", "clients/python/src/*/*", "deploy/**/*.yaml", "docs/**/*.md", "engine/*.py")
    files = {file for place in places for file in ROOT.glob(place) if file.is_file()}
    number = re.escape(VERSION)
    field = rf'^ *"?(?:ARG )?(?:app|__)?version(?:__)?"? ?[=:] ?"?{number}"?,?$'
    stated = re.compile(rf"{field}|data[-_]engine(?:[-_]client)?[-:]{number}\b", re.M | re.I)

    found = {str(file.relative_to(ROOT)) for file in files if stated.search(file.read_text(errors="ignore"))}

    assert set(re.findall(r"`([\w/-]+\.\w+|Dockerfile)`", step)) == found


def targets(text: str) -> list[str]:
    """Return the targets of make that a text names."""
    return re.findall(r"\bmake ([a-z-]+)", text)


def test_a_target_is_read_to_its_end() -> None:
    """A target with a hyphen is another one than that of its first word."""
    assert targets("`make test-clientz` or make test # each") == ["test-clientz", "test"]


def refusals(code: str, path: str) -> str:
    """Return what ruff has against the code of a file, empty if it has nothing."""
    said = ""
    for command in (("check", "--quiet", "--no-cache"), ("format", "--check", "--quiet", "--no-cache")):
        done = subprocess.run(
            [BIN / "ruff", *command, "--stdin-filename", path, "-"],
            cwd=ROOT,
            input=code,
            capture_output=True,
            text=True,
            check=False,
        )
        said += f"{done.stdout}{done.stderr}" or ("would be reformatted" if done.returncode else "")
    return said


@pytest.mark.skipif(not (BIN / "ruff").exists(), reason="not installed")
@pytest.mark.parametrize(("path", "code"), FILES.items())
def test_code_of_a_guide_keeps_the_rules_of_ruff(path: str, code: str) -> None:
    """What a guide says to write into a file is clean and formatted."""
    assert refusals(code, path) == ""
    assert "I001" in refusals(code.replace("\n\n", "\n\nimport zlib, abc\n", 1), path)
    assert refusals(f"{code}\n\n", path)


def test_every_file_of_a_guide_is_checked() -> None:
    """Blocks with the docstring of a module are whole files."""
    assert [*FILES.values()] == [code for code in CODE if code.startswith('"""')]


def subclasses(kind: type[Any]) -> list[type[Any]]:
    """Return all subclasses, direct and indirect."""
    return [each for below in kind.__subclasses__() for each in (below, *subclasses(below))]


@responses.activate
def test_the_provider_reads_its_payloads(example: QuoteSource, payloads: Payloads) -> None:
    """The provider of step 2 parses the payloads of step 3."""
    [given] = payloads.quotes
    responses.get(HOST, json=given.body)

    assert example.quotes(ASKED) == given.gives


@responses.activate
def test_the_provider_tells_failures_apart(example: QuoteSource, payloads: Payloads) -> None:
    """Each error body of the guide raises its error."""
    for failure in payloads.errors:
        responses.upsert(responses.GET, HOST, json=failure.body)
        with pytest.raises(ProviderError) as caught:
            example.quotes(ASKED)
        assert type(caught.value) is failure.error


@responses.activate
def test_the_provider_understands_its_voice(example: QuoteSource) -> None:
    """The provider of step 2 parses the stand-in of step 5."""
    answer: Callable[[Request, Feed], Answer] = run(CODE[2], "tests.upstreams.dialects")["answer"]
    feed = Feed(Market(7, lambda: NOW), "example", int(NOW * 1000))
    responses.get(HOST, json=answer(Request("/v1/tickers", {}, {}), feed).body)

    assert {quote.asset.code for quote in example.quotes(ASSETS)} == {asset.code for asset in ASSETS}
    assert answer(Request("/elsewhere", {}, {}), feed).status == 404


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[FlaskClient]:
    """Yield a client of an application with the endpoint of steps 1, 3 and 4."""
    for name, value in run(CODE[3], "schemas").items():
        if name.startswith("Names"):
            monkeypatch.setattr(schemas, name, value, raising=False)
    with StandIn(clock=clock) as stand_in:
        app = create_app(clock, **settings_for(stand_in))
        app.register_blueprint(run(CODE[4], "engine.web.api")["bp"])
        yield app.test_client()


@pytest.mark.parametrize("test", ["test_every_name_is_returned", "test_an_unknown_name_is_refused"])
def test_the_endpoint_does_what_its_tests_say(names: FlaskClient, test: str) -> None:
    """The tests of step 5 pass with the code of steps 1 and 3."""
    run(CODE[5], "tests.engine.web.api")[test](names)


def test_the_endpoint_is_documented(names: FlaskClient) -> None:
    """The document has the parameters of the schema and the summary of the docstring."""
    operation = names.get("/openapi.json").get_json()["paths"]["/api/names"]["get"]

    assert operation["summary"] == "Get every name of a coin"
    assert [parameter["name"] for parameter in operation["parameters"]] == ["symbol"]
    assert "Quota: " in operation["description"]
    assert {"200", "400", "429"} <= set(operation["responses"])


def test_the_setting_is_one_line() -> None:
    """Step 1 is a field of the settings, and step 4 is the row that follows from it."""
    code = f"@dataclass(frozen=True)\nclass Example:\n{textwrap.indent(CODE[6], '    ')}"
    names: dict[str, Any] = {**vars(settings), "__name__": "example"}
    exec(compile(code, "example.py", "exec"), names)
    [setting] = fields(names["Example"])
    [written] = re.findall(r"^ *```markdown\n *(.*?)\n *```$", TEXT, re.M | re.S)

    assert setting.metadata["parse"]("60") == 60
    with pytest.raises(ValueError, match="must be"):
        setting.metadata["parse"]("soon")
    assert row(setting.name, setting.default, setting.metadata["meaning"]) == written
    assert setting.name not in {known.name for known in fields(settings.Settings)}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Indicator]]:
    """Yield the indicators that are found with only the file of step 2 in its place."""
    (tmp_path / "example_family.py").write_text(CODE[7])
    monkeypatch.setattr(indicators, "__path__", [*indicators.__path__, str(tmp_path)])
    yield indicators.discover()
    sys.modules.pop("engine.analysis.indicators.example_family")


def test_the_indicator_is_one_file(found: Mapping[str, Indicator], monkeypatch: pytest.MonkeyPatch) -> None:
    """The indicator is found by its place, has its parameters, and agrees with the reference of step 3."""
    candles = KINDS["walk"]
    exec(CODE[8], scope := dict(vars(references)))
    values = indicators.read("drawdown:30", found).over(indicators.Bars.of(candles, HOUR), 300)

    assert set(found) == {*indicators.INDICATORS, "drawdown"}
    assert values.outputs["drawdown"] == pytest.approx(scope["drawdown"](candles, 30)[0][-300:])
    assert (values.needed, values.residual, values.stable) == (30, 0.0, True)
    assert (
        found["drawdown"].described == "Distance of the close below the highest close of period, in per cent"
    )
