"""Which coin a venue's code means."""
