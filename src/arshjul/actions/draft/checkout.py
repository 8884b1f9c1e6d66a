"""checkout: the database's year as a complete plan folder, with sites, entries and the feeds' history."""

from dataclasses import dataclass, replace
from pathlib import Path

from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.folder.plan_files import FormerFolder, plan_files, refuse_unknown_work
from arshjul.actions.folder.reading import Speak
from arshjul.actions.publishing.revision_feeds import under_its_own_name
from arshjul.actions.publishing.served_revision import read_back, served_feeds, whole_scenario
from arshjul.domain.plan import Plan
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import write_plan_folder
from arshjul.store.store import Store


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """The draft's plan, as written out. `n_waiting` entries wait for another plan, and are not in it."""

    plan: Plan
    is_published: bool
    n_waiting: int


def checkout(store: Store, folder: Path, speak: Speak) -> CheckedOut:
    """Writes the draft's plan, which is the served one if nothing was chosen since.

    The folder names the publishing from which the draft began. Refused if work in it would be lost.
    """
    with store.reading() as db:
        draft = opened_draft(db)
        history = served_feeds(db, draft.served).history
        base = None if draft.base is None or draft.has_served_plan else read_back(db, draft.base)
        before = FormerFolder() if base is None else FormerFolder(base.plan, scenario=whole_scenario(db, base))
    speak(draft.scenario.language)
    if draft.is_rehearsal and draft.served is not None:
        tried = draft.served.scenario
        history = under_its_own_name(history, tried, words(tried.language))
    plan = draft.learnt_plan
    refuse_unknown_work(folder, draft.scenario, plan)
    before = replace(before, history=history)
    write_plan_folder(folder, plan_files(draft.scenario, plan, before, words(draft.scenario.language)))
    return CheckedOut(plan, draft.has_served_plan, len(draft.waiting) + (draft.given is not None))
