"""The codec returns the value that was encoded, or raises `Unreadable`."""

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
from engine.market.candles.corrections import Corrected
from engine.store._codec import Unreadable, decode, encode
from engine.store.key_prefix import FORMAT, KEY_PREFIX
from engine.store.sequence import Sent
from engine.telemetry.event_log import KINDS, NOTABLE
from engine.upstream import Failure, OpenState, Statistics
from engine.version import VERSION
from engine.web.streaming._caller import Ticket
from providers import Unavailable
from tests.engine.store.stored import STORED

SHAPES = {3: "5dae0eb4c82c6f47", 4: "c32c8c58581a3ed0", 5: "2c0468e595227ff9", 6: "95873e18922e5779"}
"""The fingerprint of all stored types, by their format.

A type that Redis has held before `STORED` named it replaces the newest fingerprint, and needs no new format.
"""
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
    (Corrected(7.5, 60_000, 120_000), Corrected),
    (Ticket("ab" * 32, "bot", "free"), Ticket),
    (Sent(7, 0, "prices", "kept", "price", None, b"{}"), Sent),
    (Entry({"a": [1.5]}, 1.0, 2.0, 3.0), Entry),
    *((kind(1.5, "kraken"), KINDS) for kind in NOTABLE),
    *((Failed.of(1.0, error), Failed) for error in ERRORS),
    *((value, type(value)) for value in (True, 0, -7, 10**17, 0.0, "text", b"bytes")),
)


def without_texts(schema: Any) -> Any:
    """Return a schema without titles and descriptions."""
    if isinstance(schema, dict):
        return {
            name: without_texts(part) for name, part in schema.items() if name not in ("title", "description")
        }
    return [without_texts(part) for part in schema] if isinstance(schema, list | tuple) else schema


def custom(kind: type) -> dict[str, Any]:
    """Return a schema for a type that msgspec does not know: its name."""
    return {"class": kind.__name__}


def fingerprint() -> str:
    """Return a hash that changes with the fields of any stored type."""
    schemas = without_texts(list(msgspec.json.schema_components(STORED, schema_hook=custom)))
    return blake2b(msgspec.json.encode(schemas, order="deterministic"), digest_size=8).hexdigest()


def test_the_format_changes_with_the_types() -> None:
    """Workers of two builds whose types differ use separate keys."""
    message = f"a stored type has changed: increment FORMAT, and add {fingerprint()} for it to SHAPES"

    assert SHAPES.get(FORMAT) == fingerprint(), message
    assert f"engine:{VERSION}:{FORMAT}:" == KEY_PREFIX


@pytest.mark.parametrize(("value", "kind"), VALUES, ids=str)
def test_decoding_restores_the_encoded_value(value: Any, kind: Any) -> None:
    """The decoded value equals the encoded one and has its type."""
    found = decode(encode(value), kind)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_keeps_its_class(error: ApiError) -> None:
    """An error keeps its class, by which use cases distinguish errors, and each reader gets a new one."""
    found: Failed = decode(encode(Failed.of(1.0, error)), Failed)

    assert type(found.error) is type(error)
    assert vars(found.error) == vars(error)
    assert found.error is not found.error


@pytest.mark.parametrize(("value", "kind"), VALUES, ids=str)
def test_truncated_bytes_are_unreadable(value: Any, kind: Any) -> None:
    """Truncated bytes are unreadable at every length, except for numbers, whose prefixes are numbers too."""
    data = encode(value)
    if isinstance(value, int | float):
        return
    for end in range(len(data)):
        with pytest.raises(Unreadable):
            decode(data[:end], kind)


@pytest.mark.parametrize("value", [Entry({"a": 2**64}, 1.0, 2.0), "unpaired surrogate: \ud83d"], ids=repr)
def test_a_value_that_messagepack_cannot_express_is_not_shared(value: Any) -> None:
    """Encoding an inexpressible value raises, and the worker uses its local copy."""
    with pytest.raises(Unreadable):
        encode(value)


def reason(data: bytes, kind: Any) -> str:
    """Return why the bytes are unreadable, or an empty text if they are readable."""
    try:
        decode(data, kind)
    except Unreadable as error:
        return str(error) or "unknown"
    return ""


@given(st.binary(), st.sampled_from(STORED))
def test_bytes_are_a_value_of_the_type_or_unreadable(data: bytes, kind: Any) -> None:
    """Any bytes are a value of the type or raise `Unreadable`, and never another error."""
    assert reason(data, kind) != "unknown"


@pytest.mark.parametrize("kind", STORED, ids=str)
def test_an_error_never_contains_the_value(kind: Any) -> None:
    """Errors and logs contain no text from stored bytes."""
    for value in ({"type": "secret words"}, ["secret words"], {"secret words": 1}, b"secret words"):
        assert "secret" not in reason(encode(value), kind)
