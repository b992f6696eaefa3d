"""Tables as CSV."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cache.csv_table import FORMULA, csv_table


def test_figures_are_those_of_json() -> None:
    """Numbers and booleans are written as in JSON, and an unknown figure is an empty field."""
    rows: list[list[object]] = [[1699920000000, 43250.5, 5.9e-06, True], [1, 2.0, None, False]]

    assert csv_table(("a", "b", "c", "d"), rows) == (
        b"a,b,c,d\r\n1699920000000,43250.5,5.9e-6,true\r\n1,2.0,,false"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_a_text_is_never_a_formula(text: str) -> None:
    """A text that a spreadsheet would run gets an apostrophe, but a negative number does not."""
    assert next(csv.reader(io.StringIO(csv_table((), [[text]]).decode().lstrip("\r\n")))) == [f"'{text}"]
    assert csv_table((), [[-1.5]]).endswith(b"-1.5")


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters=',"\r\n'), min_size=1))
)
def test_any_text_is_read_back(texts: list[str]) -> None:
    """Commas, quotes and line breaks are quoted as in RFC 4180."""
    written = csv_table([f"c{place}" for place in range(len(texts))], [texts]).decode() + "\r\n"
    rows = list(csv.reader(io.StringIO(written, newline="")))

    expected = [f"'{text}" if text.startswith(FORMULA) else text for text in texts]
    assert rows[1:] == [expected] if texts else True
