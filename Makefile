# The two commands of the README are `make demo` and `make test`; each command sets up what it needs and may be called again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUNTIME := $(VENV)/.runtime
# One test worker more than cores: the tests wait for servers, browsers and processes a quarter of their time.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; call make with PYTHON=python3.11")

.PHONY: demo test check bench docs wheel install lock clean

demo: $(STAMP)
	$(BIN)/proposals demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Ratios against peers and physical floors; writes docs/performance.md.
bench: $(STAMP)
	$(BIN)/python -m benchmarks

# The generated pages, then the site in site/; a link to nothing stops it.
docs: $(STAMP)
	$(BIN)/python -m tests.write_docs
	$(BIN)/mkdocs build --quiet

# The wheel, installed with its dependencies into an environment that holds nothing else, and tried there.
wheel:
	$(PYTHON) -m tests.wheel build/wheel

# What a server needs and no more (docs/operate.md).
install: $(RUNTIME)

# Versions are locked in constraints.txt; ranges stand in pyproject.toml.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c '$(NEW_ENOUGH)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP) $(RUNTIME)

$(RUNTIME): pyproject.toml constraints.txt
	$(PYTHON) -c '$(NEW_ENOUGH)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $(RUNTIME)

# soupsieve 3 wants Python 3.11.5, and Debian 12 has 3.11.2.
lock:
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --upgrade-strategy eager --editable '.[dev]' 'soupsieve<3'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist site *.egg-info
