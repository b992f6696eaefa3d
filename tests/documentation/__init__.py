"""The OpenAPI document matches the engine's behaviour."""
