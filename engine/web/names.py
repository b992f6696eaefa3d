"""The coins and pairs that the texts of a request mean, by the present catalogue."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from marshmallow import Schema

from engine.catalogue.coins import Rename
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.names import Ambiguous, Reading, Renamed, Resolved, Unknown, resolve
from engine.catalogue.pairs import pair_of
from schemas import RequestedPair, SymbolField, SymbolsField, shorten

Details = Mapping[str, object]
REMEMBERED = 2_000
"""Meanings whose pairs are kept."""
_made: dict[int, tuple[Resolved, RequestedPair]] = {}


class ResolvedNames(msgspec.Struct):
    """The pairs that the texts of a query mean, and the errors of the others.

    `pairs` has the pair, or the list of pairs, of each parameter. `codes` has the error code of a parameter's
    first wrong text, `messages` the message for each wrong text, and `details` further facts by text.
    """

    pairs: dict[str, object] = msgspec.field(default_factory=dict)
    codes: dict[str, str] = msgspec.field(default_factory=dict)
    messages: dict[str, list[str]] = msgspec.field(default_factory=dict)
    details: dict[str, object] = msgspec.field(default_factory=dict)

    def refuse(self, parameter: str, text: str, wrong: "WrongName") -> None:
        """Add the error of a wrong text."""
        self.codes.setdefault(parameter, wrong.code)
        self.messages.setdefault(parameter, []).append(f"{shorten(text)}: {wrong.message}")
        if text:
            self.details[shorten(text)] = wrong.details


class WrongName(msgspec.Struct, frozen=True):
    """A text that means no coin or pair, or not one alone."""

    code: str
    message: str
    details: object


def name_pairs(
    schema: Schema, query: Mapping[str, Any], current: CurrentCatalogue, now: int
) -> ResolvedNames:
    """Return the pairs of a query's texts, for data of the last time that it asks for, or of `now`.

    `query` has the valid parameters of `schema`; `now` is in Unix seconds.
    """
    resolved = ResolvedNames()
    asked = {name: one for name, one in schema.fields.items() if isinstance(one, SymbolField)}
    if not asked:
        return resolved
    last = schema.last_time(query) if hasattr(schema, "last_time") else None
    at = now if last is None else min(now, last / 1000)
    for name, one in asked.items():
        texts = query.get(name)
        if texts is None:
            continue
        many = isinstance(one, SymbolsField)
        found = list(_pairs(resolved, name, texts if many else [texts], current, at))
        if name not in resolved.codes:
            unique = {(pair.name, pair.venue): pair for pair in found}
            resolved.pairs[name] = list(unique.values()) if many else found[0]
    return resolved


def _pairs(
    resolved: ResolvedNames, parameter: str, texts: list[str], current: CurrentCatalogue, at: float
) -> Iterator[RequestedPair]:
    for text in texts:
        pair = requested_pair(text, current, at)
        if isinstance(pair, WrongName):
            resolved.refuse(parameter, text, pair)
        else:
            yield pair


def requested_pair(text: str, current: CurrentCatalogue, at: float) -> RequestedPair | WrongName:
    """Return the pair that a text means for data of the time `at` (Unix seconds)."""
    found = resolve(text, current.catalogue, at)
    if isinstance(found, Resolved):
        if current.strict and found.rivals and not found.base.pinned:
            return _ambiguous(tuple(_readings(found, current)), current)
        return _requested(found, current)
    if isinstance(found, Ambiguous):
        return _ambiguous(found.readings, current)
    if isinstance(found, Renamed):
        return _renamed(found.rename)
    return _unknown(found)


def _readings(found: Resolved, current: CurrentCatalogue) -> Iterator[Reading]:
    """Yield the coins that a code means: the one that owns it, and the others, each by its id."""
    for id_ in (found.base.id, *found.rivals):
        listed = current.catalogue.coin_by_id[id_]
        name = listed.coin.name or listed.coin.code
        yield Reading(id_, name, listed.venues, f"@{id_}/{found.quote.code}")


def _requested(found: Resolved, current: CurrentCatalogue) -> RequestedPair:
    """Return the pair of a meaning. The catalogue gives the same object for the same text again."""
    made = _made.get(id(found))
    if made is not None and made[0] is found:
        return made[1]
    if len(_made) >= REMEMBERED:
        _made.clear()
    pair = _pair(found, current)
    _made[id(found)] = found, pair
    return pair


def _pair(found: Resolved, current: CurrentCatalogue) -> RequestedPair:
    pair = pair_of(found.base, found.quote, current.catalogue)
    if not found.rivals and found.renamed is None:
        return RequestedPair(found.asked, pair, found.venue)
    about: dict[str, dict[str, object]] = {}
    if found.rivals:
        base = found.base
        about["resolved"] = {found.asked: {"id": base.id, "name": base.name, "others": list(found.rivals)}}
    if found.renamed is not None:
        about["renamed"] = {found.asked: _change(found.renamed)}
    return RequestedPair(found.asked, pair, found.venue, about)


def _change(rename: Rename) -> Details:
    ratio, since = rename.ratio, rename.since
    return {
        "now": rename.new,
        "ratio": int(ratio) if ratio is not None and ratio.is_integer() else ratio,
        "since": None if since is None else datetime.fromtimestamp(since, UTC).date().isoformat(),
    }


def _unknown(found: Unknown) -> WrongName:
    return WrongName("INVALID_SYMBOL", "unknown coin or pair", {"didYouMean": list(found.did_you_mean)})


def _renamed(rename: Rename) -> WrongName:
    message = f"renamed to {rename.new}, in another unit"
    return WrongName("RENAMED_SYMBOL", message, _change(rename))


def _ambiguous(readings: tuple[Reading, ...], current: CurrentCatalogue) -> WrongName:
    message = f"ambiguous; write {' or '.join(one.symbol for one in readings)}"
    rows = [
        {"id": one.id, "name": one.name, "venues": one.venues, "priceUsd": current.state.prices.get(one.id)}
        for one in readings
    ]
    return WrongName("AMBIGUOUS_SYMBOL", message, rows)
