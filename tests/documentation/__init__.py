"""The OpenAPI document is true: what it says is what the engine does."""
