"""Libraries that would cost a start more than the engine needs of them. They are imported here first.

`limits` imports its asynchronous half, and with it asyncio. `marshmallow` compiles a pattern for addresses of
mails with all letters of Unicode, which takes longer than the rest of it; others compile patterns that few
requests need. `requests` imports what guesses the encoding of a text and what encodes international names of
hosts, neither of which is asked.
"""

import warnings

from engine.importing import on_first_use, patterns_on_first_use

with patterns_on_first_use("jinja2", "marshmallow"):
    import jinja2
    import marshmallow.validate
with on_first_use("asyncio", "limits.aio"), patterns_on_first_use("limits"):
    import limits
warnings.filterwarnings("ignore", "Unable to find acceptable character detection")
with on_first_use("charset_normalizer", "idna"), patterns_on_first_use("requests", "urllib3"):
    import requests

__all__ = ["jinja2", "limits", "marshmallow", "requests"]
