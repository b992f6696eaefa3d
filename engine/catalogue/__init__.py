"""Which coins and markets there are, and what a name means: pure functions over immutable values.

Venues list their markets (`listings`), a guard checks each list (`guard`), evidence decides which coin a
venue's code means (`identity`), and `Catalogue` answers what a text means and what is traded where.
Times are Unix seconds, except for `Market.since`, which providers give in milliseconds.
"""
