"""`make soak`: whether a server that works for half an hour among failures keeps its size."""
