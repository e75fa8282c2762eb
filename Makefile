# Two commands do everything: `make demo` and `make test`. Both install into .venv by themselves.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.PHONY: demo test lint types units cover truth soak fuzz bench bench-flat bench-days bench-xlsx capacity ha lock clean

demo: $(VENV)/installed
	@PYTHONPATH=tests/parts $(BIN)/python tests/journey/demo.py

test: lint types units

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/installed-dev
	$(BIN)/mypy

# Python may keep what it compiled, whatever the environment says: each of the hundred processes
# that the tests start would compile everything anew.
units: $(VENV)/installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2

# The same tests and what they reach: a third slower, hence not in `make test`.
cover: $(VENV)/installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --cov --cov-report=term

# A year of 20,000 people of which everything is known, judged twice and held against that: an hour
# or more, and 15 GB of disk. SMALL=1: six offices and three months.
truth: $(VENV)/installed-dev
	PYTHONPATH=tests/truth:tests/journey:tests/parts $(BIN)/python tests/truth/truth.py \
		$(if $(SMALL),--small,$(if $(TENTH),--tenth,--report docs/truth.md))

# Longer runs, each a command of its own; the last results stand in docs/.
soak: $(VENV)/installed-dev
	$(BIN)/python tests/journey/soak.py --kills 1000
	$(BIN)/python tests/journey/town.py --minutes 10

fuzz: $(VENV)/installed-dev
	$(BIN)/python tests/fuzz/fuzz.py --seconds 20 --report docs/fuzz.md
	HADIR_EXAMPLES=300 $(BIN)/pytest -q --timeout 1800 tests/ingest/test_openapi.py
	HADIR_EXAMPLES=1000 $(BIN)/pytest -q --timeout 1800 tests/ingest/discipline/test_cases_random.py
	HADIR_EXAMPLES=300 $(BIN)/pytest -q --timeout 1800 tests/ingest/judging/test_worlds.py

bench: $(VENV)/installed-dev
	$(BIN)/python bench/decode.py
	PYTHONPATH=tests/journey $(BIN)/python bench/footprint.py
	PYTHONPATH=tests/journey $(BIN)/python bench/terminals.py
	PYTHONPATH=tests/journey $(BIN)/python bench/journey.py
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/ingest.py
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/fairness.py
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/ledger.py

# What judging costs beside a year of 14 million punches: 8 GB of disk and ten minutes or more.
bench-days: $(VENV)/installed-dev
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/days.py

# A month of 20,000 people as one spreadsheet, against plain xlsxwriter: a minute or two.
bench-xlsx: $(VENV)/installed-dev
	PYTHONPATH=tests/journey $(BIN)/python bench/xlsx.py

# 20 GB of disk and a quarter of an hour.
bench-flat: $(VENV)/installed-dev
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/flat.py

# What a batch and a person-day cost, and what that comes to: the table of docs/scale.md. A minute.
capacity: $(VENV)/installed-dev
	PYTHONPATH=tests/journey:tests/parts:bench/parts $(BIN)/python bench/capacity.py

# Hosts in network namespaces, PostgreSQL that fails over: needs root and Debian packages, which it names.
ha: $(VENV)/installed-dev
	$(BIN)/pytest -q tests/ha
	PYTHONPATH=tests/journey $(BIN)/python tests/ha/ha.py --report docs/ha.md

# Needs uv; written once by whoever changes a range in pyproject.toml.
lock:
	uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header -o requirements.lock
	uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header -o requirements-dev.lock

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "hadir needs Python 3.11 or newer:" \
		"apt install python3 python3-venv, then make PYTHON=python3 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is" \
		"older than 3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "the venv module is missing:" \
		"apt install python3-venv"; exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV), with the tools of development ..."
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
