"""import: makes a plan folder, or a scenario, the database's year."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from arshjul.actions.draft.draft import Draft, keep, opened_draft
from arshjul.actions.draft.recorded_edits import record_edit
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, opened_scenario
from arshjul.domain.known_sites import with_known_sites
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import is_plan_folder
from arshjul.store import audit, drafts, revisions
from arshjul.store.events import Imported, RehearsalBegun
from arshjul.store.store import Store, Transaction


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
    is not given, and if it is another plan by its name: one that has no plan yet may go with `replace_year`. A scenario
    object is a workbook's: what has no sites in it keeps those of the year, as on the console's page.
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
            keep(db, old, old, words(scenario.language), now)
        else:
            old = opened_draft(db)
            if plan is not None:
                raise Refused(
                    Message("There is a year in the database already: `arshjul publish` puts another plan of it there.")
                )
            if scenario.name != old.scenario.name:
                _refuse_other(scenario, old, store.name, replace_year=replace_year)
            elif isinstance(source, Scenario):
                scenario = with_known_sites(scenario, old.present)
            if old.plan is not None:
                scenario = replace(scenario, objects={**old.present.objects, **scenario.objects})
            if old.given not in (None, scenario) and not replace_edit:
                raise Refused(
                    Message(
                        "Another edit waits for a plan in {name}: work out its options or take it back in the console, "
                        "or say --replace-edit to put this in its place.",
                        {"name": store.name},
                    )
                )
            new = old.edited(scenario)
            keep(db, old, new, words(scenario.language), now)
            drafts.forget_edits(db)
            record_edit(db, replace(old, given=None), new, Imported(scenario.name), actor, now)
        audit.add(db, now, actor, Imported(scenario.name))
        return opened_draft(db)


def _refuse_other(given: Scenario, old: Draft, database: str, *, replace_year: bool) -> None:
    """Refused for another plan in the place of the database's, unless that has no plan yet and may go."""
    values = {"given": given.name, "name": old.scenario.name, "database": database}
    if old.plan is not None:
        raise Refused(
            Message(
                "{given} is another plan: in {database} lies {name}, and stays. Name another database with --db.",
                values,
            )
        )
    if not replace_year:
        raise Refused(
            Message(
                "{given} is another plan: in {database} lies {name}. Name another database with --db, or say --replace "
                "if {name} may go.",
                values,
            )
        )


def _refuse_without_agencies(scenario: Scenario) -> None:
    """InputError if no operation asks for any agency's teams, which is a mistake."""
    operations = scenario.operations.values()
    if operations and not any(one.agencies or one.optional_agencies or one.any_of for one in operations):
        raise InputError(
            Message(
                "No operation says which agencies take part. In a workbook each agency has a column, with its id as "
                "heading and its teams below; say with --map which columns of your own spreadsheet they are."
            )
        )


def _mark(db: Transaction, actor: str, now: datetime, *, rehearsal: bool) -> None:
    if rehearsal and audit.is_empty(db):
        audit.add(db, now, actor, RehearsalBegun())
    if rehearsal is not audit.is_rehearsal(db):
        raise Refused(
            Message("A database is for rehearsals from the start and for ever, or never: name another one with --db.")
        )
