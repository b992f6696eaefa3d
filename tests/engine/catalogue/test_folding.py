"""Normal forms of names, for comparisons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.folding import alike, contains, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("btc", "BTC"),
        (" USDe ", "USDE"),
        ("TSLAx", "TSLAX"),
        ("ＢＴＣ", "BTC"),
        ("币安人生", "币安人生"),
        ("SPACEX(pre)", "SPACEX(PRE)"),
    ],
)
def test_codes_have_one_form(text: str, folded: str) -> None:
    """Case, width and spaces around a code are ignored."""
    assert fold(text) == folded


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_for_codes(text: str) -> None:
    """The normal form of a plain code is its own normal form."""
    if fold(text).isascii():
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bitcoin File", "BitcoinFile"), ("MAP Protocol", "map"), ("The Open Network", "Open Network")],
)
def test_spaces_and_generic_words_mean_nothing(one: str, other: str) -> None:
    """Spaces and generic words in a name are ignored, because lists of coins differ in them."""
    assert alike(one, other)


def test_different_names_are_not_alike() -> None:
    """Names that differ by one significant word are different."""
    assert not alike("Terra", "Terra Classic")
    assert not alike("", "")


def test_a_name_contains_another_by_whole_words() -> None:
    """A name contains another by whole words: `First Neiro on Ethereum` does not contain `Neiro on ETH`."""
    assert contains("First Neiro on Ethereum", "Neiro")
    assert contains("Terra Classic", "Terra Luna Classic")
    assert not contains("First Neiro on Ethereum", "Neiro on ETH")
    assert not contains("Openverse Network", "Bitcoin Gold")
