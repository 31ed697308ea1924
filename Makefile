# One command each: demo, test, lint, lab, bench. Each sets itself up in .venv first; none needs root.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint lab bench kills docs clean

.venv/ready: pyproject.toml tools/setup.sh
	@PYTHON=$(PYTHON) sh tools/setup.sh

demo: .venv/ready
	@$(BIN)/python -m simulators.demo $(DEMO)

test: .venv/ready
ifdef TESTS
	@$(BIN)/python -m pytest $(TESTS)
else
# What failed beside others is run again by itself: a machine that is too busy for three is nobody's fault.
	@$(BIN)/python -m pytest -m "not alone" || $(BIN)/python -m pytest --lf --lfnf=none -n 0
	@$(BIN)/python -m pytest -m alone -n 0
endif

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@$(BIN)/python -m tools.stubs
	$(BIN)/lint-imports

# The Linux drivers on a real kernel, in a virtual machine; fetches the kernel (about 70 MB) into build/lab once.
lab: .venv/ready
	@$(BIN)/python -m tools.lab $(LAB)

bench: .venv/ready
	@$(BIN)/python -m tests.bench $(BENCH) $(if $(CHECK),--check)

# The hub is killed 200 times in a busy hour; some ten minutes.
KILLS ?= 200
kills: .venv/ready
	@HALLHUB_KILLS=$(KILLS) $(BIN)/python -m pytest -n 0 -s tests/system/test_kills.py

docs: .venv/ready
	@$(BIN)/python -m tools.docs

clean:
	rm -rf build .venv
