"""The cause for which an operation left its place, in words and as far as its reader may know it.

What the causes are is found when a replan is made, and kept with it (`rules/causes.py`). Why police officers were
withdrawn is known to the coordinator and to the unit that withdrew them; others read that they were.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.wording import concerns, taking_part
from arshjul.domain.amendment import Cancelled
from arshjul.domain.cause import ChangeCause, Kind
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal, in_force
from arshjul.errors import Message
from arshjul.rules.told_causes import told_causes

KINDS = {
    "shooting": Message("a shooting"),
    "accident": Message("a big accident"),
    "special-event": Message("a special event"),
    "match": Message("a match"),
    "demonstration": Message("a demonstration"),
}

CHANGED_CONDITIONS = Message("changed conditions")
DECIDED = Message("the coordinator's decision")
ON_THE_DAY = Message("its being called off on the day")


def cancelled_now(plan: Plan) -> frozenset[str]:
    """The operations that were cancelled in this revision. They are in its base no more."""
    changes, now = plan.entries.changes, plan.placing.revision
    return frozenset(one.operation for one in changes if isinstance(one, Cancelled) and one.revision == now)


def cause(scenario: Scenario, plan: Plan, old: Placement, reader: Party, kinds: Collection[str] = ()) -> Message | None:
    """The causes for which the operation left its old place, or agencies no longer join it there, in one phrase.

    None where no revision of this plan made it leave, and all come that joined it there. `scenario` may know more than
    the plan's own: only to name what is no longer in it. `kinds` are those of the change that is told
    (`part_change.Kind`): only what caused these is said. None given: all is.
    """
    if plan.placed.get(old.operation) == old:
        return None
    if plan.base is None:
        return Message("a plan made anew") if plan.placements else None
    told = told_causes(scenario, plan, old)
    if told is None or not told.causes:
        return None
    known = in_force(one for one in plan.entries.withdrawals if (one.revision or 0) <= told.revision)
    teller = _Teller(scenario, {one.id: one for one in known}, old, plan.placed.get(old.operation), reader)
    said = [teller.said(one) for one in teller.about(told.causes, kinds)]
    different = [one for number, one in enumerate(said) if one not in said[:number]]
    return reduce(lambda first, more: Message("{cause} and of {more}", {"cause": first, "more": more}), different)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells one reader why an operation left its old place, or agencies no longer join it."""

    scenario: Scenario
    reports: Mapping[str, Withdrawal]
    old: Placement
    now: Placement | None
    reader: Party

    def about(self, causes: Sequence[ChangeCause], kinds: Collection[str]) -> Sequence[ChangeCause]:
        """The causes of changes of these kinds: why an agency is missing is no cause of a move, nor the other way."""
        absent = [one for one in causes if self._is_absent(one.party)]
        of_place = [one for one in causes if one not in absent]
        if "out" in kinds:
            wanted = [one for one in absent if one.party == self.reader.id] or of_place
        elif "left" not in kinds:
            wanted = of_place if kinds else list(causes)
        else:
            wanted = list(causes) if len(kinds) > 1 else absent
        return wanted or causes

    def said(self, why: ChangeCause) -> Message:
        """One cause."""
        match why.kind:
            case "withdrawal":
                return _withdrawn(self.reports.get(why.id), self.reader)
            case "teams":
                return self._short_of_teams(why)
            case "asked" if self._is_absent(why.party):
                return self._refusal(why)
            case "asked":
                return _in_its_words(why, Message("a wish for another date"), self.reader)
            case "knock-on" if self.old.same_place(self.now):
                return Message("other operations that needed the teams")
            case _:
                return _WORDS[why.kind]

    def _is_absent(self, agency: str) -> bool:
        """True if the agency joined it at its old place as a voluntary one, and the operation goes on without it."""
        if self.now is None or agency not in self.old.optional_agencies:
            return False
        return agency not in taking_part(self.scenario, self.now)

    def _seen(self, agency: str) -> str | None:
        """The agency's name, where the reader sees that it takes part."""
        known = self.scenario.agencies.get(agency)
        sees = self.reader in (COORDINATOR, Party("agency", agency)) or (
            self.reader.kind == "agency" and concerns(self.scenario, self.reader, self.old)
        )
        return known.name if known is not None and sees else None

    def _short_of_teams(self, why: ChangeCause) -> Message:
        name = self._seen(why.party)
        if name is None:
            return Message("too few teams at an agency")
        return _in_its_words(why, Message("too few teams at {agency}", {"agency": name}), self.reader)

    def _refusal(self, why: ChangeCause) -> Message:
        name = self._seen(why.party)
        return Message("a no from an agency") if name is None else Message("a no from {agency}", {"agency": name})


_WORDS: Mapping[Kind, Message] = {
    "outcome": ON_THE_DAY,
    "scenario": CHANGED_CONDITIONS,
    "pin": DECIDED,
    "agreed": Message("what all who take part agreed to"),
    "decided": DECIDED,
    "tied": Message("another operation that it is tied to"),
    "knock-on": Message("other operations that needed its place"),
}


def _withdrawn(withdrawal: Withdrawal | None, reader: Party) -> Message:
    """That officers were withdrawn, and why where the reader may know it."""
    if withdrawal is None or not (
        reader == COORDINATOR or (reader.kind == "police" and reader.id in withdrawal.police)
    ):
        return Message("withdrawn police officers")
    return _in_a_sentence(withdrawal)


def _in_its_words(why: ChangeCause, said: Message, reader: Party) -> Message:
    """With what the agency gave as its cause, for the coordinator and the agency itself."""
    if not why.given or reader not in (COORDINATOR, Party("agency", why.party)):
        return said
    return Message("{why} ({given})", {"why": said, "given": why.given})


def kind_of(withdrawal: Withdrawal) -> Message:
    """The cause that a withdrawal gives; its id where it gives none."""
    return KINDS.get(withdrawal.cause, Message("{cause}", {"cause": withdrawal.cause or withdrawal.id}))


def _in_a_sentence(withdrawal: Withdrawal) -> Message:
    """The same within a sentence: what somebody wrote with a capital stands in quotes, as those words are theirs."""
    given = withdrawal.cause
    if not given:
        return Message("withdrawal {id}", {"id": withdrawal.id})
    if given not in KINDS and given[:1].isupper():
        return Message('"{cause}"', {"cause": given})
    return kind_of(withdrawal)
