"""Resolve a text that names a venue. The venue's codes come first."""

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin, Rename
from engine.catalogue.names.bases import Base, base_of
from engine.catalogue.names.grammar import Form
from engine.catalogue.outcomes import PLAIN_QUOTES, Outcome, Resolved, Unknown
from engine.catalogue.rows import TRADES

QUOTES = ("usdt", "usd", "usdc", "eur", "btc")
"""Quotes to try in order for a code without a quote at a venue."""


def resolve_at_venue(
    form: Form, venue: str, catalogue: Catalogue, at: float, coin: str | None = None
) -> Outcome:
    """Return the meaning of a name and a quote at a venue. `coin` is the base's id if the text has one.

    Only texts with a venue reach codes whose coin is not proved. Codes of other units are served as they are.
    """
    if venue not in catalogue.known_venues:
        return Unknown()
    base = coin or _at_venue(form.base, venue, catalogue, at)
    if base is None:
        return Unknown()
    known = catalogue.coin_by_id.get(base)
    found = known.coin if known else catalogue.former_coins.get(base)
    if found is None:
        return Unknown()  # all venues have ended its markets
    quotes = (_at_venue(form.quote, venue, catalogue, at),) if form.quote else QUOTES
    for quote in quotes:
        market = catalogue.market(venue, base, quote) if quote else None
        if market and market.state in TRADES:
            return Resolved(
                found, market.quote, _asked(form, found, catalogue), venue, _renamed(form, base, catalogue)
            )
    if venue not in catalogue.listed_venues and found.pinned and (quotes[0] or "") in PLAIN_QUOTES:
        quote_coin = catalogue.coin_by_id[quotes[0] or ""].coin
        return Resolved(found, quote_coin, _asked(form, found, catalogue), venue)
    return Unknown(_other_markets(form, base, venue, catalogue))


def _at_venue(name: str, venue: str, catalogue: Catalogue, at: float) -> str | None:
    """Return the id of the coin that a name means at a venue. The venue's code comes first."""
    venue_coin = catalogue.venue_codes.get(venue, {}).get(name)
    if venue_coin:
        return venue_coin
    found = base_of(name, catalogue, at)
    return found.coin.id if isinstance(found, Base) else None


def _asked(form: Form, coin: Coin, catalogue: Catalogue) -> str:
    repeated = form.base in catalogue.names.repeated or catalogue.names.coins.get(form.base) != coin.id
    return form.base if repeated else coin.code


def _renamed(form: Form, coin: str, catalogue: Catalogue) -> Rename | None:
    """Return the rename of an old code of another unit that the venue keeps."""
    rename = catalogue.renames.get(form.base)
    return rename if rename and rename.coin == coin and not rename.one_to_one else None


def _other_markets(form: Form, base: str, venue: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return up to five other markets of the coin, those of the venue first."""
    markets = [market for market in catalogue.of_coin(base) if market.state in TRADES]
    markets.sort(key=lambda market: market.venue != venue)
    return tuple(f"{form.base}/{market.quote.code}:{market.venue}" for market in markets[:5])
