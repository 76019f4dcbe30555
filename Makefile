# Short names for the commands that CONTRIBUTING.md explains.
PYTHON := .venv/bin/python

.PHONY: help fast check generate docs local hooks mutants bench release

help:
	@echo "make fast      tests, lint and types that end within minutes: scripts/test.sh"
	@echo "make check     everything that CI runs: scripts/test.sh --all"
	@echo "make generate  writes every generated file: golden requests, docs, blocks of sam/template.yaml"
	@echo "make docs      writes the generated pages of docs/ alone"
	@echo "make local     starts the backend with demo content on this machine"
	@echo "make hooks     installs the git hooks of .pre-commit-config.yaml"
	@echo "make mutants   changes the engine's core in some hundred ways and counts how many the tests notice"
	@echo "make bench     measures clients, growth, cold starts and the API, and writes docs/performance.md"
	@echo "make release   builds sdist and wheel into dist/ and checks them"

fast:
	scripts/test.sh

check:
	scripts/test.sh --all

generate:
	scripts/generate.sh

docs:
	$(PYTHON) -m singletable docs
	$(PYTHON) scripts/app_docs.py

local:
	scripts/run_backend_local.sh up

hooks:
	$(PYTHON) -m pre_commit install --hook-type pre-commit --hook-type pre-push

# ROOMS="codec formats" SAMPLE=100 SEED=2 make mutants; may be interrupted and goes on where it was.
mutants:
	$(PYTHON) scripts/mutate.py --sample $(or $(SAMPLE),40) --seed $(or $(SEED),1) $(ROOMS)

# In an environment of its own, not in .venv. May be interrupted and goes on where it was.
bench:
	scripts/bench.sh

# The wheel is built from the sdist, which proves that the sdist is complete. Build tools come from locks/dev.txt.
release:
	rm -rf dist
	$(PYTHON) -m build --no-isolation
	$(PYTHON) -m twine check --strict dist/*
