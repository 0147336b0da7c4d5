# For people. Python 3.11+ and make are enough: everything else comes into .venv, locked.

# What makes .venv, the demo's scenario, the image's name, the number of test processes.
PYTHON ?= python3
SCENARIO ?= all
IMAGE ?= devin-gate:dev
JOBS ?= auto
# Set, `make lock` takes the newest version of everything; unset, only what must change does.
UPGRADE ?=
# More arguments for `make fuzz` and for `make bench`.
FUZZ ?=
BENCH ?=
# Set, `make image` builds on this base, by digest for a release.
BASE ?=

VENV := .venv
BIN := $(VENV)/bin
# The source distribution of jsonschema, for the official test suite in it.
SOURCES := $(VENV)/sources
# Linters from npm. Without npm their tests are skipped, and say so; with CI=true they fail.
LINTERS := build/linters

# -qq: one -q still tells about every index that lacks a package.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo pictures test matrix fuzz mutation bench check lint audit format lock image clean

help: ## show this
	@echo 'make TARGET'
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| while IFS='|' read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done

demo: $(VENV)/ready ## see every way a run can end, no key needed; SCENARIO=blocked shows one
	@$(BIN)/python -m demo '$(SCENARIO)'

# Not a part of the tests, which only look whether the pictures are up to date.
pictures: $(VENV)/ready ## make docs/pictures anew; needs Chromium, npm and pngquant
	@$(BIN)/python -m demo.pictures

# A group (`xdist_group`) stays in one process: tests that share an image or a port wait there while
# the others go on beside them.
test: $(VENV)/ready $(if $(shell command -v npm),$(LINTERS)/ready) ## all layers, of the matrix every pair; containers need a Docker engine
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadgroup

matrix: $(VENV)/ready ## every fault in every phase and persistence, some minutes
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadgroup --whole-matrix tests/matrix

# 20,000 examples of each property, new ones in each run; a part: FUZZ='-k foreign'.
fuzz: $(VENV)/ready ## look for new examples in the properties, for half an hour; FUZZ='-k words'
	$(BIN)/python -m pytest --numprocesses $(JOBS) --hypothesis-profile long --timeout 0 \
		-m hypothesis $(FUZZ)

bench: $(VENV)/ready ## what it costs; writes docs/performance.md, needs a Docker engine; BENCH='--pairs 5'
	$(BIN)/python -m bench $(BENCH)

# Thousands of changed programs, so it is not part of the tests; a part: see tests/README.md.
mutation: $(VENV)/ready ## mutation score of the deciding modules, into docs/mutation.md
	$(BIN)/python -m tests.mutation --processes $(JOBS)

check: $(VENV)/ready ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/hadolint Dockerfile
	$(BIN)/zizmor --offline --quiet --persona auditor .
	$(BIN)/mypy

lint: $(VENV)/ready $(LINTERS)/ready ## the workflows, the Dockerfile and the scripts; needs npm
	CI=true $(BIN)/python -m pytest --quiet tests/repo/test_recipe_linters.py
	$(BIN)/zizmor --offline --quiet --persona auditor .
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck .ci/run release/*.sh

# In an environment of its own. A vulnerability that does not concern us stands in release/audit.txt, with
# the reason.
audit: ## ask for known vulnerabilities of all dependencies; needs the network
	$(PYTHON) -m venv --clear build/audit
	build/audit/bin/python -m pip -qq --disable-pip-version-check install \
		--require-hashes --no-deps --only-binary :all: --requirement requirements-audit.txt
	for lock in requirements.txt requirements-dev.txt requirements-audit.txt; do \
		build/audit/bin/pip-audit --strict --require-hashes --disable-pip --requirement $$lock \
			$$(sed -n 's/^\([A-Z][^ ]*\) .*/--ignore-vuln \1/p' release/audit.txt) || exit 1; done

format: $(VENV)/ready ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# The second lock takes every version of the first: what is tested is what the image has.
lock: $(VENV)/ready ## write the lock files after a change of pyproject.toml; UPGRADE=1
	$(UV_COMPILE) pyproject.toml --output-file requirements.txt
	$(UV_COMPILE) pyproject.toml --group dev --constraints requirements.txt \
		--output-file requirements-dev.txt
	$(UV_COMPILE) --group audit --output-file requirements-audit.txt

image: ## build the image; IMAGE=name:tag BASE=name@sha256:…
	docker build --tag '$(IMAGE)' $(if $(BASE),--build-arg 'BASE=$(BASE)') .

clean: ## remove everything that make made here
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(LINTERS)/ready: tests/repo/linters/package-lock.json
	@mkdir -p $(LINTERS)
	@cp tests/repo/linters/package.json $< $(LINTERS)
	@npm ci --prefix $(LINTERS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Made anew when the lock changes, so that nothing stays from before. The file comes last: an
# interrupted install is begun again.
$(VENV)/ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	@echo 'Making $(VENV) (once, some minutes)'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo 'On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --requirement requirements-dev.txt
	@mkdir $(SOURCES)
	@sed -n '/^jsonschema==/,/[^\\]$$/p' $< > $(SOURCES)/requirements.txt
	@$(PIP) download --require-hashes --no-deps --no-build-isolation --no-binary jsonschema \
		--requirement $(SOURCES)/requirements.txt --dest $(SOURCES)
	@$(BIN)/python -m tarfile -e $(SOURCES)/jsonschema-*.tar.gz $(SOURCES)
	@touch $@
