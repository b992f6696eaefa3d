"""What is kept of what was received, by the word that its keys begin with."""

from engine.market._indices import KEY as INDEX
from engine.market._indices import Index
from engine.market._news import KEY as NEWS
from engine.market._news import Collected
from engine.market._parts import Parts
from engine.market._quotes import CoinQuotes
from engine.market._series import Series

CONTENTS: dict[str, type] = {
    "quotes": CoinQuotes,
    "series": Series,
    "window": Series,
    "overview": Parts,
    "categories": Parts,
    INDEX: Index,
    NEWS: Collected,
}
