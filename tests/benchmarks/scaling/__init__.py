"""What many clients need, from measured costs."""
