# Two commands matter: `make run` and `make test`. Each does all of its own set-up, into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: run test faults install check bench catalogs golden clean

run: $(STAMP)
	@exec $(BIN)/briefings up

test: $(STAMP)
	$(BIN)/pytest $(PYTEST_ARGS)

faults: $(STAMP)
	$(BIN)/pytest -s -m faults tests/faults $(PYTEST_ARGS)

install: $(STAMP)

# The lock is complete, so nothing is resolved: every file is named with its hashes.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m briefings.translation.refresh --check
	$(BIN)/python -m flows.deployments --check
	$(BIN)/briefings check

bench: $(STAMP)
	$(BIN)/python -m benchmarks

catalogs: $(STAMP)
	$(BIN)/python -m briefings.translation.refresh

golden: $(STAMP)
	BRIEFINGS_GOLDEN=write $(BIN)/pytest tests/rendering tests/golden

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
