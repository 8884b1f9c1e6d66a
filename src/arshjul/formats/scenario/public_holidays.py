"""Public holidays by date, from the `holidays` library (the public category), in Swedish or the country's language.

The library is slow to import and is asked once, when a scenario is read: scenario.json keeps the answer.
"""

from datetime import date
from functools import cache


@cache
def countries() -> tuple[str, ...]:
    """The codes of the countries that the library knows."""
    import holidays  # noqa: PLC0415 - 100 ms, and only scenarios with a country need it

    return tuple(holidays.list_supported_countries(include_aliases=False))


@cache
def public_holidays(country: str, first_year: int, last_year: int) -> tuple[tuple[date, str], ...]:
    """The holidays of those years, the last one included, ascending."""
    import holidays  # noqa: PLC0415

    in_swedish = "sv" in holidays.list_localized_countries().get(country, ())
    # Without this, the library would use the language of the machine's user.
    language = "sv" if in_swedish else getattr(holidays, country).default_language
    found = holidays.country_holidays(country, years=range(first_year, last_year + 1), language=language)
    return tuple(sorted(found.items()))
