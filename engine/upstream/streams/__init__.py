"""Streams of venues: connections with their limits, and one series of candles from several venues.

The thinking is pure (`lane`, `feed`): functions of what was received and of the time. Times are Unix
milliseconds.
"""
