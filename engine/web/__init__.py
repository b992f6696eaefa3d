"""All HTTP: what comes in, what goes out, and how failures are told."""
