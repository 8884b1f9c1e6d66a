"""import, checkout: a plan folder or a scenario as the database's year, the next year's, and the year as a folder."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.compare_scenario import record_edit, take_over
from arshjul.office.draft.draft import CANCELLED, NOMINATED, Draft
from arshjul.office.draft.edit_operation import taken_ids
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.publishing.served_revision import read_back, served_feeds, under_its_own_name, whole_scenario
from arshjul.office.store import audit, drafts, revisions
from arshjul.office.store.events import Imported, RehearsalBegun, YearTurned
from arshjul.office.store.store import Store, Transaction
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.plan_files import FormerFolder, plan_files, refuse_unknown_work
from arshjul.year.folder.reading import Speak, opened, opened_scenario
from arshjul.year.folder.turn import turned_scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import is_plan_folder, write_plan_folder
from arshjul.year.planning.next_year import Wishes
from arshjul.year.planning.turn import Turned


def import_year(  # noqa: PLR0913 - each switch is a consent of its own
    source: Path | Scenario,
    into: Callable[[], Store],
    actor: str,
    now: datetime,
    speak: Speak,
    *,
    rehearsal: bool = False,
    replace_edit: bool = False,
    replace_year: bool = False,
) -> Draft:
    """Imports a year into a database; returns the draft. `into` opens or makes it, after the year has been read.

    If it holds a year already, a scenario becomes the edited scenario, which waits for a plan; objects that
    it does not hold stay. Refused if a folder is not of the existing year, if another edit waits and `replace_edit`
    is not given, and if it is another plan by its name: one that has no plan yet may go with `replace_year`, as may
    most of the operations of the same. A scenario object is a workbook's: what has no sites in it keeps those of the
    year, as on the console's page.
    """
    plan = None
    if isinstance(source, Scenario):
        scenario = source
    elif is_plan_folder(source):
        read = opened(source, speak)
        scenario, plan = read.scenario, read.plan
    else:
        scenario = opened_scenario(source, speak)
    _refuse_without_agencies(scenario)
    store = into()
    with store.writing() as db:
        _mark(db, actor, now, rehearsal=rehearsal)
        if drafts.DRAFTS.first(db) is None and revisions.pointer(db) is None:
            old = Draft(scenario, plan, None, 0, None, (), None, None, audit.is_rehearsal(db))
            keep(db, old, old)
        else:
            old = opened_draft(db)
            if plan is not None:
                raise Refused(Message("The database has a year already: use `arshjul publish` for another plan of it."))
            if isinstance(source, Scenario) and scenario.name == old.scenario.name:
                scenario = with_known_sites(scenario, old.present)
            scenario = _beside(old, scenario, store.name, replace_edit=replace_edit, replace_year=replace_year)
            new = old.edited(scenario)
            keep(db, old, new)
            drafts.forget_edits(db)
            record_edit(db, replace(old, given=None), new, Imported(scenario.name), actor, now)
        audit.add(db, now, actor, Imported(scenario.name))
        return opened_draft(db)


def _beside(old: Draft, given: Scenario, database: str, *, replace_edit: bool, replace_year: bool) -> Scenario:
    """The scenario as an edit of the draft's. Refused if something would go that may not."""
    values = {"given": given.name, "name": old.scenario.name, "database": database}
    if given.name != old.scenario.name and old.plan is not None:
        text = Message("{given} is another plan than {name} in {database}: name another database with --db.", values)
        raise Refused(text)
    if given.name != old.scenario.name and not replace_year:
        text = Message(
            "{given} is another plan than {name} in {database}: name another database with --db, or give --replace.",
            values,
        )
        raise Refused(text)
    n, gone = len(old.present.operations), len(old.present.operations.keys() - given.operations.keys())
    if 2 * gone > n and not replace_year:  # the workbook is probably the one that was to be filled in first
        text = Message(
            "{gone} of the {n} operations of {name} in {database} are not in what is imported, and would go: "
            "import the file that has them, or give --replace.",
            {**values, "gone": gone, "n": n},
        )
        raise Refused(text)
    if old.plan is not None:
        given = replace(given, objects={**old.present.objects, **given.objects})
    if old.given not in (None, given) and not replace_edit:
        text = Message(
            "Another edit of {name} waits for a plan: take it back in the console, or give --replace-edit.",
            {"name": database},
        )
        raise Refused(text)
    return given


def _refuse_without_agencies(scenario: Scenario) -> None:
    operations = scenario.operations.values()
    if operations and not any(
        operation.agencies or operation.optional_agencies or operation.any_of for operation in operations
    ):
        raise InputError(
            Message(
                "No operation has an agency: give each agency a column in the workbook, or name the columns with --map."
            )
        )


def _mark(db: Transaction, actor: str, now: datetime, *, rehearsal: bool) -> None:
    if rehearsal and audit.is_empty(db):
        audit.add(db, now, actor, RehearsalBegun())
    if rehearsal is not audit.is_rehearsal(db):
        raise Refused(Message("A database cannot become a rehearsal later: name another one with --db."))


def next_year(draft: Draft, wishes: Wishes, now: datetime) -> Turned:
    """The present year, turned. Refused if it is turned already, or new or cancelled operations wait."""
    plan, present, today = draft.made_plan, draft.present, draft.moment(now).date()
    if present.span.last > draft.scenario.span.last:
        raise Refused(
            Message(
                "The year to {last} already waits for its plan: work out the options on Today, or take it back.",
                {"last": present.span.last},
            )
        )
    if any(entry.list in (NOMINATED, CANCELLED) for entry in draft.waiting):
        raise Refused(Message("New or cancelled operations wait for a plan: work out the options on Today first."))
    return turned_scenario(present, draft.as_given, wishes, plan, draft.begun(now), today, taken_ids(draft))


def turn_year(store: Store, made: Turned, actor: str, now: datetime, seen: str) -> None:
    take_over(store, made.scenario, actor, now, seen, event=YearTurned(str(made.year.last)))


class CheckedOut(NamedTuple):
    """The draft's plan, as written out. `n_waiting` entries wait for another plan, and are not in it."""

    plan: Plan
    is_published: bool
    n_waiting: int


def checkout(store: Store, folder: Path, speak: Speak) -> CheckedOut:
    """The folder names the publishing from which the draft began. Refused if work in it would be lost."""
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
    write_plan_folder(folder, plan_files(draft.scenario, plan, before))
    return CheckedOut(plan, draft.has_served_plan, len(draft.waiting) + (draft.given is not None))
