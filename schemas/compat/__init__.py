"""The wire formats of other services, towards their clients: a module for each."""
