"""Values as bytes: what comes back is what went in, or nothing."""

from hashlib import blake2b
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cache.answers import Answer
from engine.cache.decision import Failed
from engine.cache.entries import Entry
from engine.errors import AllProvidersFailed, ApiError, InsufficientData
from engine.market.candles.bad_markets import Pause
from engine.store._codec import Unreadable, decode, encode
from engine.store.key_prefix import FORMAT, KEY_PREFIX
from engine.telemetry.event_log import KINDS, NOTABLE
from engine.upstream import Failure, OpenState, Statistics
from engine.version import VERSION
from providers import Unavailable
from tests.engine.store.stored import STORED

SHAPES = {2: "bcc1265c252f7fb1"}
"""The fingerprint of all stored types by the format that they belong to."""
ERRORS = (
    AllProvidersFailed.of({"binance": Unavailable(reason="Timeout", retry_after=7.0)}),
    InsufficientData.of(3, 20),
    ApiError("Internal server error"),
)
VALUES: tuple[tuple[Any, Any], ...] = (
    (Answer(head=b"{\xff", tag="a", made=1.5, lifetime=2.5, times=(1.0,), packed={"br": b"x"}), Answer),
    (Statistics({"ok": 3}, 1, 5.0, Failure(6.0, "Timeout"), 0.25, [0.25]), Statistics),
    (OpenState(7.0, "Rate limited"), OpenState),
    (Pause(7.0, 30.0), Pause),
    (Entry({"a": [1.5]}, 1.0, 2.0, 3.0), Entry),
    *((kind(1.5, "kraken"), KINDS) for kind in NOTABLE),
    *((Failed.of(1.0, error), Failed) for error in ERRORS),
    *((value, type(value)) for value in (True, 0, -7, 10**17, 0.0, "text", b"bytes")),
)


def without_words(schema: Any) -> Any:
    """A schema without what its types are called and say of themselves."""
    if isinstance(schema, dict):
        return {
            name: without_words(part) for name, part in schema.items() if name not in ("title", "description")
        }
    return [without_words(part) for part in schema] if isinstance(schema, list | tuple) else schema


def custom(kind: type) -> dict[str, Any]:
    """The schema of a type that is no more than its name."""
    return {"class": kind.__name__}


def fingerprint() -> str:
    """What changes along with the fields of any stored type."""
    schemas = without_words(list(msgspec.json.schema_components(STORED, schema_hook=custom)))
    return blake2b(msgspec.json.encode(schemas, order="deterministic"), digest_size=8).hexdigest()


def test_the_format_changes_with_the_types() -> None:
    """A worker of another build never reads what it would misunderstand."""
    told = f"a stored type has changed: increase FORMAT, and write down {fingerprint()} for it"

    assert SHAPES.get(FORMAT) == fingerprint(), told
    assert f"engine:{VERSION}:{FORMAT}:" == KEY_PREFIX


@pytest.mark.parametrize(("value", "kind"), VALUES, ids=str)
def test_what_comes_back_is_what_went_in(value: Any, kind: Any) -> None:
    """With its type."""
    found = decode(encode(value), kind)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_comes_back_as_its_kind(error: ApiError) -> None:
    """Use cases tell some errors from others; each reader gets an error of its own."""
    found: Failed = decode(encode(Failed.of(1.0, error)), Failed)

    assert type(found.error) is type(error)
    assert vars(found.error) == vars(error)
    assert found.error is not found.error


@pytest.mark.parametrize(("value", "kind"), VALUES, ids=str)
def test_half_of_it_is_nothing(value: Any, kind: Any) -> None:
    """However much is there; digits and plain numbers are whole at every length."""
    data = encode(value)
    if isinstance(value, int | float):
        return
    for end in range(len(data)):
        with pytest.raises(Unreadable):
            decode(data[:end], kind)


@pytest.mark.parametrize("value", [Entry({"a": 2**64}, 1.0, 2.0), "half a character: \ud83d"], ids=repr)
def test_what_no_bytes_stand_for_is_not_shared(value: Any) -> None:
    """The worker that has it goes on with its own copy."""
    with pytest.raises(Unreadable):
        encode(value)


def reason(data: bytes, kind: Any) -> str:
    """Why they are no value of that kind; empty where they are one."""
    try:
        decode(data, kind)
    except Unreadable as error:
        return str(error) or "unknown"
    return ""


@given(st.binary(), st.sampled_from(STORED))
def test_bytes_are_a_value_of_the_kind_or_unreadable(data: bytes, kind: Any) -> None:
    """Decoding raises nothing else."""
    assert reason(data, kind) != "unknown"


@pytest.mark.parametrize("kind", STORED, ids=str)
def test_an_error_says_nothing_of_what_is_there(kind: Any) -> None:
    """Logs hold no words of strangers."""
    for value in ({"type": "secret words"}, ["secret words"], {"secret words": 1}, b"secret words"):
        assert "secret" not in reason(encode(value), kind)
