"""`withdrawal_rates`: assumptions about withdrawals before any log, each figure by its kind and what it counts."""

from typing import Annotated, Any

from pydantic import Field, create_model

from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.declaration import Told, Unit
from arshjul.domain.risk import KINDS, AssumedRates, Kind
from arshjul.errors import Message
from arshjul.formats.shape import Shape

FIGURES = {
    "per_year": (0, 1000, "withdrawals", Message("a year")),
    "days": (1, 366, "days", Message("mean days")),
    "notice_hours": (0, 8784, "hours", Message("mean hours of notice")),
    "units_percent": (1, 100, "percent", Message("percent that take a given unit's officers")),
}
"""The figures of a kind, with their least and most, what they count, and their words."""
MOST_WEIGHT = 1000


def _key(kind: Kind, figure: str) -> str:
    """The figure's key, like `special_event_days`."""
    return f"{kind.cause.replace('-', '_')}_{figure}"


class _Rates(Shape[AssumedRates]):
    """`withdrawal_rates`."""

    thing = AssumedRates

    def made_of(self) -> dict[str, Any]:
        given = self.model_dump()
        kinds = (
            Kind(kind.cause, **{figure: given[_key(kind, figure)] for figure in FIGURES}, open_ended=kind.open_ended)
            for kind in KINDS
        )
        return {"years": given["years"], "withdrawals": given["withdrawals"], "kinds": tuple(kinds)}

    @classmethod
    def attributes(cls, thing: AssumedRates) -> dict[str, Any]:
        figures = {_key(kind, figure): getattr(kind, figure) for kind in thing.kinds for figure in FIGURES}
        return {**super().attributes(thing), **figures}


def _within(default: int, least: int, most: int, unit: str, name: Message) -> Any:
    return Annotated[int, Field(ge=least, le=most), Unit(unit), Told(name)], default


def _figure(kind: Kind, figure: str) -> Any:
    least, most, unit, what = FIGURES[figure]
    name = Message("Withdrawn for {cause}: {figure}", {"cause": CAUSES[kind.cause], "figure": what})
    return _within(getattr(kind, figure), least, most, unit, name)


_YEARS = Message("Years of log that weigh as much as assumptions")
_WITHDRAWALS = Message("Logged withdrawals that weigh as much as assumptions")
WrittenRates = create_model(
    "WrittenRates",
    __base__=_Rates,
    years=_within(AssumedRates().years, 1, MOST_WEIGHT, "years", _YEARS),
    withdrawals=_within(AssumedRates().withdrawals, 1, MOST_WEIGHT, "withdrawals", _WITHDRAWALS),
    **{_key(kind, figure): _figure(kind, figure) for kind in KINDS for figure in FIGURES},
)
