"""The providers of each ability that need no key, in the default order, listed by hand.

A new or removed provider changes a list deliberately: `test_everybody.py` compares the lists with the code.
"""

CANDLES = ("binance", "kraken", "bybit", "okx", "coinbase", "kucoin", "gate", "bitstamp")
"""Who gives candles of every interval; CoinGecko has those of four hours alone."""
DOLLARS_ONLY = ("coinbase", "bitstamp")
"""Which of them have dollar markets alone."""
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
"""Who gives prices."""
UNDATED = ("kraken", "gate")
"""Whose prices come without a time."""
MARKETS = CANDLES
"""Providers that list all their markets."""
COINS = ("coinpaprika", "coinlore", "coinmarketcap", "coingecko")
"""Providers that list coins under ids of their own."""
TOTALS = ("coinpaprika", "coinlore", "coinmarketcap", "coingecko")
"""Who gives figures of the whole market."""
INDICES = ("alternative_me", "coinmarketcap")
"""Who gives a Fear & Greed index."""
NEWS = ("rss",)
"""Who gives headlines."""
KEYED = ("cryptopanic", "newsapi", "cryptocompare", "coincap")
"""Who needs a key."""
