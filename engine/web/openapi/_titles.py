"""How the engine is called, and what it is, in a few words."""

TITLE = "Crypto data engine"
SUMMARY = """\
One reliable HTTP service in front of a dozen unreliable cryptocurrency market-data APIs.

Answers contain no invented data: old data is marked as stale, and missing data is an error with reasons.
Answers carry their age, and a tag for conditional requests. The engine needs no API key. A key raises the
quotas, which are counted for each address or key. Messages of streams are in the
[AsyncAPI document](/asyncapi.json).
"""
