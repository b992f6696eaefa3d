"""The language of alert rules: operands, conditions and rules, parsed from requests. Pure."""
