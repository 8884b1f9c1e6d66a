"""What is learnt in a lived year: how the parties say that operations went, and what became better. Drawn.

Every number here is assumed. It hangs on outcomes and the scenario alone, so no plan is made anew for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Item = dict[str, Any]

ANSWERS = {date(2027, 1, 1): 0.35, date(2027, 5, 1): 0.7}
"""Share of the agencies asked that answer, from that date: seldom at first (the report, 3.1.3)."""
HELPS, OF_NO_HELP, ENOUGH = 0.75, ("F2", "F5"), 3
"""Share of those that say that an improvement helped; the two of which nobody says so; operations after which nobody
answers any more."""
MARKS = {"lead_time": 4, "information": 3, "right_object": 4, "roles": 4, "police": 4}
"""What each is marked with in the mean, of 5."""
DUE = timedelta(days=30)
MOST = 9
"""Of improvements in the year."""
POOR = 2
"""The mark of the information that makes an improvement."""

SEEN = (
    ("Underlaget kom samma dag", "Det väntade på en part", "planning", "Underlaget skickas senast en vecka före"),
    ("Alla kom inte samtidigt", "Olika tider i underlaget", "planning", "Alla samlas en kvart före start"),
    ("Ingen tolk fanns på plats", "Språket var okänt", "organisation", "Språk anges i underlaget, och tolk bokas"),
    ("Två parter ställde samma frågor", "Rollerna var inte delade", "organisation", "Ordningen på plats delas ut före"),
    ("Mätutrustning saknades", "Den var utlånad", "equipment", "Utrustningen bokas när datumet är klart"),
    (
        "Poliserna visste inte vad som söktes",
        "De fick inget underlag",
        "training",
        "Polisen får en genomgång på samlingen",
    ),
    (
        "Stället hade redan haft tillsyn",
        "Egen tillsyn stod inte i planen",
        "planning",
        "Egen tillsyn stäms av mot planen",
    ),
    ("Ingen hade med kameran", "Ingen hade fått det uppdraget", "practice", "En part dokumenterar åt alla"),
    ("Barn fanns på platsen", "Ingen visste vem som rings", "training", "Socialjourens nummer står i underlaget"),
)
"""What was seen, why, of what kind it is, and the measure."""


@dataclass
class LearningYear:
    """What has been learnt so far. `asked`: improvements that have not helped yet, with the date of each, by sector.

    `tried`: of how many operations each was asked.
    """

    seed: int
    said: set[str] = field(default_factory=set)
    open: list[Item] = field(default_factory=list)
    asked: dict[str, tuple[str, date]] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    n: int = 0

    def learnt(self, went: Sequence[Item], operations: Mapping[str, Item], as_of: datetime) -> dict[str, list[Item]]:
        """What comes in at that moment, of operations that are over since a day at least."""
        rng, today = Random(f"{self.seed}/learnt/{as_of}"), as_of.date()
        evaluations, improvements = list[Item](), self._done(today)
        for one in went:
            id, day = one["operation"], date.fromisoformat(str(one["date"]))
            if one["result"] == "called-off" or id in self.said or day >= today or id not in operations:
                continue
            made = self._evaluations(operations[id], day, rng)
            self.said.add(id)
            evaluations += made
            is_poor = any(each["information"] <= POOR for each in made)
            if is_poor and self.n < MOST and operations[id]["sector"] not in self.asked:
                improvements.append(self._improvement(operations[id], today))
        return {"evaluations": evaluations, "improvements": improvements}

    def _evaluations(self, operation: Item, day: date, rng: Random) -> list[Item]:
        asked, since = self.asked.get(operation["sector"], ("", day))
        answers = next(share for since, share in reversed(ANSWERS.items()) if since <= day)
        made = [_evaluation(operation, party, rng) for party in operation["agencies"] if rng.random() < answers]
        marks = [int(rng.random() < HELPS and asked not in OF_NO_HELP) for _ in made]
        if asked and made and day > since:
            made = [{**one, "helped": {asked: mark}} for one, mark in zip(made, marks, strict=True)]
            self.tried[asked] = self.tried.get(asked, 0) + 1
            if sum(marks) * 2 > len(marks) or self.tried[asked] == ENOUGH:
                del self.asked[operation["sector"]]
        return made

    def _improvement(self, operation: Item, today: date) -> Item:
        observation, cause, kind, action = SEEN[self.n]
        self.n += 1
        made = {
            "id": f"F{self.n}", "from": operation["id"], "observation": observation, "cause": cause, "kind": kind,
            "action": action, "owner": operation["lead_agency"], "due": today + DUE,
            "applies": {"sectors": [operation["sector"]]},
        }  # fmt: skip
        self.open.append(made)
        self.asked[operation["sector"]] = (made["id"], today)
        return made

    def _done(self, today: date) -> list[Item]:
        """The improvements whose date has come: all but every third are done."""
        due = [one for one in self.open if one["due"] <= today]
        self.open = [one for one in self.open if one not in due]
        return [{**one, "state": "done"} for one in due if int(one["id"][1:]) % 3]


def _evaluation(operation: Item, party: str, rng: Random) -> Item:
    marks = {key: max(1, min(5, mean + rng.choice((-2, -1, 0, 0, 1)))) for key, mean in MARKS.items()}
    made: Item = {
        "operation": operation["id"],
        "party": party,
        "as_planned": rng.choice(("yes", "yes", "partly", "no")),
    }
    made |= marks if operation.get("officers") else {key: mark for key, mark in marks.items() if key != "police"}
    if marks["information"] <= POOR:
        made |= {"worst_section": rng.choice("BCDEF"), "change": "Informationen", "why": "Den kom sent och hade luckor"}
    elif rng.random() < 0.3:
        made["keep"] = "Samlingen före start"
    return made
