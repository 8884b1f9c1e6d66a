"""Teams that an agency cannot send for some dates."""

from arshjul.actions.draft.withdrawals import next_id
from arshjul.console.entry_forms import NEVER_ASKED, EntryForm, take
from arshjul.console.visit import CHANGING, Page, Visit
from arshjul.formats.schema.amendment import WrittenTeamsLost
from arshjul.serving.fields import kinds_of
from arshjul.serving.pages import Answer, Html
from arshjul.serving.shown_form import Problems, ShownForm

TEAMS_LOST = EntryForm("agencies", kinds_of(WrittenTeamsLost, NEVER_ASKED, "id"))


def show(visit: Visit) -> Answer:
    """The form, empty."""
    return _form(visit)


def lose(visit: Visit) -> Answer:
    """Enters the loss, and starts a solve."""
    item = TEAMS_LOST.item(visit.form, id=next_id(visit.draft, visit.now, TEAMS_LOST.list))
    if "from" in item:
        item.setdefault("to", item["from"])
    return take(visit, TEAMS_LOST.list, item, lambda problems, status: _form(visit, problems, status))


def _form(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    agencies = [(one.id, one.name) for one in visit.scenario.agencies.values() if one.sends_teams]
    form = ShownForm("", visit.form, problems=problems)
    values = {"draft": visit.draft, "agencies": agencies, "form": form}
    return Html("teams_lost.html", values, status)


forms = (TEAMS_LOST,)

pages = (
    Page("/teams-lost", "GET", "see-teams-lost-form", CHANGING, show),
    Page("/teams-lost", "POST", "lose-teams", CHANGING, lose),
)
