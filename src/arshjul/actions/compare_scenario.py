"""Compares a scenario that somebody has sent with the draft's: new, changed with old and new values, gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.draft import Draft, add, keep, opened_draft, refuse_other
from arshjul.domain.amendment import Nominated
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.words import local_time
from arshjul.store import audit
from arshjul.store.store import Store

SECRET = "sites"


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value of an operation that is another: as both are written. Of what is secret only that it is another.

    `undoes`: it was changed here since the plan was made, and would be so no more.
    """

    operation: str
    key: str
    old: object
    new: object
    undoes: bool = False


@dataclass(frozen=True, slots=True)
class ScenarioDifference:
    """The difference to the draft. `begun` are operations that have started: they stay as they were.

    `sections` are other parts of the scenario that differ.
    """

    new: tuple[str, ...]
    changed: tuple[ChangedValue, ...]
    gone: tuple[str, ...]
    begun: tuple[str, ...]
    sections: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """True if the scenario is the draft's."""
        return not (self.new or self.changed or self.gone or self.sections)


def _nominated(draft: Draft) -> frozenset[str]:
    """The operations that entries have added to the year."""
    changes = () if draft.plan is None else draft.plan.entries.changes
    return frozenset(change.operation.id for change in changes if isinstance(change, Nominated))


def compare(draft: Draft, given: Scenario, begun: frozenset[str]) -> ScenarioDifference:
    """The difference of what somebody has sent to the draft, or to what waits there already.

    What an entry has nominated is not gone: a scenario need not hold it.
    """
    old, new = scenario_mapping(draft.given or draft.scenario), scenario_mapping(given)
    was, now = _operations(old), _operations(new)
    planned = was if draft.given is None else _operations(scenario_mapping(draft.scenario))
    changed = tuple(change for id in now if id in was for change in _changes(id, was[id], now[id], planned.get(id)))
    return ScenarioDifference(
        new=tuple(id for id in now if id not in was),
        changed=tuple(change for change in changed if change.operation not in begun),
        gone=tuple(id for id in was if id not in now and id not in begun | _nominated(draft)),
        begun=tuple(sorted(begun & {change.operation for change in changed})),
        sections=tuple(key for key in new if key not in ("operations", "format") and new[key] != old.get(key)),
    )


def _operations(written: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    found = written["operations"]
    return {str(one["id"]): one for one in found} if isinstance(found, list) else {}


def _changes(
    id: str, old: Mapping[str, object], new: Mapping[str, object], planned: Mapping[str, object] | None
) -> Iterator[ChangedValue]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            shown = (None, None) if key == SECRET else (old.get(key), new.get(key))
            yield ChangedValue(id, key, *shown, undoes=planned is not None and planned.get(key) != old.get(key))


def take_over(
    store: Store, given: Scenario, actor: str, now: datetime, seen: str, cancelled: Sequence[str] = ()
) -> None:
    """The scenario that was sent is the one as it should now be; it waits for a plan, and so do the `cancelled`.

    StaleDraft as always.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        refuse_other(draft, seen)
        if given.name != draft.scenario.name:
            values = {"given": given.name, "name": draft.scenario.name}
            raise Refused(Message("This is another plan, {given}: the year here is {name}.", values))
        new = draft.edited(given)
        reported = local_time(draft.moment(now))
        add(db, new, [("cancelled", {"operation": id, "reported": reported}) for id in cancelled], actor, now)
        audit.add(db, now, actor, "edit", given.name)
        keep(db, draft, new, words(draft.scenario.language))
