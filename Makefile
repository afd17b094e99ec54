# What a person or a machine does with this repository. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: help install demo up test lint bench lock cards

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## install the locked dependencies and this project into .venv

# Everything comes from the lock, each file checked against its hash; --compile-bytecode so that the first
# start of nine processes does not compile the same modules nine times.
$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock
	$(BIN)/python -m ensurepip --upgrade >/dev/null && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

demo: install ## from a bundled posting to a shortlist, on a deployment of its own
	$(BIN)/hiremesh demo

up: install ## start everything and stay
	$(BIN)/hiremesh up

test: install ## all tests
	$(BIN)/pytest

lint: install ## ruff, pyright, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: install ## a benchmark: make bench NAME=extraction
	@test -n "$(NAME)" || { echo "make bench NAME=<one of: $(patsubst benchmarks/%,%,$(filter-out benchmarks/_%,$(basename $(wildcard benchmarks/*.py)) $(patsubst %/__main__.py,%,$(wildcard benchmarks/*/__main__.py))))>"; exit 2; }
	$(BIN)/python -m benchmarks.$(NAME)

lock: ## resolve the dependencies anew and write requirements.lock
	$(BIN)/uv lock --quiet
	$(BIN)/uv export --quiet --format requirements.txt --no-emit-project --output-file requirements.lock

cards: install ## write agent_cards/ from the units' code
	$(BIN)/hiremesh cards
