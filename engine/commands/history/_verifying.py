"""`history verify`: compare a series with a second provider."""

import sys
from argparse import Namespace

from engine.commands.history._workplace import Workplace
from engine.history.series import SeriesKey
from engine.jobs.filling.verifying import verify
from engine.timestamps import iso


def check(workplace: Workplace, asked: Namespace) -> int:
    """Write the days that differ or that no other provider could be asked for. Return 1 if there are any."""
    key = SeriesKey.of(asked.symbol, asked.interval)
    first, until = workplace.part(key, asked.first, asked.until)
    venues = workplace.venues(asked.symbol, key)
    days = wrong = unasked = 0
    for it in verify(workplace.archive, venues, key, first, until, asked.venue):
        days += 1
        day = iso(it.day / 1000)[:10]
        if it.error:
            unasked += 1
            sys.stderr.write(f"{day}: {it.venue} could not be asked: {it.error}\n")
        elif it.is_wrong:
            wrong += 1
            sys.stdout.write(
                f"{day}: {it.missing} missing, {it.differing} of {it.kept} closes differ from {it.venue} "
                f"by up to {100 * it.largest:.2f} %\n"
            )
    without = f", {unasked} could not be compared" if unasked else ""
    sys.stdout.write(f"{key}: {days - unasked} days compared, {wrong} differ{without}\n")
    return 1 if wrong or unasked else 0
