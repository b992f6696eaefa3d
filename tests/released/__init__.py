"""Released clients, each with its address changed and nothing else: what `make test-clients` tries.

A client is a generator: it makes a call, and then yields the call's name with what the call gave.
"""
