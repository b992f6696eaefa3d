"""The providers of each ability that need no key, in the default order, listed by hand.

A new or removed provider changes a list deliberately: `test_everybody.py` compares the lists with the code.
"""

CANDLES = ("binance", "kraken", "bybit", "okx", "coinbase", "kucoin", "gate", "bitstamp")
"""Providers of candles of every interval. CoinGecko is not among them: its candles are of four hours only."""
DOLLARS_ONLY = ("coinbase", "bitstamp")
"""Providers of candles that have only dollar markets."""
QUOTES = (
    "binance",
    "kraken",
    "bybit",
    "okx",
    "kucoin",
    "gate",
    "bitstamp",
    "coinpaprika",
    "coinlore",
    "coinmarketcap",
    "coingecko",
)
"""Providers of prices."""
UNDATED = ("kraken", "gate")
"""Providers whose prices have no time."""
MARKETS = CANDLES
"""Providers that list all their markets."""
COINS = ("coinpaprika", "coinlore", "coinmarketcap", "coingecko")
"""Providers that list coins under ids of their own."""
TOTALS = ("coinpaprika", "coinlore", "coinmarketcap", "coingecko")
"""Providers of figures of the whole market."""
INDICES = ("alternative_me", "coinmarketcap")
"""Providers of a Fear & Greed index."""
NEWS = ("rss",)
"""Providers of headlines."""
KEYED = ("cryptopanic", "newsapi", "cryptocompare", "coincap")
"""Providers that need a key."""
