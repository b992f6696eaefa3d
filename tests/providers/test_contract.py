"""Every provider with each of its payloads, and with every common failure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import orjson
import pytest
import requests
import responses

from providers import (
    INTERVALS,
    BadData,
    BadMarket,
    Blocked,
    CandleSource,
    FeedSource,
    Http,
    Provider,
    ProviderError,
    RateLimited,
    Unauthorized,
    Unavailable,
    Window,
    discover,
)
from tests.providers.abilities import Ability, Question, abilities_of
from tests.providers.payloads import ASKED, NOW, PAIR, WINDOWS, Answer, Failure, Payloads, payloads_of

Call = Callable[[], object]

ANYWHERE = re.compile(".*")
REGION_PAGE = "<HTML><BODY><H1>403 ERROR</H1>configured to block access from your country.</BODY></HTML>"


def question(provider: type[Provider], http: Http | None = None) -> Question:
    """Return what the contract tests ask a provider."""
    one = provider(http or Http(), key="secret", clock=lambda: NOW)
    feed = one.default_feeds[0] if isinstance(one, FeedSource) else ""
    return Question(one, PAIR, INTERVALS[payloads_of(provider).interval], ASKED, feed)


def calls(provider: type[Provider], http: Http | None = None) -> dict[str, Call]:
    """Return a call for each of the provider's abilities that has payloads."""
    asked = question(provider, http)
    return {each.name: partial(each.ask, asked) for each in with_payloads(provider)}


def with_payloads(provider: type[Provider]) -> list[Ability]:
    """Return the abilities whose payloads are beside this file; other tests have those of order books."""
    return [each for each in abilities_of(provider) if hasattr(Payloads, each.name)]


def answers() -> Iterator[object]:
    """Yield every valid payload of every provider."""
    for provider in discover():
        known = payloads_of(provider)
        for ability in calls(provider):
            for given in getattr(known, ability):
                yield pytest.param(provider, ability, given, id=f"{provider.name}-{ability}-{given.rule}")


def abilities() -> Iterator[tuple[type[Provider], str]]:
    """Yield every provider with each of its abilities."""
    for provider in discover():
        yield from ((provider, ability) for ability in calls(provider))


def failures() -> Iterator[object]:
    """Yield every error body of every provider, for each of its abilities."""
    for provider, ability in abilities():
        for failure in payloads_of(provider).errors:
            text = sent(failure.body).decode(errors="replace")[:120]
            name = f"{provider.name}-{ability}-{failure.status}-{text}"
            yield pytest.param(provider, ability, failure, id=name)


def sent(body: object) -> bytes:
    """Return a body as bytes."""
    return body if isinstance(body, bytes) else orjson.dumps(body)


def fail(call: Call) -> ProviderError:
    """Return the error that `call` raises."""
    with pytest.raises(ProviderError) as caught:
        call()
    return caught.value


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Mock the network: only registered requests get responses."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize("provider", discover())
def test_payloads_exist(provider: type[Provider]) -> None:
    """A provider has payloads for each of its abilities, its failures and its requests."""
    known = payloads_of(provider)

    assert known.errors
    for ability in calls(provider):
        assert getattr(known, ability), f"{provider.name} has no payload for {ability}"
        assert set(WINDOWS) <= set(known.requests) or ability != "candles"
        assert ability in known.requests or ability == "candles"


@pytest.mark.parametrize("provider", discover())
def test_facts(provider: type[Provider]) -> None:
    """A provider declares its hosts, its rate limit and its abilities."""
    assert provider.name == provider.name.lower()
    assert all(url.startswith("https://") and not url.endswith("/") for url in provider.base_urls)
    assert provider.rate_limit.requests > 0
    assert provider.rate_limit.period > 0
    if issubclass(provider, CandleSource):
        assert set(provider.intervals) <= set(INTERVALS)
        assert set(provider.candle_quotes) <= {"USD", "USDT"}
        assert provider.reach is None or provider.reach >= provider.max_candles


def test_order() -> None:
    """Binance, Kraken and Bybit come first, CoinGecko last."""
    names = [provider.name for provider in discover()]

    assert names[:3] == ["binance", "kraken", "bybit"]
    assert names[-1] == "coingecko"


@pytest.mark.parametrize(("provider", "ability", "given"), list(answers()))
def test_answer(provider: type[Provider], ability: str, given: Answer, wire: responses.RequestsMock) -> None:
    """A valid response becomes values in the engine's units and order, with one call or a list's calls."""
    wire.get(ANYWHERE, body=sent(given.body))

    assert calls(provider)[ability]() == given.gives
    assert len(wire.calls) == given.calls


@pytest.mark.parametrize(("provider", "ability", "given"), list(answers()))
def test_the_values_of_every_answer_are_possible(
    provider: type[Provider], ability: str, given: Answer
) -> None:
    """The values of every answer keep the rules for all providers, which `make live` checks too."""
    [wrong] = [each.wrong for each in with_payloads(provider) if each.name == ability]

    assert [*wrong(given.gives, question(provider))] == []


@pytest.mark.parametrize(("provider", "ability", "failure"), list(failures()))
def test_error_body(
    provider: type[Provider], ability: str, failure: Failure, wire: responses.RequestsMock
) -> None:
    """Each error body of a provider raises its error."""
    wire.get(ANYWHERE, status=failure.status, body=sent(failure.body))

    error = fail(calls(provider)[ability])

    assert type(error) is failure.error
    assert error.reason == (failure.reason or failure.error.reason)


@dataclass(frozen=True)
class Trouble:
    """A response or a failure of the network, with the expected error."""

    error: type[ProviderError]
    reason: str
    status: int = 200
    body: str | bytes | Exception = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None


def limited(status: int, body: str = "", wait: str = "", retry_after: float | None = None) -> Trouble:
    """Return the case of a rate limit."""
    headers = {"Retry-After": wait} if wait else {}
    return Trouble(RateLimited, "Rate limited", status, body, headers, retry_after)


def refused(status: int, body: str = "", **headers: str) -> Trouble:
    """Return the case of a status without further information."""
    return Trouble(Unavailable, f"HTTP {status}", status, body, headers)


def nonsense(body: str | bytes) -> Trouble:
    """Return the case of status 200 with an invalid body."""
    return Trouble(BadData, "Bad data", body=body)


UNTIL = 1_767_326_400.0
"""2026-01-02 04:00 UTC."""
CODES = '{"code": {}, "retCode": [], "error": [[]], "label": {}, "message": [], "status": 1}'
COMMON = {
    "429": limited(429, wait="17", retry_after=17.0),
    "429 until a date": limited(429, wait="Fri, 02 Jan 2026 04:00:00 GMT", retry_after=UNTIL - NOW),
    "429 without a word": limited(429),
    "418": limited(418, wait="120", retry_after=120.0),
    "418 with an end": limited(
        418, f'{{"msg": "IP banned until {UNTIL * 1000:.0f}."}}', retry_after=UNTIL - NOW
    ),
    "403 too frequent": limited(403, "access too frequent", retry_after=600.0),
    "451": Trouble(Blocked, "Region blocked", 451, "{}"),
    "403 region page": Trouble(Blocked, "Region blocked", 403, REGION_PAGE),
    "401": Trouble(Unauthorized, "HTTP 401", 401, '{"detail": "no"}'),
    "401 page": Trouble(Unauthorized, "HTTP 401", 401, "<html></html>"),
    "403 page": Trouble(Unavailable, "HTTP 403", 403, "<html>Request blocked.</html>", {}, 600.0),
    "403 without a page": refused(403, '{"detail": "no"}'),
    "404 page": refused(404, "<html>Not Found</html>"),
    "404 of a proxy": refused(404, '{"detail": "nothing"}'),
    "500": refused(500),
    "500 with a list": refused(500, "[]"),
    "502 page": refused(502, "<html>Bad Gateway</html>"),
    "204": refused(204),
    "redirect": refused(302, Location="https://elsewhere.example/"),
    "page": nonsense("<html>Maintenance</html>"),
    "nothing": nonsense(""),
    "half": nonsense('{"data": [{"id": '),
    "not text": nonsense(b"\xff\xfe\x00"),
    "deep": nonsense(b"[" * 100_000),
    "null": nonsense("null"),
    "empty object": nonsense("{}"),
    "number": nonsense("7"),
    "text": nonsense('"data"'),
    "rows of another kind": nonsense('[{"a": 1}, null, [1]]'),
    "codes of another kind": nonsense(CODES),
    "no connection": Trouble(Unavailable, "Connection failed", body=requests.ConnectionError("refused")),
    "no answer": Trouble(Unavailable, "Timeout", body=requests.ReadTimeout("slow")),
    "no handshake": Trouble(Unavailable, "Timeout", body=requests.ConnectTimeout("slow")),
}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("provider", "ability"), list(abilities()))
def test_common_failure(provider: type[Provider], ability: str, wire: responses.RequestsMock) -> None:
    """Every provider raises the same error for a common failure, with the reason that clients see."""
    for what, trouble in COMMON.items():
        wire.reset()
        wire.get(ANYWHERE, status=trouble.status, body=trouble.body, headers=dict(trouble.headers))

        error = fail(calls(provider)[ability])

        assert type(error) is trouble.error, what
        assert error.reason == trouble.reason, what
        assert getattr(error, "retry_after", None) == trouble.retry_after, what
        assert "elsewhere.example" not in {call.request.url for call in wire.calls}, what
        assert "secret" not in str(error), what


@pytest.mark.parametrize(("provider", "ability"), list(abilities()))
def test_empty_list(provider: type[Provider], ability: str, wire: responses.RequestsMock) -> None:
    """An empty list is an empty result if the ability's responses are lists, and BadData otherwise.

    An empty list for the newest candles raises BadMarket, which leaves the provider's state unchanged.
    """
    wire.get(ANYWHERE, body="[]")
    call = calls(provider)[ability]

    if ability not in payloads_of(provider).lists:
        assert type(fail(call)) is BadData
    elif ability == "candles":
        assert type(fail(call)) is BadMarket
    else:
        assert call() == []


@pytest.mark.parametrize("provider", [it for it in discover() if issubclass(it, CandleSource)])
def test_future(provider: type[CandleSource], wire: responses.RequestsMock) -> None:
    """A window in the future is empty, without a request."""
    interval = INTERVALS[payloads_of(provider).interval]
    one = provider(Http(), clock=lambda: NOW)
    tomorrow = interval.open_time(int(NOW * 1000)) + interval.length

    market = one.market(PAIR)
    assert market is not None
    assert one.candles(market, interval, Window(3, start=tomorrow)) == []
    assert len(wire.calls) == 0
