"""The WSGI application that gunicorn serves."""

from engine import create_app
from engine.config import process_settings

app = create_app(settings=process_settings())
