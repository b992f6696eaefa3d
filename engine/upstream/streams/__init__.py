"""Streams of venues: connections within the venues' limits, and series of candles from several venues.

`lane` and `feed` decide, and are pure: they depend only on the received data and the time. Times are Unix
milliseconds.
"""
