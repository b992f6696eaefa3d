"""Pure functions over providers' values, without I/O and without a clock."""
