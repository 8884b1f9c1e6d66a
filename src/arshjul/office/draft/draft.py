"""The draft: the coordinator's present state of the year, in the database beside the served one.

If nothing has been entered since the last publishing, it equals the served year. Entries wait until a plan answers
them; the chosen plan is the draft's until it is published.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.office.publishing.contacts import Contacts
from arshjul.office.publishing.ledger_entries import Items, items_of, with_learnt
from arshjul.office.publishing.served_revision import ServedRevision
from arshjul.office.publishing.undoable import Undoable
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.revisions import Revision
from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.calendar import Slot, by_clock
from arshjul.year.domain.entries.amended import amended
from arshjul.year.domain.entries.amendment import Undone
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_cancelled, with_former
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import without_offers
from arshjul.year.formats.json_guard import json_bytes
from arshjul.year.formats.plan.answers import Proposed, answers_kept, is_answer
from arshjul.year.formats.plan.entries import entries_of, subject
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.replan.edit import as_given, edited, kept
from arshjul.year.planning.replan.input import refuse_unfit
from arshjul.year.planning.replan.proposal import Proposal
from arshjul.year.planning.replan.undo import past_told

ANSWERS, NOMINATED, WITHDRAWALS, CANCELLED = "answers", "operations", "withdrawals", "cancelled"
UNDONE = "undone"
"""The list of entries that take a publishing back."""

PREFIXES = {"withdrawals": "A", "given_back": "T", "agencies": "B"}
"""The lists whose entries have ids, of which the last of each holds, with what ids of ours begin with."""

STAMP_LENGTH = 24

Item = Mapping[str, Any]


class StaleDraft(Refused):
    def __init__(self) -> None:
        super().__init__(Message("The page has changed, and nothing was saved. Check it and send again."))


GONE = Message("The item is gone: open the page again.")


class AlreadyDone(Refused):
    """Refused: it was done before, so that nothing is lost, and nothing is left to do."""


class OvertakenDraft(Refused):
    def __init__(self, published: Revision) -> None:
        values = {"who": published.actor, "n": published.plan_revision, "reason": published.reason}
        super().__init__(
            Message(
                "{who} has published version {n} of the plan ({reason}). Start over from it: your "
                "entries wait for new options.",
                values,
            )
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """The present year. `scenario` has its sites; `plan` is None before the first one.

    `served` is what subscribers have, None before the first publishing; `base` is the publishing from which the draft
    began. `version` counts changes since then; 0: none. `waiting` are the entries that no plan has answered; `given` is
    the edited scenario. `clock` is the moment of a rehearsal, None for a real year. `proposal` is the option that the
    parties are asked about until the `deadline`, with the slots that they are `offered` instead, by operation;
    `asking_key` makes the names of questions unguessable. `restored_at`: the last restore. `published`: the revision
    that published the served year, of which the served one may be a refresh. `contacts` are the parties with their
    present contacts. `undoing` is the last publishing, if a waiting entry takes it back.
    """

    scenario: Scenario
    plan: Plan | None
    served: ServedRevision | None
    version: int
    base: Revision | None
    waiting: tuple[StoredEntry, ...]
    given: Scenario | None
    clock: datetime | None
    is_rehearsal: bool
    proposal: Proposal | None = None
    deadline: datetime | None = None
    offered: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    restored_at: datetime | None = None
    published: Revision | None = None
    asking_key: bytes = field(default=b"", repr=False)
    contacts: Contacts = field(default_factory=dict)
    undoing: Undoable | None = field(default=None, repr=False)
    entered: tuple[StoredEntry, ...] = field(default=(), repr=False)
    """All entries that count at once, taken back or not: no plan has to answer them."""

    @property
    def stamp(self) -> str:
        """A digest of the state, which a page holds: the same for all that equal the served year."""
        is_untouched = self.is_published and self.clock is None and self.proposal is None
        begun = None if self.base is None else self.base.hash
        moment = None if self.restored_at is None else moment_text(self.restored_at)
        return digest_of(json_bytes([begun, moment, 0 if is_untouched else self.version]))[:STAMP_LENGTH]

    @property
    def present(self) -> Scenario:
        return self.given or self.scenario

    @property
    def as_given(self) -> Scenario:
        """The present scenario as it was given, without what the plan's entries have changed."""
        return self.present if self.plan is None else as_given(self.scenario, self.present, self.plan)

    @property
    def named(self) -> Scenario:
        """The scenario with everything that entries may name: existing and new."""
        return self.scenario if self.given is None else with_former(self.scenario, self.given)

    @property
    def is_published(self) -> bool:
        return self.has_served_plan and self.given is None and not self.waiting

    @property
    def has_served_plan(self) -> bool:
        """True if its plan is the served one, and of the very scenario that is served, which a plan does not know."""
        return self.served is not None and self.plan == self.served.plan and not self.is_overtaken

    @property
    def has_objects_alone(self) -> bool:
        return self.given is not None and replace(self.given, objects=self.scenario.objects) == self.scenario

    @property
    def asks_to_bind(self) -> bool:
        """True if objects are to be bound: they differ from the plan's, or nothing else of the year was edited."""
        return self.given is not None and (self.has_objects_alone or self.given.objects != self.scenario.objects)

    @property
    def is_overtaken(self) -> bool:
        """True if somebody has published meanwhile. A refresh is no publishing: it shows the year from another day."""
        return self.published != self.base

    @property
    def made_plan(self) -> Plan:
        if self.plan is None:
            raise Refused(Message("There is no plan yet: work one out first."))
        return self.plan

    @property
    def learnt_plan(self) -> Plan:
        return with_learnt(self.made_plan, self.scenario, self.entered)

    @property
    def items(self) -> Items:
        found = items_of(self.scenario) | items_of(self.present)
        return found if self.served is None else found | items_of(self.served.scenario)

    def edited(self, scenario: Scenario) -> "Draft":
        """Calls, features and offers of what is there count at once; before the first plan, the whole scenario does."""
        if self.plan is None:
            return replace(self, scenario=scenario)
        now = self.scenario.with_unplanned(scenario)
        now = scenario if without_offers(scenario) == without_offers(now) else now
        return replace(self, scenario=now, given=None if scenario == now else scenario)

    def moment(self, now: datetime) -> datetime:
        """The moment in the plan's zone, to the minute; of a rehearsal its own, never before its plan's."""
        seen = by_clock(self.clock or now, self.scenario.zone).replace(second=0, microsecond=0)
        return seen if self.plan is None or not self.is_rehearsal else max(seen, self.plan.as_of)

    def is_over(self, now: datetime) -> bool:
        return self.deadline is not None and self.moment(now) > self.deadline

    def begun(self, now: datetime) -> frozenset[str]:
        return frozenset() if self.plan is None else self.scenario.begun(self.plan.placed, self.moment(now))

    def alone(self, one: StoredEntry, ever_named: Scenario | None = None) -> Entries:
        """An entry by itself, in the year as it was when it was made. InputError if it names unknown things."""
        body, named = one.item, ever_named or self.ever_named()
        if one.list == UNDONE:
            return Entries((Undone(tuple(body["versions"]), again=body["again"]),))
        if one.list == NOMINATED:  # which was not there yet
            others = {id: operation for id, operation in named.operations.items() if id != body["id"]}
            named = replace(named, operations=others)
        there = [known.item for known in self.waiting if known.list == WITHDRAWALS]
        beside = {WITHDRAWALS: [known for known in there if known["id"] == body.get("withdrawal")]}
        entries = self._entries({**beside, one.list: [body]}, named)
        return entries if one.list == WITHDRAWALS else entries.with_lists(withdrawals=())

    def ever_named(self) -> Scenario:
        """The scenario with everything that entries may name, cancelled operations too."""
        return self.named if self.plan is None else with_cancelled(self.named, self.plan)

    def superseded(self, items: Sequence[tuple[str, Item]]) -> list[StoredEntry]:
        """The waiting entries that an item replaces: those about the same operation, and those of its id."""
        subjects = {subject(name, item) for name, item in items} - {None}
        return [entry for entry in self.waiting if subject(entry.list, entry.item) in subjects]

    def without(self, gone: Collection[StoredEntry]) -> "Draft":
        """The draft without these entries: operations that they cancelled are back in the edited scenario."""
        ids = [entry.item["operation"] for entry in gone if entry.list == CANCELLED]
        lost = [] if self.given is None else [id for id in ids if id not in self.given.operations]
        given = self.given if self.given is None or not lost else kept(self.scenario, self.given, lost)
        return replace(self, given=given, waiting=tuple(entry for entry in self.waiting if entry not in gone))

    def entries_with(self, more: Sequence[tuple[str, Item]] = ()) -> Entries:
        """The waiting entries, and `more`. InputError with every problem; its paths count the items of each list."""
        written: dict[str, list[object]] = {}
        answers = {pair: body for pair, (_, body) in self.answers().items()}
        apart = (ANSWERS, UNDONE)
        for name, item in [*((entry.list, entry.item) for entry in self.waiting if entry.list not in apart), *more]:
            if name == ANSWERS:
                answers[item["operation"], item["party"]] = item
            else:
                written.setdefault(name, []).append(dict(item))
        if answers:
            written[ANSWERS] = list(answers.values())
        entries = self._entries(written).and_then(Entries(tuple(self._undone())))
        if self.proposal is not None:
            return self.proposal.entries(entries, edited=self.given is not None or self.undoing is not None)
        return entries.and_then(Entries(self._answered(entries)))

    def _undone(self) -> Iterator[Undone]:
        for entry in self.waiting:
            if entry.list == UNDONE:
                body, found = entry.item, self.undoing
                if found is None or found.revision.hash != body["hash"] or not self.has_served_plan:
                    values = {"n": max(body["versions"])}
                    raise Refused(Message("Version {n} of the plan is gone, and cannot be undone.", values))
                yield replace(found.undone(again=body["again"]), reported=self._local(body["reported"]))

    def _local(self, written: str) -> datetime:
        return datetime.fromisoformat(written).replace(tzinfo=self.scenario.zone)

    def _answered(self, entries: Entries) -> tuple[Answered, ...]:
        """Answers to former proposals: they are about the place that they state, and still bind."""
        known = self.scenario if self.given is None else self.given
        for change in entries.changes:
            known = change.on(known)
        bodies = [entry.item for entry in self.waiting if entry.list == ANSWERS]
        there = [body for body in bodies if body["operation"] in known.operations and body["party"] in known.parties]
        return answers_kept(there, known)

    def answers(self) -> Mapping[tuple[object, object], tuple[StoredEntry, Item]]:
        """By operation and party, the last answer to each question of the proposal, about the same date and terms."""
        found: dict[tuple[object, object], tuple[StoredEntry, Item]] = {}
        proposed = self._proposed()
        for entry in self.waiting if proposed is not None else ():
            if entry.list == ANSWERS and proposed is not None and is_answer(body := entry.item, proposed):
                found[body["operation"], body["party"]] = (entry, body)
        return found

    def usable(self, now: datetime) -> tuple[Entries, tuple[Problem, ...]]:
        """The waiting entries; if time or a new publishing has made any useless, none, and the reasons."""
        try:
            self.refuse_unfit(entries := self.entries_with(), now)
        except (InputError, Refused) as error:
            return Entries(), error.problems or (Problem("stale", error.message),)
        return entries, ()

    def refused(self, now: datetime) -> Mapping[int, tuple[Problem, ...]]:
        """The waiting entries, by number, that cannot be taken in beside those that can, each with the reasons."""
        fit, found, is_more = replace(self, waiting=()), dict[int, tuple[Problem, ...]](), True
        while is_more:  # what is refused alone may be taken in beside a later one
            is_more = False
            for entry in [entry for entry in self.waiting if entry not in fit.waiting]:
                beside = replace(fit, waiting=(*fit.waiting, entry))
                found[entry.number] = beside.usable(now)[1]
                if not found[entry.number]:
                    fit, is_more = beside, True
        return {number: problems for number, problems in found.items() if problems}

    def refuse_other(self, seen: str) -> None:
        if self.stamp != seen:
            raise StaleDraft

    def refuse_overtaken(self) -> None:
        if self.published is not None and self.is_overtaken:
            raise OvertakenDraft(self.published)

    def fits(self, entries: Entries, now: datetime) -> bool:
        try:
            self.refuse_unfit(entries, now)
        except (InputError, Refused):
            return False
        return True

    def refuse_unfit(self, entries: Entries, now: datetime) -> None:
        """Raises the errors of a replan at that moment that could not take the entries in."""
        if self.plan is not None:
            refuse_unfit(self.named, self.plan, entries, max(self.moment(now), self.plan.as_of))
        if self.given is not None:
            amended(self.scenario, entries.changes)  # pages show entries in the unedited year

    def refuse_no_edit(self, now: datetime) -> None:
        """Raises the errors of a replan at that moment if the edited scenario cannot belong to this plan."""
        entries, problems = self.usable(now)
        if self.plan is None or problems:
            return
        moment = max(self.moment(now), self.plan.as_of)
        entries = past_told(self.scenario, self.plan, entries, moment)
        edited(self.scenario, self.given, self.plan, entries, moment)

    def _entries(self, written: Mapping[str, object], named: Scenario | None = None) -> Entries:
        known = Entries() if self.plan is None else self.plan.entries
        return entries_of([FormDocument.of(written)], named or self.named, known, self._proposed())

    def _proposed(self) -> Proposed | None:
        one = self.proposal
        return None if one is None else Proposed(one.scenario, one.parties(), one.plan.placed)
