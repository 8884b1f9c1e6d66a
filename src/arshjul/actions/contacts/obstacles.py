"""Obstacles to sharing: written down by the coordinator or a contact; and what may be told of them."""

from datetime import datetime
from itertools import count

from arshjul.actions.contacts.learning import add_learnt, judged_learnt
from arshjul.actions.contacts.sheets import sheet_register
from arshjul.actions.draft.draft import AlreadyDone, Draft, Item, asked_draft, opened_draft
from arshjul.domain.entries.learnt import OBSTACLES
from arshjul.domain.entries.obstacle import SharingObstacle
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.declared import mapping
from arshjul.planning.report.obstacles import ObstacleReport, obstacle_report, quarters_of
from arshjul.store.store import Store, Transaction

PREFIX = "HI"
"""What the ids of obstacles begin with here."""


def next_obstacle(draft: Draft) -> str:
    """The first id that no obstacle has."""
    known = {one.id for one in draft.learnt_plan.entries.obstacles}
    return next(id for id in (f"{PREFIX}{number}" for number in count(1)) if id not in known)


def note_obstacle(store: Store, item: Item, actor: str, now: datetime) -> None:
    """Enters an obstacle under the next id. InputError or Refused if it is unusable; AlreadyDone if it is there."""
    with store.writing() as db:
        draft = opened_draft(db)
        known = (mapping(one) for one in draft.learnt_plan.entries.obstacles)
        if _said(item) in map(_said, known):
            raise AlreadyDone(Message("This is entered already: nothing in it is new."))
        _note(db, draft, item, actor, now)


def change_obstacle(store: Store, id: str, item: Item, actor: str, now: datetime) -> None:
    """Enters an obstacle anew under its id; what it said before stays in the log. InputError, Refused, AlreadyDone."""
    with store.writing() as db:
        draft = opened_draft(db)
        if _said(item) == _said(mapping(obstacle_in(draft, id))):
            raise AlreadyDone(Message("This is entered already: nothing in it is new."))
        add_learnt(db, OBSTACLES, judged_learnt(draft, OBSTACLES, {**item, "id": id}, now), actor, now)


def obstacle_in(draft: Draft, id: str) -> SharingObstacle:
    """The obstacle of that id, as it was last said. InputError if there is none."""
    found = {one.id: one for one in draft.learnt_plan.entries.obstacles}.get(id)
    if found is None:
        raise InputError(Message("There is no such page."))
    return found


def _note(db: Transaction, draft: Draft, item: Item, actor: str, now: datetime) -> None:
    written = judged_learnt(draft, OBSTACLES, {**item, "id": next_obstacle(draft)}, now)
    add_learnt(db, OBSTACLES, written, actor, now)


def _said(item: Item) -> Item:
    """What it says, with what is left out as it is usual, and without what it is given here."""
    given = {key: value for key, value in item.items() if key not in ("id", "reported", "revision")}
    return {"ground_tried": "none", "workaround": "none", **given}


def obstacle_of_contact(db: Transaction, item: Item, party: str, contact: str, now: datetime) -> bool:
    """Enters what a contact of that party has sent, as of now: False if it is about others, or unusable.

    Whenever it was said, it counts from now on: what is told of a quarter that is over stays as it is.
    """
    draft = asked_draft(db)
    if party not in (item.get("asker"), item.get("asked")):
        return False
    try:
        _note(db, draft, item, contact, now)
    except (InputError, Refused):
        return False
    return True


def told_of(store: Store, scenario: Scenario, plan: Plan, period: str, moment: datetime) -> ObstacleReport:
    """What may be told of a quarter, or a year, by its name."""
    with store.reading() as db:
        register = sheet_register(db, scenario, plan)
    return obstacle_report(scenario, plan, quarters_of(period), moment, register)
