"""What is kept of alert rules in the database of the history. Everything here blocks."""
