"""Decide when rules fire: figures that may be unknown, three-valued conditions, edges. Nothing blocks."""
