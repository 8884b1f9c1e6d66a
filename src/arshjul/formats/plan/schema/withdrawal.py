"""`withdrawals`: police taken back (docs/formats.md#withdrawals-and-changes)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.formats.words import Day, Id, Moment, Text, Whole, Written, ends_before, wrong


class WrittenWithdrawal(Written):
    """Who withdrew what, when it was reported, and why."""

    id: Id
    reported: Moment
    police: list[Id]
    first: Day = Field(alias="from")
    last: Day | None = Field(None, alias="to")
    until_further_notice: bool = False
    shifts: list[Id] | None = None
    officers_left: Whole = 0
    cause: Text = ""

    def model_post_init(self, _: object) -> None:
        """Refuses an end that is missing, given twice, or before the beginning, and nobody's withdrawal."""
        if not self.police:
            raise wrong("bad-value", Message("No unit is named: name one."), "police")
        if self.last is None and not self.until_further_notice:
            raise wrong("missing-key", Message("The end is missing: give `to`, or until_further_notice: true."), "to")
        if self.last is not None and self.until_further_notice:
            text = Message("Both `to` and until_further_notice are given: keep one.")
            raise wrong("bad-value", text, "until_further_notice")
        if self.last is not None and self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")

    def domain(self, zone: ZoneInfo) -> Withdrawal:
        """The withdrawal; `reported` is a time in that zone."""
        return Withdrawal(
            id=self.id,
            reported=moment_in(self.reported, zone),
            police=tuple(dict.fromkeys(self.police)),
            first=self.first,
            last=self.last,
            shifts=None if self.shifts is None else tuple(self.shifts),
            officers_left=self.officers_left,
            cause=self.cause,
        )


def moment_in(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time as a moment of the zone."""
    return local.replace(tzinfo=zone)
