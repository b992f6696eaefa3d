"""Commands of `python -m engine`, one module or package each."""
