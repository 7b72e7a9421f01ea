# Everything runs from .venv, made by the first target that needs it; git, uv or an activated environment are not needed.
# Another interpreter: make PYTHON=/path/to/python3 …      Another file: make audit FILE=my-scenario.yaml

VENV   := .venv
NEWEST := .venv-newest
BIN    := $(VENV)/bin
FILE   ?= scenarios/quickstart.yaml
INPUTS := pyproject.toml requirements.lock scripts/bootstrap.sh scripts/find-python.sh
PAGE   := scripts/web.sh $(wildcard petri/viewer/wire*.py) $(shell find web petri/viewer/static -name node_modules -prune -o -type f -print 2>/dev/null)

# The other end of the Pythons that we support, where this machine has one that is newer than that of .venv.
PYTHON_NEWEST := $(shell PYTHON='$(or $(PYTHON),$(wildcard $(BIN)/python))' sh scripts/find-python.sh newest 2>/dev/null)
LATER := $(if $(PYTHON_NEWEST),$(NEWEST),$(VENV))

# Browsers, processes of their own and wire formats: coverage would say little of them, and make them take twice as long.
# Whole files go to one worker each, what takes longest first: a file shares a browser, a server and what they show.
APART  := tests/viewer/e2e tests/hostile tests/crash tests/clients

export PYTHON
# Tests start some hundred processes, and each would compile all of Petri.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help audit test check page cover apart newest environments web bench schemas reference lock clean

help: ## list these targets
	@echo "Petri: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '  %-9s %s\n' "$$name" "$$text"; done

audit: $(VENV)/.petri ## audit three scenarios with simulated models: no network, no key (FILE=… for another file)
	@echo "audit: $(FILE) with built-in simulated models; no key is used"
	@$(BIN)/petri audit $(FILE) --offline
	@echo "audit: the commands above are in $(BIN); \`. $(BIN)/activate\` puts them on the path"

test: ## lint, types, the page and the suite: coverage on the oldest Python found, whole runs on the newest
	@$(MAKE) --no-print-directory -j2 environments
	@$(MAKE) --no-print-directory -j2 check page
	@$(MAKE) --no-print-directory cover
	@$(MAKE) --no-print-directory apart

environments: $(VENV)/.petri-dev $(LATER)/.petri-test

check: $(VENV)/.petri-dev ## lint, format and types
	@echo "check: ruff, rules"
	@$(BIN)/ruff check --quiet .
	@echo "check: ruff, format"
	@$(BIN)/ruff format --check --quiet .
	@echo "check: pyright, strict"
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

page: .cache/page ## the viewer's page: types, lint, tests, and whether the committed bundle is what web/ builds

cover: $(VENV)/.petri-dev ## the suite with branch coverage, but for what the next one runs (.venv/bin/coverage report: which)
	@echo "cover: the suite on $$($(BIN)/python -V), with coverage"
	@$(BIN)/pytest -q -n 2 --dist worksteal --cov --cov-report= $(APART:%=--ignore=%)

apart: environments web/node_modules/.petri ## the rest, on the newest Python found: Chromium, kills, wire formats
	@echo "apart: $(APART) on $$($(LATER)/bin/python -V)"
	@CHROMIUM=$$(sh scripts/browser.sh) && export CHROMIUM && \
	$(LATER)/bin/pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(APART)

newest: environments ## the suite but for its longest tests on the newest Python found, which `make test` leaves out
	@echo "newest: the suite but for its longest tests on $$($(LATER)/bin/python -V)"
	@$(LATER)/bin/pytest -q -n 2 --dist worksteal -m "not long" $(APART:%=--ignore=%)

web: web/node_modules/.petri ## build the viewer's page into petri/viewer/static/, which is committed
	@echo "web: petri/viewer/static"
	@sh scripts/web.sh $(VENV) build

bench: $(VENV)/.petri-dev ## overhead of our loop over Inspect's own, as ratios
	@echo "bench: a few minutes"
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/prompts.py

schemas: $(VENV)/.petri ## regenerate the JSON Schemas of scenario and rubric files
	@echo "schemas: scenarios/scenario.schema.json, judges/rubric.schema.json"
	@$(BIN)/petri schema scenario > $(VENV)/schema && mv $(VENV)/schema scenarios/scenario.schema.json
	@$(BIN)/petri schema rubric > $(VENV)/schema && mv $(VENV)/schema judges/rubric.schema.json

reference: $(VENV)/.petri ## regenerate docs/cli.md and the tables of docs/
	@echo "reference: docs/cli.md, docs/files.md, docs/offline.md, docs/tables.md, scenarios/README.md"
	@$(BIN)/python scripts/reference.py

lock: $(VENV)/.petri-dev ## resolve requirements.lock anew, for every supported Python
	@echo "lock: requirements.lock"
	@$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev \
	  --no-header --no-annotate --no-emit-index-url --output-file requirements.lock pyproject.toml > $(VENV)/lock.log

clean: ## remove environments, caches and builds; runs in transcripts/ stay
	@echo "clean: environments, caches, builds"
	@rm -rf $(VENV) $(NEWEST) web/node_modules .cache .coverage .coverage.* .hypothesis .pytest_cache .ruff_cache htmlcov build dist
	@find petri tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

web/node_modules/.petri: web/package-lock.json scripts/web.sh | $(VENV)/.petri-dev
	@echo "page: what web/package-lock.json names"
	@sh scripts/web.sh $(VENV) install
	@touch $@

.cache/page: web/node_modules/.petri $(PAGE)
	@echo "page: types, lint, tests, bundle"
	@sh scripts/web.sh $(VENV) check
	@mkdir -p $(@D) && touch $@

%/.petri: $(INPUTS)
	@sh scripts/bootstrap.sh $*

%/.petri-dev: $(INPUTS)
	@sh scripts/bootstrap.sh $* dev

# What `dev` installs, `test` would install again.
$(VENV)/.petri-test: $(VENV)/.petri-dev
	@touch $@

$(NEWEST)/.petri-test: $(INPUTS)
	@PYTHON='$(PYTHON_NEWEST)' sh scripts/bootstrap.sh $(NEWEST) test
