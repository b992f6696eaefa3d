"""What CONTRIBUTING.md says can be done as it says."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import responses

from providers import ASSETS, Http, Provider, ProviderError, QuoteSource
from tests.providers.payloads import ASKED, NOW, Payloads
from tests.running import ROOT
from tests.upstreams import Market
from tests.upstreams.feed import Feed
from tests.upstreams.wire import Answer, Request

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
CODE = [textwrap.dedent(each) for each in re.findall(r"^ *```python\n(.*?)^ *```$", TEXT, re.M | re.S)]
HOST = "https://api.example.com/v1/tickers"


def run(code: str, package: str) -> dict[str, Any]:
    """What a module with this code has in it, as if it stood in `package`."""
    names: dict[str, Any] = {"__name__": f"{package}.example", "__package__": package}
    exec(compile(code, f"{package}/example.py", "exec"), names)
    return names


@pytest.fixture
def example() -> QuoteSource:
    """The provider of step 2."""
    kind: type[QuoteSource] = run(CODE[0], "providers")["Example"]
    return kind(Http(), clock=lambda: NOW)


@pytest.fixture
def payloads() -> Payloads:
    """The payloads of step 3."""
    found: Payloads = run(CODE[1], "tests.providers.payloads")["PAYLOADS"]
    return found


def test_there_are_seven_steps() -> None:
    """In order, in their section; the README leads there."""
    section = TEXT.partition("## Adding a provider\n")[2]

    assert re.findall(r"^(\d)\. \*\*", section, re.M) == list("1234567")
    assert "(CONTRIBUTING.md#adding-a-provider)" in (ROOT / "README.md").read_text()


def test_every_file_and_command_exists() -> None:
    """Paths, targets of make, and the base classes that a provider may have."""
    for path in re.findall(r"`((?:tests|providers|engine)/[\w/.]+)`", TEXT):
        assert (ROOT / path).exists(), path
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake (\w+)", TEXT.replace("and make;", "")):
        assert re.search(rf"^{target}:", makefile, re.M), target
    abilities = {kind.__name__ for kind in subclasses(Provider)}
    assert set(re.findall(r"`(\w+Source)`", TEXT)) <= abilities


def subclasses(kind: type[Any]) -> list[type[Any]]:
    """All of them."""
    return [each for below in kind.__subclasses__() for each in (below, *subclasses(below))]


@responses.activate
def test_the_provider_reads_its_payloads(example: QuoteSource, payloads: Payloads) -> None:
    """Step 2 and step 3 fit together."""
    [given] = payloads.quotes
    responses.get(HOST, json=given.body)

    assert example.quotes(ASKED) == given.gives


@responses.activate
def test_the_provider_tells_failures_apart(example: QuoteSource, payloads: Payloads) -> None:
    """By its own error codes."""
    for failure in payloads.errors:
        responses.upsert(responses.GET, HOST, json=failure.body)
        with pytest.raises(ProviderError) as caught:
            example.quotes(ASKED)
        assert type(caught.value) is failure.error


@responses.activate
def test_the_provider_understands_its_voice(example: QuoteSource) -> None:
    """Step 5 tells of every coin with a market what step 2 reads."""
    answer: Callable[[Request, Feed], Answer] = run(CODE[2], "tests.upstreams.dialects")["answer"]
    feed = Feed(Market(7, lambda: NOW), "example", int(NOW * 1000))
    responses.get(HOST, json=answer(Request("/v1/tickers", {}, {}), feed).body)

    assert {quote.asset.code for quote in example.quotes(ASSETS)} == {asset.code for asset in ASSETS}
    assert answer(Request("/elsewhere", {}, {}), feed).status == 404
