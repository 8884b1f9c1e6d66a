"""A unit reports from a phone what falls away: in six presses, taken whatever has happened, once."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from arshjul.office.contacts.contacts import narrow
from arshjul.office.store import revisions
from arshjul.portal.store import inbox, views
from arshjul.year.domain.party_view import ViewWithdrawal
from arshjul.year.formats.feeds import view_json
from tests.office.console.browser import Browser, Page
from tests.portal.conftest import Office

REPORT = {"period": "today", "officers_left": "0", "cause": "shooting"}


HIDDEN = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'


def hidden(page: Page) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = page.body.decode().rpartition("<form")[2] if "report/send" in page.body.decode() else page.body.decode()
    found = re.findall(HIDDEN, form)
    return {name: unescape(value) for name, value in found}


def checked(browser: Browser, **fields: str) -> Page:
    page = browser.get("/report")
    return browser.post("/report", {**hidden(page), **REPORT, **fields})


def sent(browser: Browser, **fields: str) -> Page:
    page = checked(browser, **fields)
    assert page.status == 200, page.text
    answer = browser.post("/report/send", hidden(page))
    assert answer.status == 303, answer.text
    return browser.get(answer.headers["location"])


def test_six_presses_from_the_address_to_the_receipt(office: Office) -> None:
    """Continue, Report, how long, the cause, Continue, Send; a double press is one entry."""
    contact, address = office.invited("p0")
    phone = office.stranger()
    assert "Fortsätt" in phone.get(address).text
    assert phone.post(address, {}).headers["location"] == f"/?as={contact}"
    home = phone.get("/").text
    assert "Avboka" in home
    with office.store.reading() as db:
        published = revisions.REVISIONS.all(db)[-1].published_at
    local = published.astimezone(ZoneInfo("Europe/Stockholm"))
    assert local.hour != published.astimezone(UTC).hour
    assert f"{local:%H:%M}" in home.partition("publicerat")[2][:40], "by the clock of the year"
    check = checked(phone, note="Ring 031")
    assert "OP-000" in check.text
    assert "OP-002" not in check.text
    first, second = (phone.post("/report/send", hidden(check)).headers["location"] for _ in range(2))
    assert first == second
    receipt = phone.get(first)
    assert "Kvitto" in receipt.text
    assert "Skjutning" in receipt.text
    office.carry()
    (entry,) = office.entries()
    assert json.loads(entry.body) == {
        "from": "2027-02-01", "to": "2027-02-01", "officers_left": 0, "cause": "shooting", "note": "Ring 031",
    }  # fmt: skip
    assert (entry.party, entry.kind, entry.state, entry.corrects) == ("police-p0", "report", "waits", "")


def test_what_the_form_says(office: Office) -> None:
    browser, known = office.browser(), {""}
    for fields, said in (
        ({"period": "tomorrow"}, {"from": "2027-02-01", "to": "2027-02-02"}),
        ({"period": "until", "to": "2027-02-09"}, {"from": "2027-02-01", "to": "2027-02-09"}),
        ({"period": "open"}, {"from": "2027-02-01", "until_further_notice": True}),
        ({"period": "later", "from": "2027-02-20"}, {"from": "2027-02-20", "until_further_notice": True}),
        ({"period": "later", "from": "2027-02-20", "to": "2027-02-21"}, {"from": "2027-02-20", "to": "2027-02-21"}),
        ({"cause": "illness"}, {"cause": "illness"}),
        ({"cause": "other"}, {"cause": "other"}),
        ({"period": "tomorrow", "to": "2027-02-02"}, {"from": "2027-02-01", "to": "2027-02-02"}),
        ({"shifts": "day", "officers_left": "2"}, {"shifts": ["day"], "officers_left": 2}),
    ):
        sent(browser, **fields)
        office.carry()
        (entry,) = [entry for entry in office.entries() if entry.id not in known]
        known.add(entry.id)
        assert json.loads(entry.body).items() >= said.items()
    assert "har ändrats" in sent(browser, seen="0" * 64).text, "it is taken though the view has changed"


def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Office) -> None:
    browser = office.browser()
    for fields, said in (
        ({"period": ""}, "Välj period"),
        ({"period": "always"}, "Välj period"),
        ({"period": "until"}, "Ange sista datum"),
        ({"period": "today", "to": "2027-02-09"}, "I dag har inget datum här"),
        ({"period": "open", "to": "2027-02-09"}, "Tills vidare har inget datum här"),
        ({"period": "today", "from": "2027-02-09"}, "I dag har inget datum här"),
        ({"period": "later"}, "Ange första datum"),
        ({"period": "later", "from": "2027-01-31", "to": "2027-02-09"}, "Datumet har passerat"),
        ({"period": "later", "from": "snart"}, "Datumet finns inte"),
        ({"period": "until", "to": "2027-01-01"}, "2027-01-01"),
        ({"period": "until", "to": "snart"}, "Till och med: Datumet finns inte"),
        ({"officers_left": "många"}, "heltal"),
        ({"officers_left": "-1"}, "minst 0"),
        ({"shifts": "midnight"}, "Passet finns inte"),
        ({"note": "x" * 2001}, "korta den"),
    ):
        page = checked(browser, **{"note": "Ring mig", **fields})
        assert page.status == 422
        assert said in page.text, page.text
        assert "until_further_notice" not in page.text
        assert fields.get("note", "Ring mig") in page.text
        assert not office.entries()


def test_a_correction_is_one_whatever_is_pressed_on_the_way_and_keeps_its_first_date(office: Office) -> None:
    """Changed again on the check page, and once more from the receipt of what is replaced already."""
    browser = office.browser()
    sent(browser, period="open")
    office.carry()
    (first,) = sent_by(office)
    office.now += timedelta(days=2)
    page = browser.get(f"/report?corrects={first}")
    assert 'value="open" checked' in page.body.decode()
    check = browser.post("/report", {**hidden(page), **REPORT, "period": "until", "to": "2027-02-04"})
    assert check.status == 200, check.text
    back = browser.post("/report", {**hidden(check), "change": "on"})
    assert "Ersätter er tidigare" in back.text
    check = browser.post("/report", {**hidden(back), **REPORT, "period": "until", "to": "2027-02-05"})
    browser.post("/report/send", hidden(check))
    receipt = browser.get(f"/receipts/{first}")
    assert "Ersatt av ett senare" in receipt.text
    assert "corrects=" not in receipt.body.decode()
    page = browser.get(f"/report?corrects={first}")
    browser.post("/report/send", hidden(browser.post("/report", {**hidden(page), **REPORT, "period": "today"})))
    office.carry()
    entries = {entry.id: entry for entry in office.entries()}
    (second,) = (one for one in entries.values() if one.corrects == first)
    assert json.loads(second.body)["from"] == "2027-02-01"
    assert sorted(one.corrects for one in entries.values()) == sorted(["", first, second.id])


def test_who_may_call_off_no_more_is_led_to_nothing_that_is_refused(office: Office) -> None:
    browser = office.browser()
    sent(browser)
    office.carry()
    (entry,) = office.entries()
    narrow(office.store, entry.contact, ["answer"], "test", office.now)
    office.carry()
    for page in ("/", f"/receipts/{entry.id}"):
        shown = browser.get(page)
        assert "Rätta" not in shown.text
        links = {unescape(one) for one in re.findall(r'href="(/[^"#]+)', shown.body.decode())}
        assert [link for link in links if browser.get(link).status != 200] == [], page
    assert "Era avbokningar" in browser.get("/").text


def test_no_contact_corrects_another_s(office: Office) -> None:
    sent(office.browser("p0"))
    office.carry()
    (first,) = office.entries()
    other = office.browser("p1")
    assert other.get(f"/report?corrects={first.id}").status == 422
    assert other.get(f"/receipts/{first.id}").status == 422
    page = checked(other)
    assert other.post("/report/send", {**hidden(page), "corrects": first.id}).status == 422
    office.carry()
    assert len(office.entries()) == 1


def test_an_agency_reports_teams(office: Office) -> None:
    browser = office.browser("a0")
    page = browser.get("/report")
    assert "Tills vidare" not in page.text
    check = browser.post("/report", {**hidden(page), "period": "today", "teams_left": "1"})
    browser.post("/report/send", hidden(check))
    office.carry()
    (entry,) = office.entries()
    assert entry.kind == "teams"
    assert json.loads(entry.body) == {"from": "2027-02-01", "to": "2027-02-01", "teams_left": 1}


def test_the_check_page_says_all_that_is_sent_and_hit_and_leads_back_with_all_of_it(office: Office) -> None:
    browser = office.browser()
    check = checked(browser, officers_left="3", note="Ring mig", period="until", to="2027-02-09")
    for said in ("Poliser kvar 3", "Ring mig", "När mån 1 feb – tis 9 feb", "Pass alla", "Orsak Skjutning"):
        assert said in check.text, check.text
    fields = re.findall('formaction="/report#([^"]+)"', check.body.decode())
    assert fields == ["period", "shifts", "cause", "officers_left", "note"], "each line leads back to its field"
    form = browser.get("/report").body.decode()
    assert all(f'id="{field}"' in form for field in fields)
    again = browser.post("/report", {**hidden(check), "change": "on"})
    assert again.status == 200
    assert [again.field(name) for name in ("to", "officers_left")] == ["2027-02-09", "3"]
    assert "Ring mig" in again.text
    assert "OP-000" in checked(browser, officers_left="1").text
    enough = checked(browser, officers_left="900").text
    assert "OP-000" not in enough
    assert "Ingen av era planerade insatser berörs" in enough
    of_a_shift = checked(browser, shifts="day", officers_left="1").text
    assert "berörs i dag 09–15 OP-000" in of_a_shift
    assert re.search(r"Pass Dag 09:00–15:00 (Ändra Pass )?Orsak", of_a_shift), "no other shift"


def sent_by(office: Office) -> list[str]:
    """The ids of what has been sent, in order."""
    with office.portal.reading() as db:
        return list(db.execute(text("select id from inbox order by number")).scalars())


AWAY = ViewWithdrawal("A1", date(2027, 1, 30), date(2027, 2, 12), True, ("day",), 1, "shooting", 6)


def with_withdrawal(office: Office, party: str = "police-p0", *, is_shared: bool = False) -> None:
    """As after a publishing that has it."""
    with office.portal.writing() as db:
        mark, body = views.body(db, party)
        own = (replace(AWAY, is_shared=is_shared),)
        views.put(db, {party: (mark, view_json.to_text(replace(view_json.from_text(body), withdrawals=own)))})


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("still", {}, {}),
        ("given-back", {}, {"from": "2027-02-01", "to": "2027-02-12"}),
        ("given-back", {"to": "2027-02-05", "officers": "2", "shifts": "day", "note": "Ring"},
         {"from": "2027-02-01", "to": "2027-02-05", "officers": 2, "note": "Ring"}),
    ],
)  # fmt: skip
def test_a_withdrawal_is_given_back_or_confirmed_in_a_few_presses(
    office: Office, kind: str, fields: dict[str, str], said: dict[str, object]
) -> None:
    """Continue, Give back or confirm, what is meant, and of what is given back Send: for a half, what differs."""
    _, address = office.invited("p0")
    with_withdrawal(office)
    phone = office.stranger()
    phone.post(address, {})
    assert "/withdrawals/A1?as=" in phone.get("/").body.decode()
    page = phone.get("/withdrawals/A1")
    form = page.hidden("key", "seen")
    whole = {"from": page.field("from"), "to": page.field("to")} if kind == "given-back" else {}
    said_all = {**form, **whole, "kind": kind, **fields}
    if kind == "given-back":
        check = phone.post("/withdrawals/A1", said_all)
        assert check.status == 200, check.text
        assert [literal in check.text for literal in ("mån 1 feb – fre 12 feb", "mån 1 feb – fre 5 feb")] == [
            not fields,
            bool(fields),
        ]
        said_all = hidden(check)
    first = "" if kind == "still" else "/send"  # what one press says has no page that checks it
    answers = [phone.post(f"/withdrawals/A1{path}", said_all) for path in (first, "/send")]
    assert [answer.status for answer in answers] == [303, 303]
    assert "Kvitto" in phone.get(answers[0].headers["location"]).text
    office.carry()
    (entry,) = office.entries()
    assert (entry.kind, json.loads(entry.body)) == (kind, {"withdrawal": "A1", **said})


def test_nobody_gives_back_what_is_another_s(office: Office) -> None:
    phone = office.browser("p0")
    with_withdrawal(office)
    form = phone.get("/withdrawals/A1").hidden("key", "seen")
    other = office.browser("p1")
    assert other.get("/withdrawals/A1").status == 422
    assert phone.post("/withdrawals/A2", {**form, "kind": "still"}).status == 422
    assert phone.post("/withdrawals/A1", {**form, "kind": "report"}).status == 404
    assert phone.post("/withdrawals/A1/send", {**form, "seen": "x" * 64, "kind": "still"}).status == 422
    with_withdrawal(office, is_shared=True)
    home = phone.get("/")
    assert "A1:" in home.text
    assert "/withdrawals/A1" not in home.body.decode(), "of several units it is the coordinator's to give back"
    assert "ring samordnaren om ändringar" in home.text
    answer = phone.get("/withdrawals/A1")
    assert answer.status != 200
    assert "ring samordnaren" in answer.text
    office.carry()
    assert office.entries() == []


def test_what_is_wrong_with_a_give_back_is_said_and_what_was_typed_stays(office: Office) -> None:
    phone = office.browser("p0")
    with_withdrawal(office)
    form = phone.get("/withdrawals/A1").hidden("key", "seen", "from", "to")
    for fields, said in (
        ({"to": "2027-01-01"}, "2027-01-01"),
        ({"officers": "många"}, "heltal"),
        ({"from": "snart"}, "Från: Datumet finns inte"),
        ({"from": "2027-01-29"}, "Avbokningen gäller lördag 30 januari"),
        ({"to": "2027-02-13"}, "Avbokningen gäller lördag 30 januari"),
        ({"shifts": "evening"}, "Passet är inte avbokat"),
        ({"officers": "99"}, "Skriv 2 till 6"),
        ({"officers": "0"}, "Skriv 2 till 6"),
    ):
        for path in ("/withdrawals/A1", "/withdrawals/A1/send"):
            answer = phone.post(path, {**form, "kind": "given-back", "note": "Ring mig", **fields})
            assert answer.status == 422
            assert said in answer.text
            assert "Ring mig" in answer.text


def test_what_was_given_back_is_put_right_from_its_receipt(office: Office) -> None:
    phone = office.browser("p0")
    with_withdrawal(office)
    form = phone.get("/withdrawals/A1").hidden("key", "seen", "from", "to")
    check = phone.post("/withdrawals/A1", {**form, "kind": "given-back", "officers": "5", "note": "Ring mig"})
    receipt = phone.get(phone.post("/withdrawals/A1/send", hidden(check)).headers["location"])
    (first,) = sent_by(office)
    path = f"/withdrawals/A1?as={form['contact']}&corrects={first}"
    assert path.replace("&", "&amp;") in receipt.body.decode()
    page = phone.get(path)
    assert page.field("officers") == "5"
    assert "Ring mig" in page.text
    form = page.hidden("key", "seen", "from", "to", "corrects")
    back = phone.post("/withdrawals/A1", {**form, "kind": "given-back", "officers": "3", "change": "on"})
    assert "Ersätter er tidigare" in back.text
    phone.post("/withdrawals/A1/send", {**form, "kind": "given-back", "officers": "3"})
    assert "Ersatt av ett senare" in phone.get(f"/receipts/{first}").text
    office.carry()
    second = next(entry for entry in office.entries() if entry.id != first)
    assert (second.corrects, json.loads(second.body)["officers"]) == (first, 3)


def test_a_session_sends_at_most_a_hundred_a_day_and_another_goes_on(office: Office) -> None:
    browser, other = office.browser("p0"), office.browser("p1")
    fields = {**hidden(browser.get("/report")), **REPORT}
    answers = [browser.post("/report/send", {**fields, "key": f"{n:064}"}).status for n in range(100)]
    assert answers == [303] * 100
    full = browser.post("/report/send", {**fields, "note": "Ring mig före åtta"})
    assert full.status == 429
    assert "ring samordnaren" in full.text
    assert "Ring mig före åtta" in full.body.decode(), "what was typed can be sent again"
    assert "Kvitto" in sent(other).text
    office.now += timedelta(days=1, seconds=1)
    again = {name: unescape(value) for name, value in re.findall(HIDDEN, full.body.decode())}
    assert browser.post("/report/send", again).status == 303


def test_what_was_typed_outlives_the_session_and_what_another_site_posts_does_not(office: Office) -> None:
    """The page says that nobody is let in, and keeps it until somebody has come in anew by the address."""
    _, address = office.invited("p0")
    phone = office.stranger()
    phone.post(address, {})
    fields = {**hidden(phone.get("/report")), **REPORT, "note": "Ring mig före åtta"}
    foreign = phone.post("/report", fields, headers={"sec-fetch-site": "cross-site"})
    assert (foreign.status, "Ring mig" in foreign.body.decode()) == (403, False)
    phone.post("/out", {name: fields[name] for name in ("token", "contact")})
    for status in (401, 403, 200):
        answer = phone.post("/report", fields)
        assert answer.status == status
        assert "Ring mig före åtta" in answer.body.decode()
        fields = {name: unescape(value) for name, value in re.findall(HIDDEN, answer.body.decode())}
        if status == 401:
            phone.post(address, {})


def test_what_is_sent_stays_text(office: Office) -> None:
    browser, known = office.browser(), {""}
    for said in ("=cmd|' /C calc'!A0", "<script>x</script>", "a\r\nBcc: x", "\u202etxet", "'; DROP TABLE inbox;--"):
        receipt = sent(browser, note=said)
        assert "<script>" not in receipt.body.decode()
        office.carry()
        (entry,) = [entry for entry in office.entries() if entry.id not in known]
        known.add(entry.id)
        # A form's lines end with CR LF, and are kept with LF, as no line of a mail's head ends.
        assert json.loads(entry.body)["note"].startswith(said.removeprefix("\u202e").replace("\r\n", "\n")[:3])
        with office.portal.reading() as db:
            assert len(inbox.LATEST.where(contact=entry.contact).all(db, 9)) == len(known) - 1
