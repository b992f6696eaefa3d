"""What is kept of what was received, by the word that its keys begin with."""

from engine.market.candles.series import Series
from engine.market.parts import Parts
from engine.market.prices.quotes import CoinQuotes
from engine.market.sentiment.fear_greed import KEY as INDEX
from engine.market.sentiment.fear_greed import Index
from engine.market.sentiment.news import KEY as NEWS
from engine.market.sentiment.news import Collected

CONTENTS: dict[str, type] = {
    "quotes": CoinQuotes,
    "series": Series,
    "window": Series,
    "overview": Parts,
    "categories": Parts,
    INDEX: Index,
    NEWS: Collected,
}
