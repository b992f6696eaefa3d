"""Background work without a request."""
