"""Calculate an indicator over candles, and say how warm its newest value is."""

from collections.abc import Sequence

import msgspec

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._declaring import Indicator
from engine.analysis.indicators._libraries import Array, np
from engine.analysis.indicators._warming import NEGLIGIBLE

Column = tuple[float | None, ...]


class Values(msgspec.Struct, frozen=True):
    """The newest values of an indicator by output, `None` where it is undefined.

    The newest value rests on `used` candles, and is stable with `needed`. `residual` is the weight of the
    seed in it, `None` where that has no formula.
    """

    outputs: dict[str, Column]
    needed: int
    used: int
    residual: float | None

    @property
    def stable(self) -> bool | None:
        """Whether the seed no longer matters, `None` if that is unknown."""
        return None if self.residual is None else self.residual < NEGLIGIBLE


def calculate(indicator: Indicator, parameters: tuple[float, ...], bars: Bars, count: int) -> Values:
    """Return the values of the newest `count` candles.

    They rest on as many earlier candles as they need: other ones in `bars` change nothing.
    """
    warmup = indicator.warmup(*parameters)
    needed = warmup.needed(bars.interval)
    read = bars.newest(count - 1 + needed)
    complete = [np.full(len(read), np.nan) for _ in indicator.outputs]
    used = 0
    for first, stretch in read.stretches(with_volume=indicator.needs_volume):
        used = len(stretch) if first + len(stretch) == len(read) else 0
        with np.errstate(all="ignore"):
            arrays = indicator.calculate(stretch, *parameters)
        for output, array in zip(complete, arrays, strict=True):
            output[first : first + len(stretch)] = array
    count = min(count, len(read))
    outputs = {
        name: _column(array[len(array) - count :])
        for name, array in zip(indicator.outputs, complete, strict=True)
    }
    return Values(outputs, needed, used, warmup.residual(used, _known(complete)))


def _known(outputs: Sequence[Array]) -> int:
    """Return the number of newest values that all outputs have."""
    undefined = np.flatnonzero(~np.isfinite(sum(outputs)))
    return len(outputs[0]) - 1 - int(undefined[-1]) if len(undefined) else len(outputs[0])


def _column(array: Array) -> Column:
    """Return plain numbers, `None` for what is no finite number."""
    values = (array + 0.0).tolist()  # -0.0 becomes 0.0
    if np.isfinite(array).all():
        return tuple(values)
    return tuple(
        value if known else None for value, known in zip(values, np.isfinite(array).tolist(), strict=True)
    )
