"""The names of keys, tiers and targets."""

import re

LETTERS = r"[A-Za-z0-9._-]{1,64}"
NAME = re.compile(LETTERS)
