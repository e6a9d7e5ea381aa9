# Everything runs from a virtual environment in .venv that the first target makes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOX := $(BIN)/python -m tox
# Environments that "make test" runs at a time.
PARALLEL ?= 2

.PHONY: help demo test smoke lint bench test-gpu clean

help:
	@echo "make demo      train a network on handwritten digits (RESUME=1 goes on from the last snapshot)"
	@echo "make test      all tests: each package alone, all together, lint, types, wheels"
	@echo "make smoke     the ten-second run before a commit"
	@echo "make lint      ruff, mypy and the rules of the repository"
	@echo "make bench     time Catenary beside PyTorch"
	@echo "make test-gpu  the tests that need a CUDA device"
	@echo "make clean     remove what the other targets made"

$(READY): requirements-dev.txt bootstrap.py $(wildcard packages/*/pyproject.toml)
	$(PYTHON) bootstrap.py $(VENV)
	@touch $@

demo: $(READY)
	$(BIN)/python examples/digits/train_digits.py

test: $(READY)
	$(TOX) run-parallel -p $(PARALLEL) --parallel-no-spinner

smoke: $(READY)
	$(BIN)/python -m pytest -q -m smoke

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python tools/check_packages.py

bench: $(READY)
	$(TOX) run -e bench

test-gpu: $(READY)
	$(TOX) run -m gpu

clean:
	rm -rf .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist result $(VENV)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
