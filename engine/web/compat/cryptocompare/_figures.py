"""Figures of a coin in CryptoCompare's format. Unknown ones are left out. Pure functions."""

from engine.market.prices.days import MarketDay
from engine.market.prices.lists import CoinPrice

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "TRY": "₺", "BRL": "R$", "BTC": "Ƀ", "ETH": "Ξ"}
PLAIN = ("TYPE", "MARKET", "FROMSYMBOL", "TOSYMBOL", "LASTMARKET")
NAME = "ENGINE"
"""The market of all providers together."""

Figures = dict[str, object]


def raw(code: str, currency: str, coin: CoinPrice, day: MarketDay | None) -> Figures:
    """Return the figures of a coin: the price of all providers, and the day of one exchange."""
    price, change = coin.price or 0.0, coin.change_24h
    opened = price / (1 + change / 100) if change is not None and change > -100 else None
    rate = price / coin.price_usd if coin.price_usd else None
    figures: dict[str, object | None] = {
        "TYPE": "5",
        "MARKET": NAME,
        "FROMSYMBOL": code,
        "TOSYMBOL": currency,
        "PRICE": price,
        "LASTUPDATE": int(coin.time),
        "OPEN24HOUR": opened,
        "CHANGE24HOUR": None if opened is None else price - opened,
        "CHANGEPCT24HOUR": change,
        "CHANGEPCTHOUR": coin.change_1h,
        "MKTCAP": None if coin.market_cap is None or rate is None else coin.market_cap * rate,
        "TOTALVOLUME24HTO": None if coin.volume_24h is None or rate is None else coin.volume_24h * rate,
    }
    if day is not None:
        figures |= {
            "HIGH24HOUR": day.high,
            "LOW24HOUR": day.low,
            "VOLUME24HOUR": day.volume,
            "VOLUME24HOURTO": day.turnover,
            "LASTMARKET": day.venue.title(),
        }
    return {name: value for name, value in figures.items() if value is not None}


def shown(figures: Figures) -> Figures:
    """Return the same figures as texts for people."""
    sign = SIGNS.get(str(figures["TOSYMBOL"]), str(figures["TOSYMBOL"]))
    coins = str(figures["FROMSYMBOL"])
    texts: Figures = {"FROMSYMBOL": SIGNS.get(coins, coins), "TOSYMBOL": sign}
    for name, value in figures.items():
        if name in texts or not isinstance(value, int | float) or isinstance(value, bool):
            texts.setdefault(name, value)
        elif name == "LASTUPDATE":
            texts[name] = "Just now"
        elif name.startswith("CHANGEPCT"):
            texts[name] = f"{value:.2f}"
        else:
            unit = coins if name == "VOLUME24HOUR" else sign
            texts[name] = f"{unit} {value:,.2f}" if abs(value) >= 1 else f"{unit} {value:.8g}"
    return texts
