# What a person or a machine does with this repository; `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
BENCH_STAMP := .venv/installed-bench
VLLM_STAMP := .venv-vllm/installed
FIND_LINKS = UV_FIND_LINKS="$${UV_FIND_LINKS:-$${PIP_FIND_LINKS:-$$($(PYTHON) -m pip config get global.find-links 2>/dev/null)}}"
BENCHMARKS := $(filter-out __init__ report,$(notdir $(basename $(wildcard benchmarks/*.py)) $(patsubst %/__main__.py,%,$(wildcard benchmarks/*/__main__.py))))

.PHONY: help install vllm demo up test lint bench lock cards

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## install the locked dependencies and this project into .venv

# Every file is checked against the lock's hash. Bytecode is compiled now, so that the first start of ten
# processes does not compile the same modules ten times.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(BIN)/python -m compileall -q shared servers supervisor
	touch $@

# What benchmarks compare with is locked together with the rest and installed beside it.
$(BENCH_STAMP): $(STAMP) benchmarks/requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r benchmarks/requirements.lock
	touch $@

vllm: $(VLLM_STAMP) ## install vLLM for machines without a GPU into .venv-vllm (2 GB)

# uv does not read pip's configuration, in which a machine may say where PyTorch's CPU build lies.
$(VLLM_STAMP): $(STAMP) requirements-vllm.lock
	test -x .venv-vllm/bin/python || $(BIN)/uv venv --quiet --python 3.11 .venv-vllm
	$(FIND_LINKS) $(BIN)/uv pip install --quiet --python .venv-vllm/bin/python --compile-bytecode --no-deps --require-hashes -r requirements-vllm.lock
	touch $@

demo: install ## from a bundled posting to a shortlist, on a deployment of its own
	$(BIN)/hiremesh demo

up: install ## start everything and stay until Ctrl-C
	$(BIN)/hiremesh up

test: install vllm ## all tests, as many at once as there are cores, four at most
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile

lint: install ## ruff, pyright, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(BENCH_STAMP) ## one benchmark: make bench NAME=mailbox
	@test -n "$(NAME)" || { echo "make bench NAME=... with one of: $(BENCHMARKS)"; exit 2; }
	$(BIN)/python -m benchmarks.$(NAME)

lock: install ## resolve the dependencies anew and write requirements.lock
	$(BIN)/uv lock --quiet
	$(BIN)/uv export --quiet --format requirements.txt --no-emit-project --output-file requirements.lock
	$(BIN)/uv export --quiet --format requirements.txt --no-emit-project --only-group bench --output-file benchmarks/requirements.lock
	$(FIND_LINKS) $(BIN)/uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 --override requirements-vllm.overrides --output-file requirements-vllm.lock requirements-vllm.in

cards: install ## write agent_cards/ from the units' code
	$(BIN)/hiremesh cards
