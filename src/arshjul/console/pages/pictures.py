"""The situation picture: what parties see, the priority or interest that it proposes, and what is made of it."""

from dataclasses import dataclass
from functools import partial

from arshjul.actions.contacts.ledger import secret_outside
from arshjul.actions.contacts.pictures import concerned, decide
from arshjul.console.entry_forms import EntryForm, learn, refused, shown
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.entries.picture import DECISIONS, TREND_WORDS, Decision, PictureTheme, latest_themes
from arshjul.domain.operation import Operation
from arshjul.errors import InputError, Message
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.party_entries import PICTURE_FIELDS, picture_choices

PICTURE = EntryForm("pictures", PICTURE_FIELDS)
forms = (PICTURE,)


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme, whether it still proposes something, and of which operations; and its form."""

    theme: PictureTheme
    is_open: bool
    priority: tuple[Operation, ...]
    interest: tuple[Operation, ...]
    is_secret: bool
    form: ShownForm


def show(visit: Visit) -> Answer:
    """All themes, the newest first, and a form for one that is told on the telephone."""
    return _page(visit)


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
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


def write(visit: Visit) -> Answer:
    """Enters a theme, or decides about one: what is taken over waits for options."""
    form, ask, again = visit.form, visit.form.text("ask"), partial(_page, visit)

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


pages = (
    Page("/pictures", "GET", READING, show),
    Page("/pictures", "POST", CHANGING, write),
)
