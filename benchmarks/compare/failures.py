"""Why two revisions are not compared."""


class NotComparable(Exception):
    """The comparison cannot be made. The text says why, and what to do."""


class Missing(Exception):
    """A revision does not have what a benchmark measures."""
