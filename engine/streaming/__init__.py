"""Live streams: what happens to each series, kept for a while, and handed to those who subscribe.

Everything is numbered in one sequence, so that a client that was away goes on where it was.
"""
