"""The storage of alert rules and deliveries, in the database of the history. All of it blocks."""
