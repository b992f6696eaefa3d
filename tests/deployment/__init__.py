"""The deployment of the engine, tested without Docker: its files are read and their steps are run."""
