"""`Retry-After` of providers."""

from collections.abc import Iterator

import pytest
import responses

from providers import Http, Provider, ProviderError, RateLimited, discover
from providers._retry_after import retry_after
from tests.providers.payloads import NOW, payloads_of
from tests.providers.test_contract import ANYWHERE, calls, fail, sent

DATE = "Fri, 02 Jan 2026 03:30:00 GMT"
LATER = "Fri, 02 Jan 2026 03:31:30 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30.0),
        ("90.0", 90.0),
        ("0.5", 0.5),
        (" 30 ", 30.0),
        ("30,120", 120.0),
        ("120, 30", 120.0),
        ("30, soon", 30.0),
        ("9" * 400, 86_400.0),
        ("200000", 86_400.0),
        (LATER, 90.0),
        ("Friday, 02-Jan-26 03:31:30 GMT", 90.0),
        ("Fri Jan  2 03:31:30 2026", 90.0),
        ("Fri, 02 Jan 2026 05:31:30 +0200", 90.0),
        ("Fri, 01 Jan 2126 03:31:30 GMT", 86_400.0),
        (DATE, None),
        ("Thu, 01 Jan 2026 03:31:30 GMT", None),
        ("Fri, 32 Foo 2026 99:99:99 GMT", None),
        ("0", None),
        ("0.0", None),
        ("-5", None),
        ("+5", None),
        ("1e3", None),
        ("1_000", None),
        ("\u0663\u0660", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        (",", None),
        ("", None),
    ],
)
def test_what_is_asked_for(text: str, seconds: float | None) -> None:
    """Seconds and dates are parsed in all formats, and other values are `None`."""
    assert retry_after({"Retry-After": text, "Date": DATE}, now=0.0) == seconds


@pytest.mark.parametrize("sent_at", [{}, {"Date": "soon"}])
def test_a_date_without_a_date_to_compare(sent_at: dict[str, str]) -> None:
    """Without a `Date` header, a date in `Retry-After` is compared with the host's clock."""
    assert retry_after({"Retry-After": LATER, **sent_at}, now=1767324660.0) == 30.0


def test_no_header() -> None:
    """Without a `Retry-After` header, the result is `None`."""
    assert retry_after({}, now=0.0) is None


def limits() -> Iterator[object]:
    """Yield every rate limit error body of every provider."""
    for provider in discover():
        for failure in payloads_of(provider).errors:
            if failure.error is RateLimited:
                name = f"{provider.name}-{failure.status}-{sent(failure.body)[:60].decode()}"
                yield pytest.param(provider, failure.status, sent(failure.body), id=name)


@pytest.mark.parametrize(("provider", "status", "body"), list(limits()))
def test_a_coded_limit(provider: type[Provider], status: int, body: bytes) -> None:
    """A rate limit in a body of any status has the headers' `Retry-After`."""
    for call in calls(provider).values():
        with responses.RequestsMock() as wire:
            wire.get(ANYWHERE, status=status, body=body, headers={"Retry-After": "17"})
            error: ProviderError = fail(call)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 17.0


class Texts(Provider):
    """A provider with error texts of which it lists none."""

    name = "texts"
    base_urls = ("https://texts.example",)

    def error_code(self, payload: object) -> object:
        """Return the body itself."""
        return payload


@pytest.mark.parametrize("status", [200, 400, 403, 503])
@pytest.mark.parametrize(
    "text", ["Too Many Requests", "rate limit exceeded", "rateLimited", "TOO_FAST", "EService: Throttled"]
)
def test_a_limit_in_words(status: int, text: str) -> None:
    """An error text that mentions a rate limit raises `RateLimited`, even if unlisted."""
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, status=status, json=text)
        error = fail(lambda: Texts(Http(), clock=lambda: NOW).ask("/path"))

    assert isinstance(error, RateLimited)
