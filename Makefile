# Guichet. `make` lists what can be done.
.DEFAULT_GOAL := help
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST
PY := .venv/bin/python

.PHONY: help setup run test check fix messages bench faults ci

help:  ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run:  ## Install, prepare and start the portal (PORT=8001 for another port)
	@scripts/bootstrap run && exec $(PY) manage.py run

setup:  ## Install what development and tests need
	@scripts/bootstrap dev

test: setup  ## Run every test, on SQLite and on PostgreSQL, browser journeys included
	@$(PY) scripts/test.py

check: setup  ## Run every check that needs no database
	@$(PY) scripts/check.py

fix: setup  ## Correct format and style where a program can
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format . ; $(PY) scripts/check.py --fix-templates

messages: setup  ## Extract the texts to translate into locale/
	@$(PY) manage.py makemessages -l fr -l ar --no-wrap --add-location file --ignore '.venv' --ignore 'var' --ignore 'build' --ignore 'tests'

bench: setup  ## Measure the main journeys; results in build/bench.json
	@$(PY) -m bench.run

faults: setup  ## Kill processes in turn and in the middle of the main job: nothing lost, nothing twice (an hour on a busy machine: docs/faults.md)
	@$(PY) -m pytest -m faults tests/faults -s -p no:randomly

ci:  ## What the build machine runs
	@.ci/run
