"""How much there is in a JSON text, known before anything is made of it: ten bytes can become a hundred."""

MOST_PARTS = 1_000
"""Members, elements, objects, lists and texts in a body."""
DEEPEST = 16
"""Lists and objects within each other."""


def is_modest(text: bytes) -> bool:
    """Whether `text`, if it is JSON, has few parts and is not deep."""
    plain = text.replace(rb"\\", b"").replace(rb"\"", b"")  # the quotes that are left begin and end texts
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
