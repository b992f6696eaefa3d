"""Pure functions over providers' values: no input or output, no clock."""
