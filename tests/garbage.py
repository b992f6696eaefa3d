"""The garbage collector, which would look at the same objects again and again."""

import gc


def collect_rarely() -> None:
    """Keep what exists away from the collector, and let it look rarely at what comes.

    An application or a draw of requests is thousands of objects, of which nearly all end with it.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 20, 20)
