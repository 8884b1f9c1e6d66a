"""`history`: the logs of other years, from which rates of withdrawals are learnt."""

from typing import Any

from pydantic import Field

from arshjul.domain.calendar import Span
from arshjul.domain.heard_log import HeardLog
from arshjul.errors import Message
from arshjul.formats.schema.entry import WrittenWithdrawal
from arshjul.formats.shape import Shape
from arshjul.formats.words import Day, ends_before, wrong


class WrittenHeardLog(Shape[HeardLog]):
    """The withdrawals of a year, or of the part of it that is told of."""

    thing = HeardLog

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    withdrawals: list[WrittenWithdrawal] = []

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning, and withdrawals that do not begin in between."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")
        for n, one in enumerate(self.withdrawals):
            if key := next((key for key in ("revision", "until") if getattr(one, key) is not None), None):
                text = Message("{key} follows from the replan: leave it out.", {"key": key})
                raise wrong("unknown-key", text, "withdrawals", n, key)
            if not self.first <= one.first <= self.last:
                told = {"first": str(self.first), "last": str(self.last)}
                text = Message(
                    "It begins outside the dates told of, {first} to {last}: widen them, or leave it out.", told
                )
                raise wrong("outside-plan", text, "withdrawals", n, "from")

    def domain(self) -> HeardLog:
        """The log, its reports without a zone."""
        return HeardLog(Span(self.first, self.last), tuple(one.domain() for one in self.withdrawals))

    @classmethod
    def attributes(cls, thing: HeardLog) -> dict[str, Any]:
        """Its year as two dates."""
        return {"first": thing.year.first, "last": thing.year.last, "withdrawals": thing.withdrawals}
