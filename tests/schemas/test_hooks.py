"""Schemas have the hooks that marshmallow finds."""

from collections.abc import Iterator, Mapping

import pytest
from marshmallow import ValidationError, validates_schema
from marshmallow.schema import SchemaMeta

from engine.web import api, compat  # noqa: F401 - they import all schemas
from schemas._schema import Schema


class Checked(Schema):
    """A schema that is never valid."""

    @validates_schema
    def check(self, data: object, **_: object) -> None:
        """Raise `ValidationError`."""
        raise ValidationError("never")


class Inherited(Checked):
    """The same."""


class Unchecked(Checked):
    """A schema that replaces the hook of its parent."""

    check = None  # type: ignore[assignment]


class Joined(Unchecked, Inherited):
    """A schema with two parents."""


def _all_below(schema: type[Schema]) -> Iterator[type[Schema]]:
    yield schema
    for below in schema.__subclasses__():
        yield from _all_below(below)


def _stated(hooks: Mapping[str, object]) -> dict[str, object]:
    return {tag: found for tag, found in hooks.items() if found}


def test_hooks_are_those_that_marshmallow_finds() -> None:
    """Every schema runs what marshmallow itself would run."""
    schemas = {*_all_below(Schema)}

    assert len(schemas) > 200
    assert {it: _stated(it._hooks) for it in schemas} == {
        it: _stated(SchemaMeta.resolve_hooks(it)) for it in schemas
    }


@pytest.mark.parametrize(("schema", "is_valid"), [(Checked, 0), (Inherited, 0), (Unchecked, 1), (Joined, 1)])
def test_a_hook_is_inherited_until_it_is_replaced(schema: type[Schema], is_valid: int) -> None:
    """A hook runs for the classes below, and for none that has something else by its name."""
    assert (not schema().validate({})) == is_valid
