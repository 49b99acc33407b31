# The two commands a user needs are `make run` and `make test`; the rest are their parts and the large measures.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: bench-explore setup run test lint format clean cases accuracy bench-accuracy bench-publish bench-kill bench-tables bench-farm bench-second-night bench-compare
setup: .venv/.stamp

.venv/.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "gongkai needs Python 3.11; name it with make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@$(BIN)/gongkai sample

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

# N reports (10000), damage DAMAGE (default): make bench-accuracy N=300 DAMAGE=heavy
bench-accuracy: setup
	$(BIN)/python -m benchmarks.bench_accuracy --jobs 2 --reports $(or $(N),10000) --damage $(or $(DAMAGE),default)

# Proposes the truth of recorded reports that have none (truth.json.new), and fails, so that a person reads it first
cases: setup
	$(BIN)/python -m tests.report_cases

# How well reports are read, by era, medium and layout: writes docs/accuracy.md and docs/accuracy.json
accuracy: setup
	$(BIN)/python -m benchmarks.accuracy

# What publishing costs: N cells against pyarrow, then N reports province by province
bench-publish: setup
	$(BIN)/python -m benchmarks.bench_publish cells --cells $(or $(CELLS),1000000)
	$(BIN)/python -m benchmarks.bench_publish reports --reports $(or $(N),100000)

# Whether latest verifies wherever a publication is killed
bench-kill: setup
	$(BIN)/python -m benchmarks.bench_kill --points $(or $(POINTS),200)

bench-tables: setup
	$(BIN)/python -m benchmarks.bench_tables --reports $(or $(N),3)

# 60 sites of all families with 2,000 reports and faults, collected twice
bench-farm: setup
	$(BIN)/python -m benchmarks.bench_farm --sites $(or $(SITES),60) --reports $(or $(N),2000)

# a night without news over N known captures (10000)
bench-second-night: setup
	$(BIN)/python -m benchmarks.bench_second_night --reports $(or $(N),10000)

lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --python-version 3.11 --quiet -o requirements.lock

clean:
	rm -rf .venv data/archive data/work data/releases data/runs data/prefect

# how well and how fast figures are read from prose: make score-figures CASES=tests/cases/narrative/held_out.jsonl
score-figures: setup
	$(BIN)/python -m benchmarks.score_figures $(or $(CASES),$(wildcard tests/cases/narrative/*.jsonl)) --errors $(or $(ERRORS),0)

bench-figures: setup
	$(BIN)/python -m benchmarks.bench_figures $(or $(CASES),$(wildcard tests/cases/narrative/*.jsonl)) --cutter $(or $(CUTTER),jieba)

# A generated country as a site: make bench-explore DISTRICTS=300
bench-explore: setup
	$(BIN)/python -m benchmarks.bench_explore --districts $(or $(DISTRICTS),3000)

# The panel of a generated country, and gongkai compare on it: make bench-compare DISTRICTS=300
bench-compare: setup
	$(BIN)/python -m benchmarks.bench_compare --districts $(or $(DISTRICTS),3000)
