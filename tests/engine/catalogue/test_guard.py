"""The conditions under which a new listing replaces the last one."""

from engine.catalogue.facts import read_facts
from engine.catalogue.guard import FEWEST, PATIENCE, Accepted, Refused, judge_listing
from engine.catalogue.listings import Listing
from tests.engine.catalogue.listing_of import listing, listing_of, market

PINNED = read_facts().pinned
COINS = ["BTC", "ETH", "SOL", "XRP", "TON", *(f"C{number}" for number in range(195))]
LAST = listing_of("okx", COINS)


def reason(new: Listing, last: Listing | None = LAST) -> str | None:
    """Return why a listing is refused."""
    verdict = judge_listing(new, last, PINNED)
    return verdict.reason if isinstance(verdict, Refused) else None


def test_a_usual_change_is_accepted() -> None:
    """A listing with a few new and a few missing markets is accepted."""
    assert reason(listing_of("okx", [*COINS[:150], "NEW1", "NEW2"])) is None
    assert reason(LAST, None) is None


def test_forty_nine_markets_are_too_few() -> None:
    """A listing of fewer than 50 markets is refused, even as the first one."""
    assert reason(listing_of("okx", COINS[: FEWEST - 1]), None) == "too few markets"
    assert reason(listing_of("okx", COINS[:FEWEST]), None) is None


def test_half_of_the_markets_must_remain() -> None:
    """Half of the trading markets must remain."""
    assert reason(listing_of("okx", COINS[:100])) is None
    assert reason(listing_of("okx", COINS[:99])) == "half of the markets lost"
    halted = [
        market("okx", code, state="halted" if number > 90 else "trading") for number, code in enumerate(COINS)
    ]
    assert reason(listing("okx", halted)) == "half of the markets lost"


def test_four_of_five_pinned_coins_must_remain() -> None:
    """Four of five pinned coins that the venue had must remain."""
    assert reason(listing_of("okx", COINS[1:])) is None
    assert reason(listing_of("okx", COINS[2:])) == "pinned coins lost"


def test_a_renamed_pinned_coin_is_still_there() -> None:
    """A renamed pinned coin counts as present: GRAM is TON, also under the same native name."""
    renamed = [market("okx", "GRAM" if code == "TON" else code, native=f"{code}USDT") for code in COINS[1:]]

    assert reason(listing("okx", renamed)) is None


def test_a_fifth_of_the_native_names_may_change_their_coin() -> None:
    """At most a fifth of the native names may change their coin, because more means exchanged columns."""

    def exchanged(number: int) -> Listing:
        return listing(
            "okx",
            [
                market("okx", f"X{code}" if place >= 200 - number else code, native=f"{code}USDT")
                for place, code in enumerate(COINS)
            ],
        )

    assert reason(exchanged(40)) is None
    assert reason(exchanged(41)) == "codes exchanged"


def judged(new: Listing, refused: Refused | None) -> Refused | None:
    """Return why a listing is refused, or `None` if it is accepted."""
    verdict = judge_listing(new, LAST, PINNED, refused)
    return verdict if isinstance(verdict, Refused) else None


def test_the_same_shrink_a_day_later_is_accepted() -> None:
    """A listing that lost many markets is accepted if the venue still sends it a day later."""
    first = judged(listing_of("okx", COINS[:80], 0.0), None)
    second = judged(listing_of("okx", COINS[:80], PATIENCE - 1), first)

    assert first is not None
    assert second == first
    assert isinstance(judge_listing(listing_of("okx", COINS[:80], PATIENCE), LAST, PINNED, second), Accepted)


def test_another_shrink_begins_anew() -> None:
    """A listing that changes while it is refused starts the day of waiting again."""
    first = judged(listing_of("okx", COINS[:80], 0.0), None)
    second = judged(listing_of("okx", COINS[:70], PATIENCE), first)

    assert second is not None
    assert second.since == PATIENCE


def test_exchanged_codes_are_refused_for_ever() -> None:
    """A listing with exchanged codes, or with almost no markets, is refused every time."""
    exchanged = [market("okx", f"X{code}", native=f"{code}USDT") for code in COINS]
    for rows in (exchanged, exchanged[:80], exchanged[:49]):
        first = judged(listing("okx", rows, 0.0), None)
        assert judged(listing("okx", rows, 3 * PATIENCE), first) == first
