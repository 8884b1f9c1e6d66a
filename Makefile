PYTHON ?= python3
BIN := .venv/bin
YEAR := out/goteborg-2027-year

# Without kept bytecode every process that starts compiles what it imports: `arshjul check` takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo year check test quick slow mutations bench bench-service bench-fill drift pictures texts docs clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

# What a newcomer needs: a third of what developers do.
.venv/small: pyproject.toml constraints.txt
	test -e .venv/ready || $(PYTHON) -m venv .venv
	test -e .venv/ready || $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

demo: .venv/small ## plan scenarios/goteborg-2027, and say where its page lies
	$(BIN)/arshjul plan scenarios/goteborg-2027 -o out/goteborg-2027 --as-of 2026-12-01T09:00

year: .venv/ready ## live through the year beside goteborg-2027, entry by entry, to 30 September; some minutes
	rm -rf $(YEAR)
	mkdir -p out
	cp -r scenarios/goteborg-2027/first $(YEAR)
	for entries in scenarios/goteborg-2027/year/*.yaml; do \
		edited=$${entries%.yaml}; \
		$(BIN)/arshjul replan $(YEAR) --changes $$entries $$(test ! -d $$edited || echo --scenario $$edited) \
			--as-of $$(basename $$edited) -o $(YEAR) || exit; \
	done

check: .venv/ready ## format, lint, types, and the directions of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/ready ## the default tests
	$(BIN)/pytest

bench: .venv/ready ## ours and others on the same boards, one after the other; out/bench.json; BENCH="--limit 10" for less
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m tests.bench.run $(BENCH)
	-$(BIN)/python -m tests.bench.lived_year
	-$(BIN)/python -m tests.bench.fuller
	-$(BIN)/python -m tests.bench.bursts
	-$(BIN)/python -m tests.bench.replans
	-$(BIN)/python -m tests.bench.single

slow: .venv/ready ## full counts, kills, lived years, browsers, in six parts that can be resumed; PART=3/6 for one of them
	$(BIN)/python -m tests.slow $(PART)

quick: .venv/ready ## the default tests that import what changed since main; SINCE=HEAD~3 for another beginning
	$(BIN)/python -m tests.quick $(SINCE)

mutations: .venv/ready ## plant a hundred faults, one after the other: 95 must be caught; half an hour, resumed on the same commit
	$(BIN)/python -m tests.mutations

bench-service: .venv/ready ## the service's figures; needs wrk and nginx (apt-get install wrk nginx-light)
	$(BIN)/python -m tests.bench.service

bench-fill: .venv/ready ## a year of frames filled week by week, against first come, first served
	$(BIN)/python -m tests.bench.fills

drift: .venv/ready ## every line of docs/drift.md, as root, in a copy of this machine's files that is thrown away
	$(BIN)/python -m tests.drift.run

pictures: .venv/ready ## draw docs/bilder anew: every page of the console, in a browser (apt-get install chromium chromium-l10n)
	$(BIN)/python -m tests.office.console.pictures

texts: .venv/ready ## gather what people read, bring the catalogue up to date, compile it
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keyword Message --keyword counted:2,3 --keyword words \
		--keyword say --keyword command:2 --keyword Option:2 --keyword Argument:2 \
		--no-location --sort-output --omit-header --output build/arshjul.pot .
	$(BIN)/pybabel --quiet update --domain arshjul --input-file build/arshjul.pot --output-dir src/arshjul/year/texts/locale \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	$(BIN)/pybabel --quiet compile --domain arshjul --directory src/arshjul/year/texts/locale

docs: .venv/ready ## write the tables of docs/formats.md anew from the declarations
	$(BIN)/python -m tests.year.formats.generated

clean:
	rm -rf .venv out
