# Everything from a fresh machine with Python 3.11 or later: `make demo`, `make test`.
# Another interpreter: make test PYTHON=python3.13
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Keep bytecode: without it, each of the processes that tests start compiles everything anew
export PYTHONDONTWRITEBYTECODE :=

READY := $(VENV)/.ready
FOR_DEMO := $(VENV)/.ready-demo

.PHONY: browser captures crash fuzz frozen demo test test-full coverage test-floors test-peers test-types lint house bench bench-peers data check-data types sandbox-page clean documented docs reference wheel

demo: $(if $(wildcard $(READY)),$(READY),$(FOR_DEMO))
	@$(BIN)/leangraph demo

# A share of every kind of input, on all processors; the tests of a file share what they make (--dist loadfile)
test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile --cases 24

# All of it
test-full: lint
	LEANGRAPH_TESTS=full $(BIN)/python -m pytest -n auto --dist loadfile

# The lines and branches that no test of the share reaches, also in the processes that tests start
coverage: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report term

# The lowest versions that pyproject.toml allows, with the tests of settings, sign-in and connections
FLOORS := .venv-floors
test-floors:
	@test -x $(FLOORS)/bin/python || $(PYTHON) -m venv $(FLOORS)
	@$(FLOORS)/bin/python tools/floors.py cli > $(FLOORS)/floors.txt
	@$(FLOORS)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint $(FLOORS)/floors.txt
	$(FLOORS)/bin/python -m pip check
	$(FLOORS)/bin/python -m pytest -W default tests/client/test_settings.py tests/client/test_settings_sources.py tests/client/test_client.py tests/client/test_session.py tests/signin

# Other people's clients against the sandbox, unmodified and in their default configuration, each in an environment of
# its own: the Python ones (the official SDK alone is 473 MB), azure-cli, and those of Node. Prints what works, and
# writes the table into docs/testing.md. Then azure-identity, the SDK and httpx on a holder, and fan_out on Dask.
PEERS := .venv-peers/bin/python
test-peers: $(READY)
	@test -x $(PEERS) || $(PYTHON) -m venv .venv-peers
	@$(PEERS) -m pip install --quiet --disable-pip-version-check --editable '.[dev]' -r peers/requirements.txt
	@test -x .venv-peers-az/bin/python || $(PYTHON) -m venv .venv-peers-az
	@.venv-peers-az/bin/python -m pip install --quiet --disable-pip-version-check -r peers/requirements-az.txt
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix peers/node
	$(BIN)/python peers/run.py
	$(PEERS) -m pytest tests/client/dask_fan_out.py
	$(PEERS) -m pytest -W default --disable-warnings peers

# The stubs with pyright as well, which needs node: it goes into the virtual environment
test-types: $(READY)
	@test -x $(VENV)/pyright/node_modules/.bin/pyright || npm install --silent --no-audit --no-fund --prefix $(VENV)/pyright pyright@1.1.414
	$(BIN)/python -m pytest tests/client/test_types.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What has outgrown its budget: code lines by room, long files and functions, circles
house: $(READY)
	$(BIN)/python tools/house.py

# Ctrl-C at a hundred moments of fan_out (prints the longest time that it took to end, in seconds); then kill -9 of
# bulk writes, sync and downloads at random moments, and two runs at once: CRASH_SECONDS each, the seed is printed;
# then each job that writes, killed at ten moments and resumed
CRASH_SECONDS ?= 30
crash: $(READY)
	PYTHONPATH=tests/support $(BIN)/python tests/support/interrupted.py 100 threads
	PYTHONPATH=tests/support $(BIN)/python tests/support/interrupted.py 20 processes
	PYTHONPATH=tests/support $(BIN)/python tests/support/killed.py $(CRASH_SECONDS)
	PYTHONPATH=tests/support $(BIN)/python tests/support/killed_jobs.py 10

# The overview in a real browser: nothing is loaded from elsewhere, no error is told, a picture is left in shots/
browser: $(READY)
	LEANGRAPH_SHOTS=$(CURDIR)/shots $(BIN)/python -m pytest tests/jobs/in_browser.py -rs

# A one-file program by PyInstaller, in an environment of its own, run against a sandbox
frozen:
	@test -x .venv-frozen/bin/python || $(PYTHON) -m venv .venv-frozen
	@.venv-frozen/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	@.venv-frozen/bin/python -m pip install --quiet --disable-pip-version-check '.[cli]' 'pyinstaller>=6.9' pytest
	PYTHONPATH=tests/support .venv-frozen/bin/python tools/frozen.py

# Random words for whatever reads a server's: answers byte by byte, headers, the pace, options, batches; FUZZ_SECONDS each
fuzz: $(READY)
	$(BIN)/python tools/fuzz.py

# Rewrite the captures in docs/cli.md from real runs on a terminal, and see that every way to start prints the same
captures: $(READY)
	$(BIN)/python tools/captures.py

bench: $(READY)
	$(BIN)/python -m benchmarks

# Against other clients, each in an environment of its own, .venv-bench-*; takes half an hour
bench-peers: $(READY)
	$(BIN)/python -m benchmarks.peers

# Rewrite src/leangraph/knowledge from Microsoft's metadata, permission table and filter table:
# make data METADATA=graph-v1.0.csdl PERMISSIONS=permissions.json ADVANCED=advanced-queries.tsv
SOURCES = --metadata '$(METADATA)' --permissions '$(PERMISSIONS)' --advanced '$(ADVANCED)'
data: $(READY)
	$(BIN)/python tools/make_data.py $(SOURCES)

# The same files, to compare: is everything what the generator makes of them, and every cell of the filter table right?
check-data: $(READY)
	$(BIN)/python tools/make_data.py --check $(SOURCES)
	FILTER_TABLE='$(ADVANCED)' $(BIN)/python -m pytest tests/client/test_rules.py

# Rewrite the stubs in src/leangraph/types and the lists in docs/types.md:
# make types METADATA=graph-v1.0.csdl, or METADATA='https://graph.microsoft.com/v1.0/$$metadata'
types: $(READY)
	$(BIN)/python tools/make_types.py --metadata '$(METADATA)'

# Rewrite docs/sandbox-endpoints.md: what the sandbox acts out, and the test that proves it
sandbox-page: $(READY)
	$(BIN)/python tools/make_sandbox_page.py

# Build the wheel and install it by pip, uvx and pipx into empty environments
wheel: $(READY)
	$(BIN)/python tools/try_wheel.py

# The site, in build/docs/site: every link leads somewhere, and every page opens in a browser. Needs npm.
docs: reference
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check zensical==0.0.70
	.venv-docs/bin/python tools/make_docs.py

# Rewrite docs/reference.md from the docstrings
reference: $(READY)
	$(BIN)/python tools/make_reference.py

# Count the documented examples that the sandbox answers as documented: make documented DOCUMENTED=FILE.jsonl
documented: $(READY)
	$(BIN)/python tools/documented.py $(or $(DOCUMENTED),$(error say which file: make documented DOCUMENTED=FILE.jsonl))

$(READY) $(FOR_DEMO): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "leangraph needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(if $(filter $(READY),$@),dev,cli)]'
	@touch $@

clean:
	rm -rf $(VENV) .coverage .venv-floors .venv-frozen .venv-peers .venv-bench-* .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
