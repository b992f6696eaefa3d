"""`python -m benchmarks.scaling`: what so many clients need, worked out from measured costs."""
