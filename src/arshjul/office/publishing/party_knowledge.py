"""What a party knows of the plan, by the lines of what it was told (`office/store/outbox.py`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from arshjul.office.store.outbox import TICKS, TOLD, ToldLine
from arshjul.serving.sql.database import Transaction

NONE_YET = 0
"""The place in the timeline of parties that were told of no revision; the others begin at 1."""


def lines_of_plan(db: Transaction, only: str | None = None) -> list[ToldLine]:
    """Those about the plan, without ticks that were taken back, and without attempts whose result is known.

    Of a call about some operations it stands that it was taken back: what was mailed since left them to that call.
    `only`: to this party alone.
    """
    kept: dict[int, ToldLine] = {}
    trying, ticked = dict[int, int](), dict[int, int]()
    party = {} if only is None else {"party": only}
    for line in TOLD.where(TOLD.c.tells != "", **party).all(db):
        if line.how in ("failed", "perhaps", "mail"):
            kept.pop(trying.pop(line.letter, 0), None)
        if line.how == "back":
            kept.pop(ticked.pop(line.letter, 0), None)
        if line.how != "failed" and (line.how != "back" or line.about):
            kept[line.number] = line
        if line.how == "trying":
            trying[line.letter] = line.number
        if line.how in TICKS:
            ticked[line.letter] = line.number
    return list(kept.values())


@dataclass(slots=True)
class PartyKnowledge:
    """What a party knows, by the lines about it. `due`: the line since when it is owed the difference from `since`.

    `latest`: the last revision that it may have been told of, by mail or in full. `calls`: where an operation is known
    from on the telephone, if not from `since`. `had`: it had a message. `serial`: the line that last changed what it is
    owed. `told`: the last line `due` that it was told in full. `doubted_at`: when a backup was restored, before which
    it may have been told; until somebody says so.
    """

    due: ToldLine | None = None
    since: int = NONE_YET
    latest: int = NONE_YET
    calls: dict[str, int] = field(default_factory=dict)
    had: bool = False
    serial: int = 0
    told: int = 0
    doubted_at: datetime | None = None

    def take(self, line: ToldLine, place: Callable[[str], int]) -> None:
        knew, tells = place(line.knows), place(line.tells)
        if line.how == "due":
            self.serial = line.number
            self.since = knew if self.due is None else self.since
            self.due = line
        elif line.how == "left":
            self.serial, self.due, self.doubted_at = line.number, None, None
            self.calls = {id: self.calls.get(id, knew) for id in line.uncalled}
        elif line.about:
            if line.how != "restored":
                self.calls |= dict.fromkeys(line.about, tells if line.how == "phone" else knew)
        elif line.how == "restored":
            self.latest, self.doubted_at = tells, line.at
        elif line.how in ("trying", "perhaps"):
            self.latest = tells
        elif line.due < self.told:
            self.had = True  # what became of it was heard only when more had been told
        else:
            self.latest, self.had, self.doubted_at, self.told = tells, True, None, line.due
            if self.due is None or knew <= self.since:
                since = self.since if self.due is not None else knew
                later = {id: at for id, at in self.calls.items() if at > tells}
                self.calls = {id: self.calls.get(id, since) for id in line.uncalled} | later
                self.since = tells
                if self.due is not None and self.due.number <= line.due:
                    self.due = None  # else more was published while this was handed over
