# Two commands are enough: `make run` serves, `make test` proves it. Needs Python 3.11 and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
CLIENTS := $(VENV)/clients
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes

.PHONY: help installed run demo check key snapshot test quick test-clients chaos load live examples pictures packages types lint hooks format requirements bench bench-compare growth soak clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

installed: $(VENV)/installed-dev ## install what make lint and make test need

run: $(VENV)/installed ## install and serve on PORT (8000), with the settings in .env
	@exec $(BIN)/python -m engine run

demo: $(VENV)/installed-demo ## serve made-up data of stand-ins for the providers, without the internet
	@exec $(BIN)/python -m tests.demo

check: $(VENV)/installed ## show the settings, and which providers can be reached from here
	@$(BIN)/python -m engine check --report

key: $(VENV)/installed ## make an API key: NAME=... TIER=free, pro or unlimited
	@$(BIN)/python -m engine key '$(NAME)' '$(TIER)'

snapshot: $(VENV)/installed ## keep what venues trade in CATALOGUE_SNAPSHOT or FILE=..., for starts without a network
	@$(BIN)/python -m engine snapshot $(FILE)

NODE_MODULES := clients/typescript/node_modules

# Most tests wait more than they work, so four processes share them. Those that assert milliseconds run afterwards,
# beside one other of them at most. ONLY='tests/providers -k feeds' runs a part, without coverage. 5 is pytest's
# word for no test.
PYTEST := $(BIN)/python -m pytest
SHARED := --numprocesses=4 --dist=worksteal --durations=10
PAIRED := --numprocesses=2 --dist=worksteal
TIMED = $(shell grep --recursive --files-with-matches --include='test_*.py' 'pytest.mark.timed' tests)
unexport PYTHONDONTWRITEBYTECODE # a command that a test starts would compile the engine each time

test: $(VENV)/installed-dev ## run every test, with coverage; ONLY=... for a part of them
ifdef ONLY
	$(PYTEST) $(SHARED) -m 'not timed' $(ONLY) || test $$? -eq 5
	$(PYTEST) $(PAIRED) -m timed $(ONLY) || test $$? -eq 5
else
	$(PYTEST) $(SHARED) -m 'not timed' --cov --cov-report= --cov-fail-under=0
	$(PYTEST) $(PAIRED) -m timed --durations=10 $(TIMED) --cov --cov-append --cov-report=term
endif

quick: $(VENV)/installed-dev ## run the tests that start no server, no browser and no command
	$(PYTEST) --numprocesses=2 --dist=worksteal --durations=10 -m 'not servers'

test-clients: $(VENV)/installed-dev $(CLIENTS)/installed ## try released clients of other services, bots among them: start, candles and prices, as a table
	@$(BIN)/python -m tests.released

chaos: $(VENV)/installed-dev ## cause every fault at random for five minutes; CHAOS_SECONDS=60 for a shorter run
	CHAOS_SECONDS=$(or $(CHAOS_SECONDS),300) $(BIN)/python -m pytest tests/end_to_end/test_chaos.py

load: $(VENV)/installed-dev ## simulate many clients for 18 minutes; PROFILES='rush' for one of normal, peak, stress, rush
	$(BIN)/python -m tests.load $(PROFILES)

live: $(VENV)/installed ## ask the real providers, and record the answers in RECORD (recorded); PROVIDERS='binance kraken' for some
	@$(BIN)/python -m tests.live $(PROVIDERS) --record '$(or $(RECORD),recorded)'

examples: $(VENV)/installed-dev ## record the answers that the OpenAPI document shows
	$(BIN)/python -m tests.documentation.recording

lint: $(VENV)/installed-dev ## check with ruff, mypy and codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

hooks: $(VENV)/installed-dev ## install hooks that run the checks of make lint before each commit
	$(BIN)/pre-commit install

format: $(VENV)/installed-dev ## fix what ruff can fix, and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# requirements*.in name what is used; the .txt files pin all of it with hashes, for every platform. Pinned versions stay,
# unless UPGRADE=1 or UPGRADE=name.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
  --custom-compile-command 'make requirements' $(if $(UPGRADE),$(if $(filter 1,$(UPGRADE)),--upgrade,--upgrade-package $(UPGRADE)))

requirements: $(VENV)/installed-dev ## pin what requirements*.in name; UPGRADE=1 or a package for newer versions
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-demo.in --output-file requirements-demo.txt
	$(LOCK) requirements-otel.in --output-file requirements-otel.txt
	$(LOCK) requirements-installer.in --output-file requirements-installer.txt
	$(LOCK) --no-deps requirements-connector.in --output-file requirements-connector.txt
	$(LOCK) requirements-clients.in --output-file requirements-clients.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	$(LOCK) requirements-bench.in --output-file requirements-bench.txt

bench: $(VENV)/installed-bench ## measure the speed against stand-ins, the sentiment, the codec, the catalogue, the history, indicators, streams and alert rules
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.sentiment
	$(BIN)/python -m benchmarks.codec
	$(BIN)/python -m benchmarks.catalogue
	$(BIN)/python -m benchmarks.history
	$(BIN)/python -m benchmarks.indicators
	$(BIN)/python -m benchmarks.streams
	$(BIN)/python -m benchmarks.alerts

bench-compare: $(VENV)/installed-dev ## fail if the working tree is over 15 % slower than BASE=<revision>; ROUNDS=7
	$(BIN)/python -m benchmarks.compare '$(BASE)' $(if $(ROUNDS),--rounds '$(ROUNDS)')

growth: $(VENV)/installed-dev ## measure servers with 1 to 1000 series and 30 to 3000 coins in use, for half an hour
	$(BIN)/python -m benchmarks.growth --picture docs/growth.svg

soak: $(VENV)/installed-dev ## serve for half an hour among faults, streams and alerts: fail if memory, files or threads grow; SOAK_SECONDS=300
	$(BIN)/python -m benchmarks.soak --seconds '$(or $(SOAK_SECONDS),1800)'

pictures: $(VENV)/installed-dev ## take the screenshots of the page for docs, with Debian's chromium-headless-shell
	$(BIN)/python -m tests.engine.web.pages.screenshots

types: $(VENV)/installed-dev $(NODE_MODULES)/.package-lock.json ## generate the types of the TypeScript client from the OpenAPI document
	$(BIN)/python -m tests.clients.document $(NODE_MODULES)/openapi.json
	cd clients/typescript && node generate.mjs node_modules/openapi.json

packages: $(VENV)/installed-dev $(NODE_MODULES)/.package-lock.json ## pack the clients for Python and TypeScript into dist, or DIST=...
	mkdir -p '$(or $(DIST),dist)'
	$(BIN)/python -m build --no-isolation --outdir '$(or $(DIST),dist)' clients/python
	rm -rf clients/typescript/dist
	cd clients/typescript && npm run --silent build && npm pack --silent --pack-destination '$(abspath $(or $(DIST),dist))'

$(NODE_MODULES)/.package-lock.json: clients/typescript/package-lock.json
	cd clients/typescript && npm ci
	@touch $@

clean: ## remove what was installed and what tests left
	rm -rf $(VENV) tests/engine/web/compat/node/node_modules $(NODE_MODULES) clients/typescript/dist dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/installed-demo: requirements-demo.txt $(VENV)/installed
	$(PIP) --requirement requirements-demo.txt
	@touch $@

# pip takes twice as long as uv for what development needs, which contains all that the server needs. It is asked where
# uv has no index: a mirror may be known to pip alone.
$(VENV)/installed-dev: requirements-installer.txt requirements-dev.txt requirements-connector.txt requirements-demo.txt requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements-installer.txt
	$(UV) --requirement requirements-dev.txt || $(PIP) --requirement requirements-dev.txt
	$(PIP) --no-deps --upgrade --target $(VENV)/binance-connector --requirement requirements-connector.txt
	@touch $(VENV)/installed $(VENV)/installed-demo $@

$(VENV)/installed-bench: requirements-bench.txt $(VENV)/installed-dev
	$(UV) --requirement requirements-bench.txt
	@touch $@

$(CLIENTS)/installed: requirements-clients.txt
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-clients.txt
	@touch $@
