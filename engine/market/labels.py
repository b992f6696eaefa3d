"""Label sources in answers."""

import msgspec


class Labels(msgspec.Struct, frozen=True):
    """Labels sources. In a demo the label has a prefix, which marks its figures as simulated."""

    demo: bool

    def __call__(self, source: str) -> str:
        """Return the label of `source`."""
        return f"demo:{source}" if self.demo else source
