"""Obstacles to sharing: what was written down, a form for what was told, and the counts that may be passed on."""

from functools import partial

from arshjul.actions.contacts.ledger import OBSTACLES
from arshjul.actions.contacts.sheets import sheet_register
from arshjul.actions.folder.report import WRITERS
from arshjul.console.entry_forms import NEVER_ASKED, EntryForm, learn
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.entries.obstacle import ASKED_OF_ALL, CATEGORIES, EFFECTS, RULES, SharingObstacle, latest_obstacles
from arshjul.errors import InputError, Message
from arshjul.formats.schema.declared import mapping, shape
from arshjul.planning.report.obstacles import (
    TOO_FEW,
    ObstacleReport,
    Quarter,
    obstacle_report,
    obstacle_sentences,
    periods_before,
    quarters_of,
)
from arshjul.serving.fields import declared, kinds_of
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther

OBSTACLE = EntryForm("obstacles", kinds_of(shape(SharingObstacle), NEVER_ASKED, "id"))
KINDS_OF_FILE = {".pdf": "application/pdf", ".xlsx": WORKBOOK, ".csv": "text/csv; charset=utf-8"}


def show(visit: Visit) -> Answer:
    """All obstacles, the newest first, and what may be told of each quarter and year that is over."""
    there = latest_obstacles(visit.plan_now.entries.obstacles)
    parties, told = visit.scenario.parties, [_told(visit, one) for one in _periods(visit)]
    values = {
        "draft": visit.draft,
        "obstacles": sorted(there, key=lambda one: (one.day, one.id), reverse=True),
        "categories": CATEGORIES,
        "rules": RULES,
        "effects": EFFECTS,
        "names": {id: party.name for id, party in parties.items()},
        "told": [(one, next(iter(obstacle_sentences(one)))) for one in reversed(told)],
        "too_few": TOO_FEW,
        "first_told": Quarter.of(visit.scenario.span.first).after,
        "files": list(WRITERS),
    }
    return Html("obstacles.html", values)


def _periods(visit: Visit) -> list[str]:
    return periods_before(visit.moment, visit.scenario.span)


def _told(visit: Visit, period: str) -> ObstacleReport:
    with visit.store.reading() as db:
        register = sheet_register(db, visit.scenario, visit.plan_now)
    return obstacle_report(visit.scenario, visit.plan_now, quarters_of(period), visit.moment, register)


def get_file(visit: Visit) -> Answer:
    """What may be told of a period, as a file to pass on."""
    period, ending = visit.query.text("period"), visit.query.text("as")
    if period not in _periods(visit) or ending not in WRITERS:
        raise InputError(Message("There is no such page."))
    made = WRITERS[ending](_told(visit, period), visit.year_words)
    return Bytes(made, KINDS_OF_FILE[ending], f"{visit.year_words('obstacles')}-{period}{ending}")


def show_new(visit: Visit) -> Answer:
    """The form, of the operation that the query names."""
    day = visit.moment.date().isoformat()
    return _form(visit, Form({"date": (day,), "operation": (visit.query.text("operation"),)}))


def show_one(visit: Visit) -> Answer:
    """The form, filled in with what was said, to put it right."""
    there = _there(visit)
    return _form(visit, OBSTACLE.filled(mapping(there)), id=there.id)


def _there(visit: Visit) -> SharingObstacle:
    found = OBSTACLES.there(visit.draft).get((visit.path["obstacle"],))
    if not isinstance(found, SharingObstacle):
        raise InputError(Message("There is no such page."))
    return found


def _form(visit: Visit, form: Form, problems: Problems = (), status: int = 200, *, id: str = "") -> Html:
    """`id`: of the obstacle that is put right; empty: of a new one."""
    values = {
        "draft": visit.draft,
        "id": id,
        "shape": OBSTACLE.list,
        "keys": declared(OBSTACLE.list),
        "first": ASKED_OF_ALL,
        "rest": [key for key in OBSTACLE.kinds if key not in (*ASKED_OF_ALL, "date", "operation", "asker", "asked")],
        "choices": visit.choices,
        "form": ShownForm("", form, problems=problems),
    }
    return Html("obstacle_new.html", values, status)


def take_new(visit: Visit) -> Answer:
    """Enters it."""
    back = learn(visit, OBSTACLE, OBSTACLE.item(visit.form), partial(_form, visit, visit.form))
    return back or SeeOther("/obstacles")


def change(visit: Visit) -> Answer:
    """Enters it anew under its id."""
    id = _there(visit).id
    item = {**dict.fromkeys(OBSTACLE.kinds, ""), **OBSTACLE.item(visit.form)}
    back = learn(visit, OBSTACLE, item, partial(_form, visit, visit.form, id=id), id)
    return back or SeeOther("/obstacles")


forms = (OBSTACLE,)

pages = (
    Page("/obstacles", "GET", READING, show),
    Page("/obstacles/file", "GET", READING, get_file),
    Page("/obstacles/new", "GET", CHANGING, show_new),
    Page("/obstacles/new", "POST", CHANGING, take_new),
    Page("/obstacles/{obstacle}", "GET", CHANGING, show_one),
    Page("/obstacles/{obstacle}", "POST", CHANGING, change),
)
