"""The server of benchmarks.streams, of the revision in whose folder it is loaded, with more messages."""

from benchmarks.streams import messages

messages.EACH = 0.05

from benchmarks.streams.engine_app import app  # noqa: E402, F401 - it reads EACH while it is imported
