# make demo        a town to play with on http://127.0.0.1:$PORT (default 5000)
# make demo-reset  forget that town; the next make demo seeds a new one
# make test        everything .ci/run runs
# make bench       the speed tables
# make catalogue   gather the French sentences for the translators (the application compiles them)
# make lock        renew the hashed locks from pyproject.toml

PORT ?= 5000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DEMO := REPIT_DEMO=1 REPIT_PUBLIC_URL=http://127.0.0.1:$(PORT) PORT=$(PORT)

.DELETE_ON_ERROR:
.PHONY: catalogue demo demo-reset install test lint types contracts test-sqlite test-postgres bench lock

demo: install
	@$(DEMO) $(BIN)/python .setup/port.py free
	@sh .setup/forget_demo.sh --if-unfinished
	@mkdir -p instance && test -f instance/repit.sqlite3 || touch instance/demo-unfinished
	@$(DEMO) $(BIN)/flask --app wsgi demo
	@rm -f instance/demo-unfinished
	@exec env $(DEMO) sh .setup/serve.sh

demo-reset:
	@sh .setup/forget_demo.sh

install: .make/python static/vendor/CONTENTS.json

test: install .make/python-dev .make/chromium lint types contracts test-sqlite test-postgres

lint:
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports --no-logo

# Two workers keep two cores busy; a file of tests stays on one worker.
test-sqlite:
	$(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder

# Pages do not depend on the database, nor do rules that open none: both run in the SQLite pass.
test-postgres:
	$(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder --postgres -m "not browser"

bench: install .make/python-dev .make/wrk
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.bookings
	$(BIN)/python -m benchmarks.figures
	$(BIN)/python -m benchmarks.exports
	$(BIN)/python -m benchmarks.settling
	$(BIN)/python -m benchmarks.bank_file --lines 5000

lock:
	rm -f requirements.txt requirements-dev.txt
	$(BIN)/pip-compile $(LOCKED) --output-file=requirements.txt pyproject.toml
	$(BIN)/pip-compile $(LOCKED) --extra=dev --constraint=requirements.txt \
	    --output-file=requirements-dev.txt pyproject.toml

# The sentences of the pages, into repit/translations/.
TEXTS := .make/messages.pot
KEYWORDS := -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2

catalogue: .make/python
	$(BIN)/pybabel --quiet extract -F pyproject.toml $(KEYWORDS) --no-location --sort-output \
	    --no-wrap --project=repit --version=1 -o $(TEXTS) repit templates
	@for language in fr nl en ar; do \
	    file=repit/translations/$$language/LC_MESSAGES/messages.po; \
	    test -f $$file || $(BIN)/pybabel --quiet init -i $(TEXTS) -o $$file -l $$language; \
	    $(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-obsolete \
	        --ignore-pot-creation-date -i $(TEXTS) -o $$file -l $$language; \
	done

LOCKED := --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-options \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# What is installed, each stamped so that a second run costs nothing.

.venv/pyvenv.cfg:
	sh .setup/environment.sh

.make/python: requirements.txt .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements.txt
	@mkdir -p .make && touch $@

.make/python-dev: requirements-dev.txt .make/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	@mkdir -p .make && touch $@

static/vendor/CONTENTS.json: .setup/package-lock.json .setup/browser_packages.py | .make/python
	$(BIN)/python .setup/browser_packages.py

.make/chromium: .setup/chromium.sh
	sh .setup/chromium.sh
	@mkdir -p .make && touch $@

.make/wrk: .setup/wrk.sh
	sh .setup/wrk.sh
	@mkdir -p .make && touch $@
