"""The kind of asset that the form of a code shows."""

import pytest

from engine.catalogue.kinds import kind_of

CODES = frozenset({"BTC", "ETH", "BTCUP", "BTCDOWN", "SYR", "SOU", "J", "TSLA", "币安人生"})


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("BTC", "Bitcoin", "coin"),
        ("BTC3L", "BTC3xLong", "leveraged"),
        ("ETH3S", None, "leveraged"),
        ("币安人生3S", "币安人生3xShort", "leveraged"),
        ("BTCUP", None, "leveraged"),
        ("BTCDOWN", None, "leveraged"),
        ("SYRUP", "Maple Finance", "coin"),
        ("JUP", "Jupiter", "coin"),
        ("SOUL", "Phantasma", "coin"),
        ("XYZ3L", None, "coin"),
        ("TSLAX", "Tesla xStock", "stock"),
        ("TSLAON", "Tesla Ondo Tokenized", "stock"),
        ("TSLAX", None, "stock"),
        ("METAX", "Meta Exchange", "coin"),
        ("WSTETH", "Wrapped Liquid Staked Ether 2.0", "wrapped"),
        ("SUSD", None, "stable"),
        ("CRVUSD", "Curve USD", "stable"),
    ],
)
def test_a_form_shows_a_kind(code: str, name: str | None, kind: str) -> None:
    """A multiple of a coin needs that coin, and a long leveraged token needs its short one."""
    assert kind_of(code, name, CODES) == kind
