"""Each provider's format and errors: a module per provider with `answer(request, feed)`."""

from __future__ import annotations

from collections.abc import Callable

from ..feed import Feed
from ..wire import Answer, Request
from . import (
    alternative_me,
    binance,
    bitstamp,
    bybit,
    coinbase,
    coincap,
    coingecko,
    coinlore,
    coinmarketcap,
    coinpaprika,
    cryptocompare,
    cryptopanic,
    gate,
    kraken,
    kucoin,
    newsapi,
    okx,
    rss,
)
from ._order_flow import VENUES, with_order_flow

WITHOUT_ORDERS: dict[str, Callable[[Request, Feed], Answer]] = {
    "binance": binance.answer,
    "kraken": kraken.answer,
    "bybit": bybit.answer,
    "okx": okx.answer,
    "coinbase": coinbase.answer,
    "kucoin": kucoin.answer,
    "gate": gate.answer,
    "bitstamp": bitstamp.answer,
    "coingecko": coingecko.answer,
    "coinpaprika": coinpaprika.answer,
    "coinlore": coinlore.answer,
    "coincap": coincap.answer,
    "cryptocompare": cryptocompare.answer,
    "coinmarketcap": coinmarketcap.answer,
    "alternative_me": alternative_me.answer,
    "cryptopanic": cryptopanic.answer,
    "newsapi": newsapi.answer,
    "rss": rss.answer,
}
DIALECTS = {
    name: with_order_flow(name, answer) if name in VENUES else answer
    for name, answer in WITHOUT_ORDERS.items()
}
