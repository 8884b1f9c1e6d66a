"""`history`: the logs of other years, from which rates of withdrawals are learnt."""

from arshjul.domain.declaration import Told
from arshjul.domain.heard_log import HeardLog
from arshjul.errors import Message
from arshjul.formats.schema.entry import WrittenWithdrawal
from arshjul.formats.schema.place import WrittenDates, WrittenPeriod
from arshjul.formats.words import wrong

# fmt: off
# A field is a line.


class WrittenEarlierWithdrawal(WrittenWithdrawal):
    """A withdrawal of another year."""

    told = {
        "id": Told(Message("No"), Message("Number of the withdrawal."), also=("Id",)),
        "reported": Told(Message("Reported"), Message("When it was told: 2026-05-12 06:30. Empty: nobody knows.")),
        "police": Told(Message("Units"), Message("Who took back officers."), also=("Enhet", "Unit")),
        "from": Told(Message("From"), Message("First date, in a year of the sheet Earlier years.")),
        "until_further_notice": Told(Message("Until further notice"), Message("yes: it went on when the year ended; leave To empty.")),
        "officers_left": Told(Message("Officers left"), Message("How many were left in each shift. Empty: none.")),
        "cause": Told(Message("Cause"), Message("shooting, accident, match, demonstration or special-event. Another word, or none: other causes.")),
    }


class WrittenHeardLog(WrittenDates[HeardLog]):
    """The withdrawals of a year, or of the part of it that is known."""

    thing = HeardLog
    flat = {"year": WrittenPeriod}
    told = {
        "from": Told(Message("From"), Message("First date that is told of.")),
        "to": Told(Message("To"), Message("Last date that is told of.")),
    }

    withdrawals: list[WrittenEarlierWithdrawal] = []

    def model_post_init(self, _: object) -> None:
        """Refuses an end before the beginning, and withdrawals that do not begin in between."""
        super().model_post_init(_)
        for n, one in enumerate(self.withdrawals):
            if key := next((key for key in ("revision", "until") if getattr(one, key) is not None), None):
                text = Message("{key} follows from the replan: remove it.", {"key": key})
                raise wrong("unknown-key", text, "withdrawals", n, key)
            if not self.first <= one.first <= self.last:
                told = {"first": str(self.first), "last": str(self.last)}
                text = Message(
                    "It begins outside the dates told of, {first} to {last}: widen them, or leave it out.", told
                )
                raise wrong("outside-plan", text, "withdrawals", n, "from")
