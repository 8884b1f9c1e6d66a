"""Lines of the log that were written in plain words: they are read as the events that are written now."""

import pytest

from arshjul.actions.subscribers.subscribe import Wanted, closed_by_a_restore, reissue, subscribe, unsubscribe
from arshjul.store import audit, readers
from arshjul.store.events import (
    Chosen,
    ClockSet,
    EditTakenBack,
    Imported,
    Invited,
    Mended,
    ObjectAdded,
    OperationEdited,
    Refreshed,
    RehearsalBegun,
    Reissued,
    Restored,
    Rotated,
    SignedIn,
    SignedOut,
    SitesEncrypted,
    SitesForgotten,
    SitesPurged,
    StartedOver,
    Subscribed,
    Unsubscribed,
    WorkbookTaken,
    YearPublished,
    event_of,
)
from arshjul.store.log_event import EVENTS, LogEvent
from arshjul.store.party_events import AnswerAddressMade, Called, Posted, TakenOut
from arshjul.store.store import Transaction
from tests.console.conftest import Desk

HASH = 32 * "9f"

OLD: tuple[tuple[str, LogEvent], ...] = (
    ("a year that is tried out", RehearsalBegun()),
    ("2027-03-01T08:00", ClockSet("2027-03-01T08:00")),
    ("console auditor", SignedIn("auditor")),
    ("console coordinator", Invited("coordinator")),
    ("console", SignedOut("")),
    ("Göteborg 2027", Imported("Göteborg 2027")),
    ("Göteborg 2027", WorkbookTaken("Göteborg 2027")),
    ("Göteborg 2027", EditTakenBack("Göteborg 2027")),
    ("OP-001", OperationEdited("OP-001")),
    ("OBJ-1", ObjectAdded("OBJ-1")),
    ("balanced 2", Chosen("balanced", 2)),
    ("7", StartedOver(7)),
    (f"revision 7 {HASH}", YearPublished(7, HASH)),
    (f"revision 8 {HASH}", Refreshed(8, HASH)),
    ("nothing changed", Refreshed()),
    ("nothing changed", Mended()),
    ("address of a0", AnswerAddressMade("a0")),
    ("message 3 to a0", Posted("a0", 3)),
    ("message 3 to a0", Called("a0", 3)),
    ("message 3 to a0", TakenOut("a0", 3)),
    ("subscriber 1 agency-a0 full all google", Subscribed(1, "agency-a0", "full", "all", "google")),
    ("subscriber 1 coordinator full operations", Subscribed(1, "coordinator", "full", "operations", "")),
    ("subscriber 1 agency-a0 full", Subscribed(1, "agency-a0", "full", "all", "")),
    ("subscriber 1", Rotated(1)),
    ("subscriber 1", Unsubscribed(1)),
    ("subscriber 2 instead of 1", Reissued(2, 1)),
    ("4 sites", SitesPurged(4)),
    ("4 sites", SitesEncrypted(4)),
    ("sites in clear", SitesForgotten()),
    ("revision 1, addresses kept: True", Restored(1, None, [])),
    ("revision 0, addresses kept: False", Restored(None, [], [])),
    ("revision 1, addresses kept: False, damaged lines of the log before: [3, 14]", Restored(1, [], [3, 14])),
)


def in_words(db: Transaction, desk: Desk, action: str, words: str) -> None:
    """Writes a line as it was written then."""
    old = type("Old", (LogEvent,), {"action": action, "text": words})
    audit.add(db, desk.now, "it", old())


@pytest.mark.parametrize(("words", "event"), OLD, ids=lambda one: one.action if isinstance(one, LogEvent) else "")
def test_plain_words_are_read_as_the_event_that_they_tell(words: str, event: LogEvent) -> None:
    assert event_of(event.action, words) == event


def test_what_was_told_in_plain_words_is_told_by_an_event_now() -> None:
    assert {event.action for _, event in OLD} < EVENTS.keys()


def test_the_log_of_before_is_shown_in_names(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0"), "Registratorn", 400, "it", desk.now)
    with desk.store.writing() as db:
        in_words(db, desk, "rotate", "subscriber 1")
        in_words(db, desk, "purge-sites", "4 sites")
        in_words(db, desk, "sign-out", "console")
        in_words(db, desk, "publish", f"revision 9 {HASH}")
    page = desk.browser().get("/log").text
    for said in ("Registratorn: Myndighet 0", "4 objekt", "en publicering som inte finns kvar"):
        assert said in page, said
    for raw in ("subscriber 1", "4 sites", "console", HASH):
        assert raw not in page, raw


def test_those_that_an_old_restore_closed_get_new_addresses_once(desk: Desk) -> None:
    for name in ("Ett", "Två", "Återtagen", "Redan"):
        subscribe(desk.store, Wanted("agency-a0"), name, 400, "test", desk.now)
    unsubscribe(desk.store, 3, "test", desk.now)
    with desk.store.writing() as db:
        in_words(db, desk, "reissue", "subscriber 5 instead of 4")
        for one in readers.subscribers(db):  # the replaced database knew the third as closed: it is closed again
            readers.revoke(db, one, desk.now)
        in_words(db, desk, "restore", "revision 1, addresses kept: False")
        assert [one.revoked_at for one in readers.subscribers(db)] == 4 * [desk.now]
        assert [one.label for one in closed_by_a_restore(db)] == ["Ett", "Två"]
    with reissue(desk.store, 400, "test", desk.now) as handed:
        assert [one.subscriber.label for one in handed] == ["Ett", "Två"]
    with desk.store.reading() as db:
        assert closed_by_a_restore(db) == []
