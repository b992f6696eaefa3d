"""The commands beside serving: check and key; `run` starts the server."""
