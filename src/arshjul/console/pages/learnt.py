"""What parties tell: their cards, situation pictures and what is made of them, and lists of no other kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from arshjul.actions.contacts.ledger import LEDGERS, mark_of, secret_outside
from arshjul.actions.contacts.pictures import concerned, decide
from arshjul.agenda.party_view import TEXTS, cards_of
from arshjul.console.entry_forms import NEVER_ASKED, EntryForm, learn, refused, shown
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.entries.learnt import LEARNT, PLAIN, PartyCard, latest_cards
from arshjul.domain.entries.picture import DECISIONS, TREND_WORDS, Decision, PictureTheme, latest_themes
from arshjul.domain.operation import Operation
from arshjul.errors import InputError, Message
from arshjul.formats.schema.declared import mapping, shape
from arshjul.serving.fields import SEVERAL, declared, kinds_of
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.party_entries import PICTURE_FIELDS, entry_lines, picture_choices


def pages_of(form: EntryForm, path: str, show: Callable[..., Html]) -> tuple[Page, Page]:
    """The page of a list with a form for what is told, and what that enters."""

    def write(visit: Visit) -> Answer:
        return learn(visit, form, form.item(visit.form), partial(show, visit)) or SeeOther(path)

    return Page(path, "GET", READING, show), Page(path, "POST", CHANGING, write)


CARD = EntryForm("cards", kinds_of(shape(PartyCard), NEVER_ASKED, sectors=SEVERAL), is_marked=True)


def show_cards(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    """The cards, and a form for a party, filled in with its card where `of` names it."""
    scenario, plan, of = visit.scenario, visit.plan_now, visit.query.text("of")
    written = {id: one.card for id, one in latest_cards(plan.entries.cards).items()}
    there, was = written.get(of), mark_of(written.get(visit.form.text("party") or of))
    cards = cards_of(scenario, plan)
    secret = secret_outside(visit.draft).are_in if cards else None
    form = shown(visit, CARD.list, CARD.filled(mapping(there) if there else {}), problems, was=was)
    values = {
        "draft": visit.draft,
        "cards": cards,
        "held_back": {one.party for one in cards if secret and any(map(secret, one.said.values()))},
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
    """All themes, the newest first, and a form for one that is told on the telephone."""
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
        "themes": [theme(one) for one in themes],
        "names": {id: one.name for id, one in year.parties.items()},
        "areas": {id: one.name for id, one in year.areas.items()},
        "trend_words": TREND_WORDS,
        "today": today,
        "parties": [(id, one.name) for id, one in year.parties.items()],
        "choices": picture_choices(
            [(id, one.name) for id, one in year.areas.items()],
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
        decision = next((one for one in DECISIONS if one == form.text("decision")), None)
        if decision is None:
            raise InputError(Message("There is no such page."))
        decide(visit.store, ask, decision, form.text("reason"), visit.person, visit.now, form.text("seen"))

    if ask == PICTURE.list:
        back = learn(visit, PICTURE, PICTURE.item(form), again)
    else:
        back = refused(again, (PICTURE.list, ask), act)
    return back or SeeOther("/pictures")


def _plain(name: str) -> tuple[EntryForm, tuple[Page, Page]]:
    """The form and the pages of a list of which nothing is said but its declaration."""
    form = EntryForm(name, kinds_of(shape(LEARNT[name]), NEVER_ASKED, "id"))

    def show(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
        there = reversed(list(LEDGERS[name].there(visit.draft).values()))
        choices = visit.choices
        names = {id: word for some in choices.values() for id, word in some}
        entries = [dict(entry_lines(name, mapping(one), names, visit.words)) for one in there]
        values = {
            "draft": visit.draft,
            "path": f"/{name}",
            "words": PLAIN[name],
            "entries": entries,
            "headings": list(dict.fromkeys(heading for one in entries for heading in one)),
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

forms = (CARD, PICTURE, *(form for form, _ in PLAIN_ONES))

pages = (
    *pages_of(CARD, "/cards", show_cards),
    Page("/pictures", "GET", READING, show_pictures),
    Page("/pictures", "POST", CHANGING, write_picture),
    *(page for _, of_list in PLAIN_ONES for page in of_list),
)
