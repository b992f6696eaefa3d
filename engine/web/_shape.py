"""Bound the number of parts in a JSON text before it is parsed: ten bytes can become a hundred in memory."""

MOST_PARTS = 1_000
"""The most members, elements, objects, lists and texts in a body."""
DEEPEST = 16
"""The deepest nesting of lists and objects."""


def is_modest(text: bytes) -> bool:
    """Return whether `text`, if it is JSON, has few parts and is not deeply nested."""
    plain = text.replace(rb"\\", b"").replace(rb"\"", b"")  # the remaining quotes begin and end texts
    if plain.count(b'"') > 2 * MOST_PARTS:
        return False
    outside = b"".join(plain.split(b'"')[::2])
    if sum(outside.count(mark) for mark in (b",", b"[", b"{")) > MOST_PARTS:
        return False
    depth = deepest = 0
    for mark in outside.translate(None, delete=NO_BRACKETS):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest <= DEEPEST


NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
