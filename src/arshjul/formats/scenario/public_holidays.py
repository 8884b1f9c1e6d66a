"""Public holidays by date, from the `holidays` library (the public category), in Swedish or the country's language.

The library is slow to import and is asked once, when a scenario is read: scenario.json keeps the answer.
"""

from datetime import date, timedelta
from functools import cache

from arshjul.domain.calendar import Span


@cache
def countries() -> tuple[str, ...]:
    """The codes of the countries that the library knows."""
    import holidays  # noqa: PLC0415 - 100 ms, and only scenarios with a country need it

    return tuple(holidays.list_supported_countries(include_aliases=False))


_AROUND = 31
"""Days beyond a milestone within which it may move to an open date."""


def holidays_around(country: str, year: Span, days_before: int, days_after: int) -> dict[date, str]:
    """The public holidays of all years in which a milestone of the year may fall, so many days from an operation."""
    first = year.first - timedelta(days=days_before + _AROUND)
    last = year.last + timedelta(days=days_after + _AROUND)
    return dict(public_holidays(country, first.year, last.year))


@cache
def public_holidays(
    country: str, first_year: int, last_year: int, category: str = "public"
) -> tuple[tuple[date, str], ...]:
    """The holidays of that category in those years, the last one included, ascending; none if there is no such one."""
    import holidays  # noqa: PLC0415

    if category not in getattr(holidays, country).supported_categories:
        return ()

    in_swedish = "sv" in holidays.list_localized_countries().get(country, ())
    # Without this, the library would use the language of the machine's user.
    language = "sv" if in_swedish else getattr(holidays, country).default_language
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays(country, years=years, language=language, categories=(category,))
    return tuple(sorted(found.items()))
