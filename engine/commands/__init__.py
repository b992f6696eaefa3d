"""What `python -m engine` can do besides serving."""
