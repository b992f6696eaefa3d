"""The meaning of a text in a catalogue at a time."""

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.folding import LONGEST, fold
from engine.catalogue.names.bases import Base, Contested, base_of
from engine.catalogue.names.grammar import Form, form_of
from engine.catalogue.names.readings import coin_reading, pair_reading
from engine.catalogue.names.suggestions import similar, similar_pairs
from engine.catalogue.names.venues import resolve_at_venue
from engine.catalogue.outcomes import Ambiguous, Outcome, Renamed, Resolved, Unknown

PLAIN = ("USDT", "USD")
REMEMBERED = 2_000
"""Maximum number of remembered texts, so that common ones cost one lookup."""


def resolve(text: str, catalogue: Catalogue, at: float) -> Outcome:
    """Return the meaning of a text for data of the time `at` (Unix seconds): now, or the end of a window.

    Pinned names, alone or with USD or USDT, always mean the pinned coin. Other texts without a separator are
    the concatenation of a listed market, a name alone, or a known base with a known quote.
    """
    remembered = catalogue.remembered
    found = remembered.get(text)
    present = at >= catalogue.names.present
    if found is not None and present:
        return found
    outcome = _resolved(text, catalogue, at)
    if present and isinstance(outcome, Resolved) and len(text) <= LONGEST:
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        remembered[text] = outcome
    return outcome


def _resolved(text: str, catalogue: Catalogue, at: float) -> Outcome:
    folded = fold(text)
    pinned = _pinned(folded, catalogue)
    if pinned is not None:
        return pinned
    if folded.isalnum() and len(folded) <= LONGEST:
        return _joined(folded, catalogue, at)
    form = form_of(folded)
    if form is None:
        return _joined(folded, catalogue, at) if folded in catalogue.names.coins else Unknown()
    if form.id is not None:
        return _by_id(form, form.id, catalogue, at)
    if form.venue is not None:
        return resolve_at_venue(form, form.venue, catalogue, at)
    if form.quote is not None:
        return _pair(form.base, form.quote, catalogue, at)
    return _joined(folded, catalogue, at)


def _pinned(folded: str, catalogue: Catalogue) -> Resolved | None:
    """Return the pinned coin of a name, alone or with USD or USDT."""
    names = catalogue.names
    for quote in PLAIN:
        if folded.endswith(quote):
            name = folded[: -len(quote)]
            if name in names.pinned:
                return _of_pinned(name, quote, catalogue)
    return _of_pinned(folded, PLAIN[0], catalogue) if folded in names.pinned else None


def _of_pinned(name: str, quote: str, catalogue: Catalogue) -> Resolved:
    names, coins = catalogue.names, catalogue.coin_by_id
    coin = coins[names.pinned[name]].coin
    asked = name if name in names.repeated else coin.code
    return Resolved(coin, coins[names.coins[quote]].coin, asked, None, None, names.rivals.get(coin.code, ()))


def _pair(base: str, quote: str, catalogue: Catalogue, at: float) -> Outcome:
    """Return the meaning of a name and a quote."""
    found, priced = base_of(base, catalogue, at), base_of(quote, catalogue, at)
    if type(found) is type(priced) is Base and found.coin.id != priced.coin.id:
        return Resolved(found.coin, priced.coin, found.asked, None, found.renamed, found.rivals)
    if isinstance(found, Renamed):
        return found
    for name, one in ((base, found), (quote, priced)):
        if isinstance(one, Contested):
            return _contested(one.coins, quote if name == base else None, catalogue)
    return Unknown(similar_pairs(base, quote, catalogue))


def _contested(coins: tuple[str, ...], quote: str | None, catalogue: Catalogue) -> Ambiguous:
    return Ambiguous(tuple(coin_reading(one, quote, catalogue) for one in coins))


def _joined(folded: str, catalogue: Catalogue, at: float) -> Outcome:
    """Return the meaning of a text without a separator, if all valid readings mean the same pair."""
    names = catalogue.names
    alone = base_of(folded, catalogue, at)
    one = names.concatenations.get(folded)
    if one is not None and alone is None and folded not in names.clashes:
        return _pair(one.base.code, one.quote.code, catalogue, at)
    pairs = names.clashes.get(folded, ())
    if one is not None and not pairs:
        pairs = ((one.base.code, one.quote.code),)
    if not pairs and alone is None:
        pairs = _splits(folded, catalogue, at)
    if len(pairs) + (alone is not None) == 1:
        if pairs:
            return _pair(*pairs[0], catalogue, at)
        return _alone(folded, alone, catalogue)
    if not pairs:
        return Unknown(similar(folded, catalogue))
    readings = [pair_reading(base, quote, catalogue, at) for base, quote in pairs]
    if isinstance(alone, Base):
        readings.append(coin_reading(alone.coin.id, None, catalogue))
    elif isinstance(alone, Contested):
        readings += [coin_reading(one, None, catalogue) for one in alone.coins]
    known = tuple(dict.fromkeys(reading for reading in readings if reading))
    return Ambiguous(known)


def _alone(name: str, found: Base | Contested | Renamed | None, catalogue: Catalogue) -> Outcome:
    """Return the meaning of a name without a quote: against USDT, and USDT itself against USD."""
    if isinstance(found, Renamed):
        return found
    if isinstance(found, Contested):
        return _contested(found.coins, None, catalogue)
    if found is None:
        return Unknown(similar(name, catalogue))
    quote = _default_quote(found.coin, catalogue)
    return Resolved(found.coin, quote, found.asked, None, found.renamed, found.rivals)


def _default_quote(coin: Coin, catalogue: Catalogue) -> Coin:
    return catalogue.coin_by_id["usd" if coin.id == "usdt" else "usdt"].coin


def _splits(folded: str, catalogue: Catalogue, at: float) -> tuple[tuple[str, str], ...]:
    """Return the ways to read a text as a known base and a known quote."""
    quotes = catalogue.names.quotes
    return tuple(
        (folded[:place], folded[place:])
        for place in range(1, len(folded))
        if folded[place:] in quotes and base_of(folded[:place], catalogue, at) is not None
    )


def _by_id(form: Form, id_: str, catalogue: Catalogue, at: float) -> Outcome:
    """Return the meaning of an id. It may name a coin in any state, even one that became another."""
    listed = catalogue.coin(id_)
    coin = listed.coin if listed else catalogue.former_coins.get(id_)
    if coin is None:
        return Unknown(tuple(f"@{one}" for one in catalogue.ids_of_code(fold(id_.partition("-")[0]))[:5]))
    asked = coin.code if catalogue.names.coins.get(coin.code) == coin.id else f"@{coin.id}"
    if form.venue is not None:
        return resolve_at_venue(form._replace(base=coin.code), form.venue, catalogue, at, coin.id)
    priced = base_of(form.quote, catalogue, at) if form.quote else None
    if form.quote and not isinstance(priced, Base):
        return Unknown(similar_pairs(coin.code, form.quote, catalogue))
    quote = priced.coin if isinstance(priced, Base) else _default_quote(coin, catalogue)
    return Unknown() if quote == coin else Resolved(coin, quote, asked)
