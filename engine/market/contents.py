"""The types of cached data, by the prefix of their keys."""

from typing import Any

from engine.cache import Entry
from engine.market.candles.series import Series
from engine.market.order_flow import VenueBook, VenueTrades
from engine.market.parts import Parts
from engine.market.prices.figures import FigureList
from engine.market.prices.quotes import CoinQuotes
from engine.market.prices.tickers import VenueTickers
from engine.market.sentiment.fear_greed import KEY as INDEX
from engine.market.sentiment.fear_greed import Index
from engine.market.sentiment.news import KEY as NEWS
from engine.market.sentiment.news import Collected
from providers import Category, Listing, Overview

CONTENTS: dict[str, Any] = {
    "quotes": Entry[CoinQuotes],
    "tickers": Entry[VenueTickers],
    "figures": Entry[FigureList],
    "book": Entry[VenueBook],
    "trades": Entry[VenueTrades],
    "aggregates": Entry[VenueTrades],
    "series": Entry[Series],
    "window": Entry[Series],
    "overview": Entry[Parts[Overview | tuple[Listing, ...]]],
    "categories": Entry[Parts[tuple[Category, ...]]],
    INDEX: Entry[Index],
    NEWS: Entry[Collected],
}
