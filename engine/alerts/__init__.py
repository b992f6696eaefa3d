"""Alert rules, and the ways on which their owners are told."""
