PYTHON ?= python3
BIN := .venv/bin
# The stamp is newer than the lock exactly when .venv holds what the lock says.
STAMP := .venv/installed

.PHONY: run test test-real run-real lab lessons lock clean

run: $(STAMP)  ## run all notebooks at lesson size; scores and a report in runs/
	$(BIN)/python -m helpers run

test: $(STAMP)  ## unit tests, and nbval over the smoke-size copies of all notebooks
	env -u MASKBOOK_DATA $(BIN)/python -m pytest -m "not real"

test-real: $(STAMP)  ## the tests that need real data, in MASKBOOK_DATA or data/real
	$(BIN)/python -m pytest -m real

run-real: $(STAMP)  ## the notebooks on the real sets, in MASKBOOK_DATA or data/real
	$(BIN)/python -m helpers run --real

lab: $(STAMP)  ## open the notebooks
	$(BIN)/jupyter lab --notebook-dir=. notebooks/00_start_here.ipynb

lessons: $(STAMP)  ## run all notebooks at lesson size and store their outputs
	$(BIN)/python -m helpers run --store

lock:  ## write the lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra dev \
	  pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --extra dev --extra app \
	  --constraint requirements.lock pyproject.toml --output-file requirements-app.lock

clean:
	rm -rf .venv runs build *.egg-info .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info < (3, 14), "Maskbook needs Python 3.11 to 3.13, found " + sys.version.split()[0] + ": name another with make PYTHON=python3.12"'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)
