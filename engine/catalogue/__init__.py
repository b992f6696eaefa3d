"""Which coins and markets there are, and what a name means: pure functions over immutable values.

Venues say what they trade (`listings`), a guard judges what they say (`guard`), evidence decides which
coin a venue's code means (`identity`), and `Catalogue` answers what a text means and what is traded where.
Times are Unix seconds, except for `Market.since`, which providers give in milliseconds.
"""
