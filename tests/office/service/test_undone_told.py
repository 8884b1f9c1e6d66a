"""What is called off by mistake and put back is not new: who knew it reads that it is held after all."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from arshjul.office.draft.publish_draft import plan_folder, publish_undo
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.served_revision import published_year, read_back, whole_scenario
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.party_change import FormerPlan, party_change
from arshjul.year.agenda.revised import notice
from arshjul.year.domain.entries.amendment import Cancelled
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.replan import replan
from tests import years

CALLED_OFF, UNDONE = years.NOW + timedelta(days=30), years.NOW + timedelta(days=32)
AFTER_ALL = "Genomförs ändå, som det stod före torsdag 24 december 2026."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """OP-000 is called off on 24 December, and the publishing taken back on the 26th."""
    folder = tmp_path_factory.mktemp("undone")
    store, year = make_store(str(folder / "y.db"), wal=False), years.scenario()
    years.with_calendars(store, year)
    years.published(store, years.write(folder / "plan", year, years.plan(year)))
    with store.reading() as db:
        served = published_year(db)
        scenario = whole_scenario(db, served)
    changes = Entries.of(changes=(Cancelled("OP-000"),))
    options = replan(
        scenario, served.plan, changes, CALLED_OFF.astimezone(scenario.zone), Effort(20), ("fewest-changes",)
    )
    read = plan_folder(options.scenario, options.options["fewest-changes"])
    publish(store, read, Cause("skäl", "test", CALLED_OFF), served.revision.hash)
    publish_undo(store, None, Cause("skäl", "test", UNDONE), Effort(20), again=False, mail=False)
    return store


def shown(store: Store, number: int, party: str, content: str) -> dict[str, str]:
    """The descriptions of OP-000's events in a calendar, by UID."""
    with store.reading() as db:
        feeds = {feed.key: revisions.blob(db, feed.ics) for feed in revisions.feeds(db, number)}
    (ics,) = (body for key, body in feeds.items() if (key.party, key.level, key.content) == (party, "full", content))
    events = Calendar.from_ical(ics).walk("VEVENT")
    return {str(event["UID"]): str(event["DESCRIPTION"]) for event in events if str(event["UID"]).startswith("OP-000")}


@pytest.mark.parametrize("party", ["coordinator", "agency-a0", "police-p0"])
def test_the_operation_says_that_it_is_held_after_all(store: Store, party: str) -> None:
    (said,) = shown(store, 3, party, "operations").values()
    assert said.splitlines()[0] == AFTER_ALL


def test_so_do_its_milestones_that_had_gone_without_a_trace(store: Store) -> None:
    first, gone, back = (shown(store, number, "agency-a0", "milestones") for number in (1, 2, 3))
    ahead = {uid for uid in first if uid not in gone}
    assert ahead
    assert back.keys() == first.keys()
    assert {uid for uid, said in back.items() if said.splitlines()[0] == AFTER_ALL} == ahead


@pytest.mark.parametrize("party", [COORDINATOR, Party("agency", "a0"), Party("police", "p0")])
def test_a_message_says_it_with_the_date(store: Store, party: Party) -> None:
    with store.reading() as db:
        before, after = (read_back(db, revision) for revision in revisions.REVISIONS.all(db)[1:])
    change = party_change(FormerPlan(before.scenario, before.plan.placed), after.scenario, after.plan, party, "OP-000")
    assert change is not None
    said = years.WORDS.say(notice(after.scenario, after.plan, change))
    assert said.startswith(
        "Ändringen av OP-000 (Restaurang, Göteborg City) togs tillbaka: genomförs ändå, måndag 1 feb"
    )
