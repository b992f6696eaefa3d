"""Order books and trades, one module for each exchange."""
