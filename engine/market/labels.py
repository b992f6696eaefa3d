"""Name sources in answers."""

import msgspec


class Labels(msgspec.Struct, frozen=True):
    """Names sources. In a demo the name has a prefix, which sets its figures apart from real ones."""

    demo: bool

    def __call__(self, source: str) -> str:
        """Return the name of `source`."""
        return f"demo:{source}" if self.demo else source
