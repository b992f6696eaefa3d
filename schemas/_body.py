"""Request bodies."""

from typing import ClassVar

from schemas._schema import Schema


class Body(Schema):
    """A JSON object of at most `largest` bytes, with an example."""

    largest: ClassVar[int]
    example: ClassVar[dict[str, object]]
