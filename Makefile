# make demo, make test: nothing has to be prepared but Python 3.11 or newer and make.
#
# The environment is .venv, made when it is missing and brought up to date when pyproject.toml has
# changed; after that no target needs the network. PYTHON=python3.13 chooses the interpreter (a path
# without spaces), and keeps an environment of its own beside .venv.
# TESTS="tests/sqlfile -k dollar" chooses what `make test` runs.

PYTHON ?=
TESTS ?=
QUERIES ?= 20000
VENV := .venv$(if $(PYTHON),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
# The tests start hundreds of Pythons, which would each compile sqlkit again.
unexport PYTHONDONTWRITEBYTECODE
READY := $(VENV)/installed.toml

# What has to happen soon; "make test" allows it more time, on a machine that does other things too.
PROMPT = $(shell grep -rl --include='test_*.py' 'from tests.patience import' tests)

# What makes up its rows and mixes of calls; "make soak" has it make up more.
MADE_UP = $(shell grep -rl --include='test_*.py' 'import.* examples' tests)

.PHONY: help demo test chaos soak fuzz bench lint types layers check format clean

help:
	@echo "make demo     see it work, from migration to rows"
	@echo "make test     run the tests               TESTS=tests/sqlfile  PYTHON=python3.13"
	@echo "make chaos    minutes of outages, a failover, 10,000 mixed calls"
	@echo "make soak     a million calls, ten million rows, 100,000 calls of 16 threads"
	@echo "make fuzz     20,000 random queries     QUERIES=500"
	@echo "make bench    measure, beside other libraries too, and write docs/benchmarks.md"
	@echo "make lint     ruff and sqlfluff           make format puts right what they can"
	@echo "make types    mypy and pyright, strict"
	@echo "make layers   which room imports which"
	@echo "make check    are sql/*.py what sql/*.sql says?"
	@echo "make clean    remove what the others made"

demo: $(READY)
	@$(BIN)/python -m docs.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 $(TESTS)

# What takes minutes may.
chaos soak: export PYTEST_ADDOPTS := --timeout 1800 -o faulthandler_timeout=1790

chaos: $(READY)
	$(BIN)/python -m tests.policy.breaker
	SQLKIT_TEST_CALLS=1000 $(BIN)/python -m pytest tests/database/test_told.py -k mixed_calls
	SQLKIT_TEST_PART=1 $(BIN)/python -m pytest -n0 tests/sqlfile/test_bounds.py
	SQLKIT_TEST_SLACK=0.1 $(BIN)/python -m pytest -n0 $(PROMPT)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -p tests.without_lower_layers \
		--ignore tests/database/fast/test_lower_layers.py tests/database
	$(BIN)/python -m pytest -n0 -p no:randomly tests/chaos

soak: $(READY)
	SQLKIT_TEST_EXAMPLES=300 $(BIN)/python -m pytest -n0 -p no:randomly tests/soak $(MADE_UP)

fuzz: $(READY)
	$(BIN)/python -m tests.describe.soundness $(QUERIES)

bench: $(VENV)/bench.toml
	$(BIN)/python -m benchmarks run --peers --json $(VENV)/bench.json
	$(BIN)/python -m benchmarks report $(VENV)/bench.json

$(VENV)/bench.toml: $(READY)
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	cp pyproject.toml $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --disable-progress-bar sql migrations benchmarks

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar sql migrations benchmarks

types: $(READY)
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

layers: $(READY)
	$(BIN)/lint-imports

check: $(READY)
	$(BIN)/sqlkit check
	cd benchmarks && ../$(BIN)/sqlkit check

$(READY): pyproject.toml .ci/setup
	@sh .ci/setup $(VENV) $(PYTHON)

clean:
	-@test ! -x $(BIN)/sqlkit || $(BIN)/sqlkit db stop 2>/dev/null
	rm -rf .venv .venv-* .sqlkit build dist *.egg-info .coverage .coverage.*
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find sqlkit sql tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
