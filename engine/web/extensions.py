"""The Flask extensions, still unbound: `create_app` binds them to an application."""

from flask_caching import Cache
from flask_cors import CORS

cache = Cache(with_jinja2_ext=False)
cors = CORS()
