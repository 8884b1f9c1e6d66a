"""What each edit of the draft changed: recorded with it, so that it can be taken back alone."""

from datetime import datetime

from arshjul.actions.draft.draft import Draft
from arshjul.domain.scenario import Scenario
from arshjul.formats.plan.plan_folder import bare_scenario, scenario_bytes
from arshjul.formats.scenario.sites_apart import bodies, with_sites, without_sites
from arshjul.store import drafts
from arshjul.store.drafts import EDITS, StoredEdit
from arshjul.store.events import LogEvent
from arshjul.store.store import Transaction


def record_edit(db: Transaction, draft: Draft, new: Draft, event: LogEvent, actor: str, now: datetime) -> None:
    """Records the edit that made the `new` draft of another; none where it counts at once, or changes nothing."""
    if new.given is None:
        return
    before, after = draft.present.with_unplanned(new.given), new.given
    if before == after:
        return
    sides = (scenario_bytes(without_sites(one)) for one in (before, after))
    number = EDITS.highest(db, EDITS.c.number) + 1
    edit = StoredEdit(number, now, actor, event.kind.action, event.text, *sides)
    drafts.add_edit(db, edit, {"before": bodies(before), "after": bodies(after)})


def edit_sides(db: Transaction, edit: StoredEdit) -> tuple[Scenario, Scenario]:
    """The scenario before an edit, and after it."""
    before, after = drafts.edit_sites(db, edit.number)
    return with_sites(bare_scenario(edit.before), before), with_sites(bare_scenario(edit.after), after)
