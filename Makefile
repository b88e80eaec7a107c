# Every command of the project. `make` alone lists them; ARGS is passed on by run, test and bench.

PY := .venv/bin/python
ARCH :=
.DEFAULT_GOAL := help
.PHONY: help setup run test lint types format bench kill-test web system-packages definitions constraints package deploy clean

# An activated environment or a global PYTHONPATH must not leak into ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

setup: .venv/installed ## create .venv with everything that development needs

.venv/installed: pyproject.toml constraints.txt hatch_build.py src/liveinsight/__init__.py scripts/setup.sh
	@sh scripts/setup.sh
	@touch $@

run: web ## serve with a demo shop to click on (make run ARGS='--port 9000')
	.venv/bin/liveinsight serve --demo $(ARGS)

test: web system-packages ## check everything, as CI does (make test ARGS='-k session')
	$(PY) scripts/build_web.py --check
	$(MAKE) lint types
	$(PY) -m pytest $(ARGS)
	$(if $(ARGS),,$(PY) scripts/django_versions.py)

lint: setup ## style, formatting and import direction
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	.venv/bin/lint-imports

types: setup ## mypy, strict
	$(PY) -m mypy

format: setup ## let ruff repair what it can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bench: setup ## measure throughput and latency (needs wrk)
	$(PY) -m benchmarks $(ARGS)

kill-test: setup ## kill the server 200 times and count the events
	KILLS=200 $(PY) -m pytest tests/durability/test_kill.py

web: setup ## build the tracker and the pages
	$(PY) scripts/build_web.py

system-packages: setup
	$(PY) scripts/system_packages.py
	$(PY) scripts/dynamodb_local.py
	$(PY) scripts/aws_tools.py

definitions: setup ## write docs/definitions.md from the vocabulary
	$(PY) scripts/definitions.py

constraints: setup ## pin the newest versions of all dependencies in constraints.txt
	$(PY) scripts/constraints.py
	$(MAKE) setup

package: web ## build the zips of the Lambda functions (make package ARCH=x86_64)
	$(PY) scripts/package.py $(if $(ARCH),--arch $(ARCH))

deploy: web ## set up LiveInsight in your AWS account, or upgrade it: docs/howto/aws.md (needs sam)
	$(PY) scripts/deploy.py $(if $(ARCH),--arch $(ARCH)) $(ARGS)

clean: ## remove everything that these commands made, except data
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/liveinsight/web web/node_modules
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
