"""Live streams: changes of prices, candles and news, delivered to subscribed clients.

All messages are numbered in one sequence and kept for minutes, so that a client resumes after a break.
"""
