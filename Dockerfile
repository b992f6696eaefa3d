# The same two steps as `make run`: install what is pinned, serve. Nothing else is needed.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --only-binary :all: --requirement requirements.txt

COPY providers providers
COPY schemas schemas
COPY engine engine
COPY wsgi.py gunicorn.conf.py ./

RUN useradd --no-create-home engine
USER engine
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/api/health')"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
