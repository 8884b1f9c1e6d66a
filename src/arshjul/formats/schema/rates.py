"""`withdrawal_rates`: assumptions about withdrawals before any log, each figure by its kind and what it counts."""

from typing import Annotated, Any

from pydantic import Field, create_model

from arshjul.domain.risk import KINDS, AssumedRates, Kind
from arshjul.formats.shape import Shape

FIGURES = {"per_year": (0, 1000), "days": (1, 366), "notice_hours": (0, 8784), "units_percent": (1, 100)}
"""The figures of a kind, with their least and most."""
MOST_WEIGHT = 1000


def key(kind: Kind, figure: str) -> str:
    """The figure's key, like `special_event_days`."""
    return f"{kind.cause.replace('-', '_')}_{figure}"


class _Rates(Shape[AssumedRates]):
    """`withdrawal_rates`."""

    thing = AssumedRates

    def made_of(self) -> dict[str, Any]:
        """Each kind with its figures."""
        given = self.model_dump()
        kinds = (
            Kind(kind.cause, **{figure: given[key(kind, figure)] for figure in FIGURES}, open_ended=kind.open_ended)
            for kind in KINDS
        )
        return {"years": given["years"], "withdrawals": given["withdrawals"], "kinds": tuple(kinds)}

    @classmethod
    def attributes(cls, thing: AssumedRates) -> dict[str, Any]:
        """Each figure of each kind."""
        figures = {key(kind, figure): getattr(kind, figure) for kind in thing.kinds for figure in FIGURES}
        return {**super().attributes(thing), **figures}


def _within(least: int, most: int, default: int) -> Any:
    return Annotated[int, Field(ge=least, le=most)], default


WrittenRates = create_model(
    "WrittenRates",
    __base__=_Rates,
    years=_within(1, MOST_WEIGHT, AssumedRates().years),
    withdrawals=_within(1, MOST_WEIGHT, AssumedRates().withdrawals),
    **{key(kind, figure): _within(*ends, getattr(kind, figure)) for kind in KINDS for figure, ends in FIGURES.items()},
)
