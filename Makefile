# Everything here runs from a fresh checkout on a machine with Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin
PURE := not servers and not real_data and not chaos
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help

help:       ## what you can do here
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | sort

.venv/runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m accord "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/accord
	@chmod +x $(BIN)/accord
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

SIGSTORE := tests/audit/sigstore
NPM := $(SIGSTORE)/node_modules/.package-lock.json
$(NPM): $(SIGSTORE)/package.json $(SIGSTORE)/package-lock.json
	@command -v npm >/dev/null || { echo "The tests need Node 20.17 or newer, with npm." >&2; exit 1; }
	npm ci --prefix $(SIGSTORE) --silent
	@touch $@

.venv/bench: requirements-bench.txt .venv/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-bench.txt
	@touch $@

install: .venv/runtime  ## the runtime's packages, into .venv

install-dev: .venv/dev $(NPM)  ## those of the tests and checks too, with what they have from npm

run: .venv/runtime      ## everything on this machine, with a demo coalition
	$(BIN)/accord up --demo

fmt: .venv/dev          ## format, and mend what ruff can
	ruff format . && ruff check --fix .

check: .venv/dev        ## all that must hold before a commit: layout, lint, types, imports
	ruff format --check . && ruff check . && mypy && lint-imports
	python -m tests.bench tables
	python -m tests.contracts.events

npm: $(NPM)             ## what the tests have from npm: the Merkle code of @sigstore/verify

fast: .venv/dev         ## the tests that need no servers, in parallel
	pytest -n auto -m "$(PURE)"

test: .venv/dev $(NPM)  ## all tests, with real PostgreSQL and NATS, and a sample of chaos
	pytest -n auto -m "$(PURE)"
	pytest -n auto --dist loadfile --no-loadscope-reorder -m "servers and not real_data and not chaos"

real-data: .venv/dev    ## the imports of ../shared/data, checked against their sources
	pytest -s -m real_data tests/end_to_end/test_real_data.py

roll-calls: .venv/dev   ## every roll call of ../shared/data/unga, decided in memory, against its source
	python -m tests.meetings.roll_calls $(or $(DIR),../shared/data/unga)

compose-smoke: .venv/dev  ## the suite in real containers; COMPOSE says how to call Compose
	python -m tests.deploy.smoke

mutants: .venv/dev $(NPM)  ## one planted mistake per invariant: each must make a test fail; AREA names some
	python -m tests.mutations $(AREA)

capabilities: .venv/dev  ## what people shall be able to do and no test proves; OF names services
	python -m tests.acceptance $(OF)

scenarios: .venv/dev    ## one fault at a time, X8 to X17, and short runs of chaos under fixed seeds
	pytest -v tests/chaos

chaos: .venv/dev        ## faults under traffic, then the invariants; SECONDS and SEED say how
	python -m tests.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

bench: .venv/bench      ## how fast it is, beside others; `python -m tests.bench report bench.jsonl` publishes
	python -m tests.bench --secs 1.8 --out bench.jsonl

bench-smoke: .venv/bench  ## every row of the bench once: losses and errors fail, speed does not
	python -m tests.bench --rounds 1 --secs 0.3 --smoke --out bench-smoke.jsonl

overload: .venv/dev     ## ten times too much, one coalition with nine tenths of it, one connection
	python -m tests.chaos.overload

properties: .venv/dev   ## laws, histories and damage, searched for long
	HYPOTHESIS_PROFILE=long pytest tests/properties

schemathesis: .venv/dev ## requests of every sort to all routes, as three identities; SEED, EXAMPLES
	python -m tests.openapi

events: .venv/dev       ## docs/events.md and docs/schemas, from the event classes
	python -m tests.contracts.events

crowd: .venv/dev        ## a thousand browsers on one live page: how soon they see a stance, memory of each
	VIEWERS=1000 pytest -q -s tests/web/test_crowd.py

screenshots: .venv/dev  ## the pictures of the README, from the demo
	python -m tests.web.pictures

lock:                   ## write the requirements again: names, versions and hashes, no addresses
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra bench -c requirements-dev.txt pyproject.toml -o requirements-bench.txt

.PHONY: $(shell grep -oE '^[a-z-]+:' $(firstword $(MAKEFILE_LIST)) | tr -d :)
