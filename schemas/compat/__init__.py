"""The wire formats of other services."""
