"""The catalogue of markets."""
