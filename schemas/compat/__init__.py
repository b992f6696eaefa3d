"""The wire formats of other services for their clients, one module each."""
