"""Alert rules, and the delivery of alerts to their owners."""
