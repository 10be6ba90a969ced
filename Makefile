# Each target sets up what it needs, once; a second run is quick. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
# ARGS passes options on: make bench ARGS="autostart --kiosks 25 --json"
ARGS ?=
# ONLY picks suites: make test ONLY="server wire"
ONLY ?=
# MINUTES lengthens the random tests: make fuzz MINUTES=30
MINUTES ?= 1

.PHONY: help setup demo test fuzz check bench screenshots build format clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 22

setup: ## Install everything that the other targets need
	@bash deploy/setup/setup

demo: setup ## A booked call on this machine, both sides, one minute from now
	@exec $(PY) -m e2e.stand.demo $(ARGS)

test: setup ## All tests (ONLY="wire server kiosk frontend e2e" picks some)
	@$(PY) deploy/setup/run_tests.py $(ONLY)

fuzz: setup ## Random lives of bookings against a plain model, for MINUTES=n
	@$(PY) deploy/setup/run_fuzz.py $(MINUTES)

check: setup ## Format, lint, types, import contracts, missing migrations
	@$(PY) deploy/setup/run_checks.py

bench: setup ## The measurements: all, or ARGS="NAME [options]"
	@$(PY) -m bench $(ARGS)

screenshots: setup ## Every page at 390 and 1280 px wide, into docs/images/
	@$(PY) -m e2e.stand.screenshots $(ARGS)

build: setup ## The three packages as wheels, into var/dist/
	@bash deploy/setup/build

format: setup ## Write the format that `make check` wants
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix-only .
	@cd frontend && npm run --silent format
	@$(PY) deploy/setup/write_messages.py
	@$(PY) deploy/setup/write_figures.py

clean: ## Remove what was built and installed here
	@rm -rf .venv .setup .mypy_cache .ruff_cache .pytest_cache .import_linter_cache var \
	  frontend/node_modules kiosk/src/cordee_kiosk/stage server/src/cordee/web/static/built
