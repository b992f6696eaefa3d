"""`python -m benchmarks.growth`: what a server costs with more and more series and coins in use."""
