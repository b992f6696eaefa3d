"""The language of alert rules: operands, conditions and rules, read from what clients send. Pure."""
