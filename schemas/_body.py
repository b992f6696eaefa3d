"""What a client may send as a body."""

from typing import ClassVar

from marshmallow import Schema


class Body(Schema):
    """An object of at most `largest` bytes of JSON, with an example of it."""

    largest: ClassVar[int]
    example: ClassVar[dict[str, object]]
