"""Average true range: J. W. Wilder, New Concepts in Technical Trading Systems (1978), ch. 3."""

from engine.analysis.indicators._averages import atr
from engine.analysis.indicators._declaring import Indicator, period
from engine.analysis.indicators._warming import fading, wilder

INDICATORS = (
    Indicator(
        name="atr",
        title="Average true range",
        parameters=(period(14),),
        outputs=("atr",),
        calculate=lambda bars, length: (atr(bars, length),),
        warmup=lambda length: fading(length + 1, wilder(length)),
        definition="Wilder; seeded with the mean of the first {period} true ranges, "
        "of which each needs the close before it",
        source="J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
    ),
    Indicator(
        name="natr",
        title="Normalised average true range",
        parameters=(period(14),),
        outputs=("natr",),
        calculate=lambda bars, length: (100 * atr(bars, length) / bars.close,),
        warmup=lambda length: fading(length + 1, wilder(length)),
        definition="Wilder's ATR of {period} in per cent of the close",
        source="https://ta-lib.org/functions/natr/",
    ),
)
