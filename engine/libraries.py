"""Libraries that would cost a start more than the engine needs of them. They are imported here first.

`limits` imports its asynchronous half, and with it asyncio. `marshmallow` compiles a pattern for addresses of
mails with all letters of Unicode, which takes longer than the rest of it. `requests` imports what guesses the
encoding of a text and what encodes international names of hosts, neither of which is asked.
"""

import warnings

from engine.importing import on_first_use, patterns_on_first_use

with on_first_use("asyncio", "limits.aio"):
    import limits
with patterns_on_first_use():
    import marshmallow.validate
warnings.filterwarnings("ignore", "Unable to find acceptable character detection")
with on_first_use("charset_normalizer", "idna"):
    import requests

__all__ = ["limits", "marshmallow", "requests"]
