"""`history`: the logs of other years, from which rates of withdrawals are learnt."""

from typing import Annotated, Any, cast

from pydantic import Field, create_model

from arshjul.domain.calendar import Span
from arshjul.domain.declaration import Day, Told
from arshjul.domain.risk import HeardLog
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.shape import Shape
from arshjul.formats.words import wrong

# fmt: off
# A field is a line.


WrittenEarlierWithdrawal = cast(Any, create_model("WrittenEarlierWithdrawal", __base__=shape(Withdrawal)))
"""A withdrawal of another year."""
WrittenEarlierWithdrawal.told = {
    "id": Told(Message("No"), also=("Id",)),
    "reported": Told(Message("Reported"), Message("When it was reported: 2026-05-12 06:30. Empty: unknown.")),
    "police": Told(Message("Units"), Message("Units that withdraw officers."), also=("Enhet", "Unit")),
    "from": Told(Message("From"), Message("In a year of the sheet Earlier years.")),
    "until_further_notice": Told(Message("Until further notice"), Message("yes: went on at the year's end. Leave To empty.")),
    "officers_left": Told(Message("Officers left"), Message("Left in each shift. Empty: none.")),
    "cause": Told(Message("Cause"), Message("shooting, accident, match, demonstration or special-event. Others: other causes.")),
}


class WrittenHeardLog(Shape[HeardLog]):
    """The withdrawals of a year, or of the part of it that is known."""

    thing = HeardLog
    flat = {"year": shape(Span)}

    first: Annotated[Day, Told(Message("From"), Message("First date of the log."))] = Field(alias="from")
    last: Annotated[Day, Told(Message("To"), Message("Last date of the log."))] = Field(alias="to")
    withdrawals: list[WrittenEarlierWithdrawal] = []

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning, and withdrawals that do not begin in between."""
        for refusal in Span(self.first, self.last).refusals():
            raise wrong(refusal.kind, refusal.text, "to")
        for n, one in enumerate(self.withdrawals):
            if key := next((key for key in ("revision", "until") if getattr(one, key) is not None), None):
                text = Message("{key} follows from the replan: remove it.", {"key": key})
                raise wrong("unknown-key", text, "withdrawals", n, key)
            if not self.first <= one.first <= self.last:
                told = {"first": str(self.first), "last": str(self.last)}
                text = Message(
                    "The withdrawal begins outside the log, {first} to {last}: widen the log, or remove it.", told
                )
                raise wrong("outside-plan", text, "withdrawals", n, "from")
