"""Public holidays: the law's, by name, and the same whoever asks."""

import os
import subprocess
import sys
from datetime import date

import pytest

from arshjul.year.domain.calendar import Calendar
from arshjul.year.formats.scenario.scenario import countries, public_holidays


def test_sweden_has_the_public_category_in_swedish() -> None:
    # domain.md 5: the eves are no public holidays, nor are Sundays.
    assert dict(public_holidays("SE", 2027, 2027)) == {
        date(2027, 1, 1): "Nyårsdagen",
        date(2027, 1, 6): "Trettondedag jul",
        date(2027, 3, 26): "Långfredagen",
        date(2027, 3, 28): "Påskdagen",
        date(2027, 3, 29): "Annandag påsk",
        date(2027, 5, 1): "Första maj",
        date(2027, 5, 6): "Kristi himmelsfärdsdag",
        date(2027, 5, 16): "Pingstdagen",
        date(2027, 6, 6): "Nationaldagen",
        date(2027, 6, 26): "Midsommardagen",
        date(2027, 11, 6): "Alla helgons dag",
        date(2027, 12, 25): "Juldagen",
        date(2027, 12, 26): "Annandag jul",
    }


@pytest.mark.parametrize("country", ["SE", "NO", "DK", "US"])
def test_the_names_do_not_follow_the_machines_language(country: str) -> None:
    module = "arshjul.year.formats.scenario.scenario"
    code = f"from {module} import public_holidays; print(public_holidays({country!r}, 2027, 2027))"
    said = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            env={**os.environ, "LANGUAGE": language},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        for language in ("en", "th")
    }
    assert len(said) == 1


def test_the_days_that_are_free_in_fact_are_eves_already() -> None:
    """`eves` are the dates before public holidays: so they are the library's `de_facto` days too, or are holidays."""
    in_fact = 0
    for country in countries():
        public = dict(public_holidays(country, 2026, 2031))
        calendar = Calendar(country, holidays=public, avoid=("eves",))
        for day, name in public_holidays(country, 2026, 2030, "de_facto"):
            in_fact += 1
            assert day in public or calendar.why_avoided(day, 2) == "eves", (country, day, name)
    assert in_fact >= 3 * 5, "Sweden has three a year"


@pytest.mark.parametrize("year", range(2026, 2031))
def test_the_eves_of_sweden_are_those_that_everybody_knows(year: int) -> None:
    calendar = Calendar("SE", holidays=dict(public_holidays("SE", year, year + 1)), avoid=("eves",))
    midsummer = next(date(year, 6, day) for day in range(19, 26) if date(year, 6, day).weekday() == 4)
    for eve in (date(year, 12, 24), date(year, 12, 31), midsummer, date(year, 1, 5), date(year, 4, 30)):
        assert calendar.avoided(eve, 2) == 2, eve


def test_every_country_can_be_asked() -> None:
    assert "SE" in countries()
    for country in countries():
        assert all(name for _, name in public_holidays(country, 2026, 2027))
