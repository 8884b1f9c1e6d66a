"""A year's coverage as pages show it: pictures, and the same figures as tables (`templates/figures.html`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from arshjul.agenda.lenders import FIGURES, Coverage, Lender
from arshjul.agenda.year import months
from arshjul.domain.calendar import Span
from arshjul.errors import Message
from arshjul.render.report_charts import offered_chart
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class PicturedCoverage:
    """Who lends and who sends, in the months of some dates."""

    lenders: Coverage
    shown: Span
    words: Words

    @property
    def figures(self) -> Mapping[str, Message]:
        """What there is to tell of each month, in words."""
        return FIGURES

    @property
    def months(self) -> Sequence[date]:
        """The first date shown of each month."""
        return [month.first for month in months(self.shown)]

    def chart(self, lenders: Sequence[Lender]) -> Markup:
        """The picture of one kind of parties together: offered and used, by month."""
        each = zip(*(lender.by_month for lender in lenders), strict=True)
        sums = [(max(sum(one.offered for one in uses), used := sum(one.used for one in uses)), used) for uses in each]
        return Markup(offered_chart(dict(zip(self.months, sums, strict=False)), self.words))
