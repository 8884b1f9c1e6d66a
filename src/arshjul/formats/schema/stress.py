"""stress.json: the effect of simulated years on a plan, without the plan's identity."""

from typing import Annotated

from pydantic import Field, PlainSerializer

from arshjul.domain.declaration import Moment, Text, Whole
from arshjul.domain.history.stressed import Estimate, PartyStressed, Stressed, StressFigures, Totals
from arshjul.formats.shape import Shape

DIGITS = 4

Figure = Annotated[float, Field(ge=-1e9, le=1e9), PlainSerializer(lambda figure: round(figure, DIGITS))]


class WrittenEstimate(Shape[Estimate]):
    """A mean with its interval."""

    thing = Estimate

    mean: Figure
    low: Figure
    high: Figure


class WrittenTotals(Shape[Totals]):
    """Figures of whole years."""

    thing = Totals

    held: WrittenEstimate
    changes: WrittenEstimate
    short_notices: WrittenEstimate
    points: WrittenEstimate


class WrittenParty(Shape[PartyStressed]):
    """A party's changes and short notices."""

    thing = PartyStressed

    changes: WrittenEstimate
    short_notices: WrittenEstimate


class WrittenStressed(Shape[Stressed]):
    """The effect of the years on a plan."""

    thing = Stressed
    flat = {"totals": WrittenTotals}

    placed: Whole
    held: WrittenEstimate
    changes: WrittenEstimate
    short_notices: WrittenEstimate
    points: WrittenEstimate
    answered: Whole
    proven: Whole
    operations: dict[Text, WrittenEstimate]
    months: dict[Text, WrittenEstimate]
    parties: dict[Text, WrittenParty]


class WrittenStress(Shape[StressFigures]):
    """The figures of a plan that met the years."""

    thing = StressFigures

    years: Whole
    seed: Whole
    as_of: Moment
    option: Text
    withdrawals: Whole
    log_days: Whole = 0
    outcome: WrittenStressed
