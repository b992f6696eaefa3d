# Two commands are enough: `make run` serves, `make test` proves it. Needs Python 3.11 and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run demo check key test chaos load examples pictures lint format bench clean

help:
	@echo "make run      install and serve on PORT (8000)"
	@echo "make demo     the same with made-up data from stand-ins for the providers"
	@echo "make check    show the settings, and which providers can be reached from here"
	@echo "make key      make an API key: NAME=... TIER=free, pro or unlimited"
	@echo "make test     install what the tests need and run them all"
	@echo "make chaos    every fault at random for five minutes"
	@echo "make load     many clients for 18 minutes; PROFILES='rush' for one of normal, peak, stress, rush"
	@echo "make examples record anew what the OpenAPI document shows as answers"
	@echo "make pictures take those of the page for docs, with Debian's chromium"
	@echo "make lint     ruff and mypy"
	@echo "make bench    measure the speed against stand-ins, and the sentiment against labelled headlines"

run: $(VENV)/installed
	exec $(BIN)/python -m engine.run

demo: $(VENV)/installed
	exec $(BIN)/python -m tests.demo

check: $(VENV)/installed
	@$(BIN)/python -m engine check

key: $(VENV)/installed
	@$(BIN)/python -m engine.keys '$(NAME)' '$(TIER)'

# Most tests wait more than they work, so three processes share them; those about time run by themselves.
TIMED := tests/end_to_end tests/load

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest --numprocesses=3 --dist=loadfile $(TIMED:%=--ignore=%) --cov --cov-report= --cov-fail-under=0
	$(BIN)/python -m pytest $(TIMED) --cov --cov-append --cov-report=term

chaos: $(VENV)/installed-dev
	CHAOS_SECONDS=$(or $(CHAOS_SECONDS),300) $(BIN)/python -m pytest tests/end_to_end/test_chaos.py

load: $(VENV)/installed-dev
	$(BIN)/python -m tests.load $(PROFILES)

examples: $(VENV)/installed-dev
	$(BIN)/python -m tests.documentation.recording

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.sentiment

pictures: $(VENV)/installed-dev
	$(BIN)/python -m tests.pages.screenshots

clean:
	rm -rf $(VENV) tests/compat/node/node_modules .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(PIP) --requirement requirements-dev.txt
	@touch $@

$(VENV)/installed-bench: requirements-bench.txt $(VENV)/installed-dev
	$(PIP) --requirement requirements-bench.txt
	@touch $@
