"""The syntax of modules, parsed once for all tests of a process that look at it."""

import ast
from functools import cache


@cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Return every node of a module's tree."""
    return tuple(ast.walk(ast.parse(text)))
