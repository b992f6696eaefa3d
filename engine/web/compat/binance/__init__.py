"""Binance's public market data: https://developers.binance.com/docs/binance-spot-api-docs/rest-api.

Markets are all whose coins are known. A missing figure is left out of objects, and is Binance's neutral value
in arrays; `X-Data-Missing` names it in both. `X-Data-Estimated` names figures that are derived from candles,
because no provider has every trade.
"""

from engine.web.compat.binance import candles, exchange, order_flow, streams, tickers
from engine.web.compat.binance._blueprint import bp

streams.register(bp)

__all__ = ["bp", "candles", "exchange", "order_flow", "tickers"]
