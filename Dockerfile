# The first stage installs the pinned packages. The second one has them and the code, without build tools.
FROM python:3.11-slim-trixie AS build
WORKDIR /build
COPY requirements-installer.txt requirements.txt ./
RUN python -m venv /opt/venv
# Use wheels only, so that nothing is compiled. flasgger exists only as source, in pure Python.
# The hashes hold each to what was pinned. uv takes half of pip's time, and stays in this stage with its lock.
# pip is asked where uv is missing or has no index: a mirror may be known to pip alone.
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --target /opt/installer \
  --require-hashes --requirement requirements-installer.txt \
  && /opt/installer/bin/uv pip install --python /opt/venv/bin/python --compile-bytecode --only-binary=:all: \
  --no-binary=flasgger --require-hashes --requirement requirements.txt \
  || /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --no-binary=flasgger \
  --require-hashes --requirement requirements.txt
RUN rm -f /opt/venv/.lock

FROM python:3.11-slim-trixie
# Hugging Face Spaces use user 1000, too. The user owns the folder of the history alone, and writes there and to /tmp.
RUN useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin engine && install -d -o 1000 -g 1000 /data
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY providers providers
COPY schemas schemas
COPY engine engine
COPY wsgi.py gunicorn.conf.py ./
RUN python -m compileall -q providers schemas engine
USER 1000
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import http.client, os; to = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); to.request('GET', '/api/health'); raise SystemExit(to.getresponse().status != 200)"]
# What the image is. Arguments come last, so that a new commit or time leaves the steps above cached.
ARG VERSION=1.0.0
ARG REVISION=
ARG CREATED=
ARG SOURCE=
LABEL org.opencontainers.image.title="Cryptocurrency Data Engine" \
  org.opencontainers.image.description="One reliable HTTP service in front of a dozen unreliable cryptocurrency market-data APIs." \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.created="$CREATED" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.base.name="docker.io/library/python:3.11-slim-trixie"
# gunicorn is the first process, so that it receives SIGTERM and finishes running requests.
CMD ["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
