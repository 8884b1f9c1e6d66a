"""Knowledge from parties: cards, situation pictures and the actions on them, obstacles."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import NEVER_ASKED, WAS, EntryForm, learn, refused, shown
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.contacts.ledger import LEDGERS, OBSTACLES, mark_of, secret_outside
from arshjul.office.contacts.pictures import concerned, decide
from arshjul.office.contacts.sheets import sheet_register
from arshjul.serving.fields import PICTURE_FIELDS, SEVERAL, declared, entry_lines, kinds_of, picture_choices
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.year.agenda.party_view import TEXTS, cards_of
from arshjul.year.domain.entries.learnt import LEARNT, PLAIN, PartyCard, latest_cards
from arshjul.year.domain.entries.obstacle import (
    ASKED_OF_ALL,
    CATEGORIES,
    EFFECTS,
    RULES,
    SharingObstacle,
    latest_obstacles,
)
from arshjul.year.domain.entries.picture import DECISIONS, TREND_WORDS, Decision, PictureTheme, latest_themes
from arshjul.year.domain.operation import Operation
from arshjul.year.folder.report import WRITERS
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.planning.report.obstacles import (
    TOO_FEW,
    ObstacleReport,
    Quarter,
    obstacle_report,
    obstacle_sentences,
    periods_before,
    quarters_of,
)


def pages_of(form: EntryForm, path: str, show: Callable[..., Html]) -> tuple[Page, Page]:
    """The page of a list with a form for what is told, and what that enters."""

    def write(visit: Visit) -> Answer:
        return learn(visit, form, form.item(visit.form), partial(show, visit)) or SeeOther(path)

    return Page(path, "GET", READING, show), Page(path, "POST", CHANGING, write)


CARD = EntryForm("cards", kinds_of(shape(PartyCard), NEVER_ASKED, sectors=SEVERAL), is_marked=True)


def show_cards(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    """The cards, and a form for a party, filled in with its card where `of` names it."""
    scenario, plan, of = visit.scenario, visit.plan_now, visit.query.text("of")
    written = {id: entry.card for id, entry in latest_cards(plan.entries.cards).items()}
    there, was = written.get(of), mark_of(written.get(visit.form.text("party") or of))
    cards = cards_of(scenario, plan)
    secret = secret_outside(visit.draft).are_in if cards else None
    form = shown(visit, CARD.list, CARD.filled(mapping(there) if there else {}), problems, was=was)
    values = {
        "draft": visit.draft,
        "cards": cards,
        "held_back": {card.party for card in cards if secret and any(map(secret, card.said.values()))},
        "texts_of": TEXTS,
        "today": visit.moment.date(),
        "parties": visit.choices["parties"],
        "sectors": visit.choices["names"],
        "form": replace(form, is_open=form.is_open or there is not None),
        "problems": problems,
    }
    return Html("cards.html", values, status)


PICTURE = EntryForm("pictures", PICTURE_FIELDS)


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme, whether it still proposes something, and of which operations; and its form."""

    theme: PictureTheme
    is_open: bool
    priority: tuple[Operation, ...]
    interest: tuple[Operation, ...]
    is_secret: bool
    form: ShownForm


def show_pictures(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    year, today = visit.draft.present, visit.moment.date()
    themes = list(latest_themes(visit.plan_now.entries.pictures, year))[::-1]
    secret = secret_outside(visit.draft).are_in if themes else lambda _: False

    def theme(one: PictureTheme) -> ShownTheme:
        def of(what: Decision) -> tuple[Operation, ...]:
            return tuple(old for old, _ in concerned(visit.draft, one, what, today))

        form = shown(visit, one.id, Form(), problems)
        return ShownTheme(one, one.proposes(today), of("priority"), of("interest"), secret(one.theme.note), form)

    values = {
        "draft": visit.draft,
        "themes": [theme(entry) for entry in themes],
        "names": {id: party.name for id, party in year.parties.items()},
        "areas": {id: area.name for id, area in year.areas.items()},
        "trend_words": TREND_WORDS,
        "parties": [(id, party.name) for id, party in year.parties.items()],
        "choices": picture_choices(
            [(id, area.name) for id, area in year.areas.items()],
            [(id, visit.scenario.word(id)) for id in year.sectors],
            visit.words,
        ),
        "sector_word": visit.scenario.word,
        "form": shown(visit, PICTURE.list, Form(), problems),
        "problems": problems,
    }
    return Html("pictures.html", values, status)


def write_picture(visit: Visit) -> Answer:
    """Enters a theme, or decides about one: what is taken over waits for options."""
    form, ask, again = visit.form, visit.form.text("ask"), partial(show_pictures, visit)

    def act() -> None:
        decision = next((kind for kind in DECISIONS if kind == form.text("decision")), None)
        if decision is None:
            raise InputError(Message("There is no such page."))
        decide(visit.store, ask, decision, form.text("reason"), visit.person, visit.now, form.text("seen"))

    if ask == PICTURE.list:
        back = learn(visit, PICTURE, PICTURE.item(form), again)
    else:
        back = refused(again, (PICTURE.list, ask), act)
    return back or SeeOther("/pictures")


OBSTACLE = EntryForm("obstacles", kinds_of(shape(SharingObstacle), NEVER_ASKED, "id"), is_marked=True)
KINDS_OF_FILE = {".pdf": "application/pdf", ".xlsx": WORKBOOK, ".csv": "text/csv; charset=utf-8"}


def show_obstacles(visit: Visit) -> Answer:
    there = latest_obstacles(visit.plan_now.entries.obstacles)
    parties, told = visit.scenario.parties, [_told(visit, period) for period in _periods(visit)]
    values = {
        "obstacles": sorted(there, key=lambda one: (one.day, one.id), reverse=True),
        "categories": CATEGORIES,
        "rules": RULES,
        "effects": EFFECTS,
        "names": {id: party.name for id, party in parties.items()},
        "told": [(report, next(iter(obstacle_sentences(report)))) for report in reversed(told)],
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


def get_obstacles(visit: Visit) -> Answer:
    period, ending = visit.query.text("period"), visit.query.text("as")
    if period not in _periods(visit) or ending not in WRITERS:
        raise InputError(Message("There is no such page."))
    made = WRITERS[ending](_told(visit, period), visit.year_words)
    return Bytes(made, KINDS_OF_FILE[ending], f"{visit.year_words('obstacles')}-{period}{ending}")


def show_new_obstacle(visit: Visit) -> Answer:
    day = visit.moment.date().isoformat()
    return _obstacle_form(visit, Form({"date": (day,), "operation": (visit.query.text("operation"),)}))


def show_obstacle(visit: Visit) -> Answer:
    there = _obstacle(visit)
    return _obstacle_form(visit, OBSTACLE.filled(mapping(there)), id=there.id)


def _obstacle(visit: Visit) -> SharingObstacle:
    found = OBSTACLES.there(visit.draft).get((visit.path["obstacle"],))
    if not isinstance(found, SharingObstacle):
        raise InputError(Message("There is no such page."))
    return found


def _obstacle_form(visit: Visit, form: Form, problems: Problems = (), status: int = 200, *, id: str = "") -> Html:
    """`id`: of the obstacle that is put right; empty: of a new one.

    What comes back to be put right keeps the mark of what its page showed; one that was refused as stale has seen it.
    """
    was = visit.form.text(WAS) if status == 422 else mark_of(OBSTACLES.there(visit.draft).get((id,)))
    values = {
        "draft": visit.draft,
        "id": id,
        "shape": OBSTACLE.list,
        "keys": declared(OBSTACLE.list),
        "first": ASKED_OF_ALL,
        "rest": [key for key in OBSTACLE.kinds if key not in (*ASKED_OF_ALL, "date", "operation", "asker", "asked")],
        "choices": visit.choices,
        "form": ShownForm("", form, problems=problems, was=was),
    }
    return Html("obstacle_new.html", values, status)


def take_obstacle(visit: Visit) -> Answer:
    back = learn(visit, OBSTACLE, OBSTACLE.item(visit.form), partial(_obstacle_form, visit, visit.form))
    return back or SeeOther("/obstacles")


def change_obstacle(visit: Visit) -> Answer:
    id = _obstacle(visit).id
    item = {**dict.fromkeys(OBSTACLE.kinds, ""), **OBSTACLE.item(visit.form)}
    back = learn(visit, OBSTACLE, item, partial(_obstacle_form, visit, visit.form, id=id), id)
    return back or SeeOther("/obstacles")


def _plain(name: str) -> tuple[EntryForm, tuple[Page, Page]]:
    """The form and the pages of a list of which nothing is said but its declaration."""
    form = EntryForm(name, kinds_of(shape(LEARNT[name]), NEVER_ASKED, "id"))

    def show(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
        there = reversed(list(LEDGERS[name].there(visit.draft).values()))
        choices = visit.choices
        names = {id: word for some in choices.values() for id, word in some}
        entries = [dict(entry_lines(name, mapping(entry), names, visit.words)) for entry in there]
        values = {
            "draft": visit.draft,
            "path": f"/{name}",
            "words": PLAIN[name],
            "entries": entries,
            "headings": list(dict.fromkeys(heading for entry in entries for heading in entry)),
            "shape": name,
            "keys": declared(name),
            "asked": form.kinds,
            "choices": choices,
            "form": shown(visit, name, Form(), problems),
            "problems": problems,
        }
        return Html("learnt.html", values, status)

    return form, pages_of(form, f"/{name}", show)


PLAIN_ONES = tuple(map(_plain, PLAIN))

forms = (CARD, PICTURE, OBSTACLE, *(form for form, _ in PLAIN_ONES))

pages = (
    *pages_of(CARD, "/cards", show_cards),
    Page("/pictures", "GET", READING, show_pictures),
    Page("/pictures", "POST", CHANGING, write_picture),
    Page("/obstacles", "GET", READING, show_obstacles),
    Page("/obstacles/file", "GET", READING, get_obstacles),
    Page("/obstacles/new", "GET", CHANGING, show_new_obstacle),
    Page("/obstacles/new", "POST", CHANGING, take_obstacle),
    Page("/obstacles/{obstacle}", "GET", CHANGING, show_obstacle),
    Page("/obstacles/{obstacle}", "POST", CHANGING, change_obstacle),
    *(page for _, of_list in PLAIN_ONES for page in of_list),
)
