"""`make bench-compare BASE=<revision>`: the speed of the working tree beside that of another revision."""
