"""Parties: the functions of parties that take part at the portal, and what each may do there.

And calls for offers: what parties are asked, who has answered, and each new offer with what it changes, to take over.
"""

from collections import Counter
from collections.abc import Collection
from functools import partial

from arshjul.errors import InputError, Message, Refused
from arshjul.office.console.entry_forms import SURE, WAS, refused
from arshjul.office.console.visit import CHANGING, READING, Page, Visit, press
from arshjul.office.contacts.contacts import (
    Invitation,
    InvitedContact,
    contact_book,
    devices_of,
    in_groups,
    invitations_of_all,
    invite,
    known_contacts,
    live_contact,
    live_contact_of,
    log_signed_out,
    mark_of_contact,
    narrow,
    readdress,
    revoke,
    signing_out,
    state_said,
)
from arshjul.office.contacts.offers import (
    STATES,
    CallAnswers,
    PartyAnswer,
    call_answers,
    call_of,
    edit_call,
    hit_by,
    offer_difference,
    remove_call,
    take_offer,
    uncalled,
)
from arshjul.office.contacts.reports import lock_and_put_aside, put_aside
from arshjul.office.draft.answers import questions
from arshjul.office.draft.draft import Item
from arshjul.office.subscribers.subscribers import end_said
from arshjul.serving.fields import SEVERAL, filled, given, kinds_of
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm, in_field
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.year.agenda.party import parties, party_named
from arshjul.year.agenda.view import last_day
from arshjul.year.domain.contact import BUNDLES, OfferCall, bundle_of, bundle_said, may_in, may_said
from arshjul.year.domain.feature import OF_OFFERS, OF_SHEETS
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.schema.party_entry import WrittenInvitation, invitation_problems
from arshjul.year.texts import counted

ALL_PARTIES, MAILED = "all", "mail"
"""The choices that invite every party that has no contact yet: with a workbook of addresses, or by mail."""

ANSWERS = {**STATES, "not-opened": Message("not opened"), "opened": Message("opened, not answered")}
"""A party's answer to a call, in a cell."""

USUAL = {"may": ("take-part",)}

KINDS = kinds_of(WrittenInvitation, may=SEVERAL)


def show(visit: Visit) -> Answer:
    return _page(visit, Form(USUAL))


def show_one(visit: Visit) -> Answer:
    with visit.store.reading() as db:
        one = live_contact(db, visit.path["contact"], visit.now)
        mark = mark_of_contact(db, one)
    devices = None if visit.portal_sync is None else visit.portal_sync.asked(devices_of(one))
    values = {
        "draft": visit.draft,
        "one": one,
        "name": _names(visit).get(one.party, one.party),
        "state": lambda one: state_said(one, visit.now, visit.scenario.zone),
        "still_open": visit.portal_sync is not None and visit.portal_sync.is_still_open(one.locked_at),
        "may": _bundles(visit),
        "may_said": lambda may: may_said(may, visit.uses),
        "devices": devices,
        "rights": ShownForm("", Form({"may": bundle_of(one.may)}), was=mark),
        "over": ShownForm("", Form({"email": (one.email,), "code_to": (one.code_to,)}), was=mark),
        "zone": visit.scenario.zone,
    }
    return Html("contact.html", values)


def sign_out(visit: Visit) -> Answer:
    """Signs one device of a contact out. Refused if the portal does not answer."""
    id, device = visit.form.text("contact"), visit.form.text("device")
    one = live_contact_of(visit.store, id, visit.now)
    if visit.portal_sync is None or not visit.portal_sync.done(signing_out(one, device)):
        raise Refused(Message("The portal does not answer: lock the contact, to be closed later."))
    log_signed_out(visit.store, one, visit.person, visit.now)
    return SeeOther(f"/contacts/{one.id}")


def _names(visit: Visit) -> dict[str, str]:
    return {str(party): visit.scenario.parties[party.id].name for party in parties(visit.scenario) if party.id}


def _bundles(visit: Visit) -> list[tuple[str, str]]:
    return [(bundle, visit.words.say(bundle_said(bundle, visit.uses))) for bundle in BUNDLES]


def _page(visit: Visit, form: Form, problems: Problems = (), made: InvitedContact | None = None) -> Html:
    names, known = _names(visit), known_contacts(visit.store)
    there = [contact for contact in known if contact.is_open(visit.now)]
    call = _call(visit)
    answers = {} if call is None else {_feed(answer.party): answer for answer in call.answers}
    silent = {party for party, answer in answers.items() if answer.entry is None}
    values = {
        "draft": visit.draft,
        "form": ShownForm("", form, problems=problems),
        "groups": in_groups(sorted(there, key=lambda one: names.get(one.party, "")), silent),
        "ended": [contact for contact in known if not contact.is_open(visit.now)],
        "without": [name for party, name in names.items() if all(contact.party != party for contact in there)],
        "n_said": _counted(visit, names),
        "call": call,
        "answers": answers,
        "answers_said": ANSWERS,
        "n_asked": Counter(
            _feed(visit.scenario.parties[question.party]) for question in questions(visit.draft) if question.is_open
        ),
        "phones": {party: visit.scenario.parties[party_named(party).id].phone for party in names},
        "names": names,
        "may": _bundles(visit),
        "may_short": lambda one: ", ".join(
            visit.words.say(text).partition(":")[0] for text in may_said(one.may, visit.uses)
        ),
        "has_sheets": OF_SHEETS in visit.uses,
        "state": lambda one: state_said(one, visit.now, visit.scenario.zone),
        "is_open_outside": lambda at: visit.portal_sync is not None and visit.portal_sync.is_still_open(at),
        "made": made,
        "ending": end_said(visit.store, visit.now, visit.scenario.zone),
        "portal_url": visit.portal_url,
        "now": visit.now,
        "last_day": last_day,
        "zone": visit.scenario.zone,
    }
    return Html("contacts.html", values, 422 if problems else 200)


def _feed(party: Agency | PoliceUnit) -> str:
    return f"{'agency' if isinstance(party, Agency) else 'police'}-{party.id}"


def _call(visit: Visit) -> CallAnswers | None:
    if OF_OFFERS not in visit.uses:
        return None
    today = visit.draft.moment(visit.now).date()
    return next((answer for answer in call_answers(visit.store, visit.draft) if answer.call.span.last >= today), None)


def _counted(visit: Visit, names: Collection[str]) -> str:
    n_units = sum(party.startswith("police-") for party in names)
    agencies = counted(len(names) - n_units, "one agency", "{n} agencies")
    return visit.words("{agencies} and {units}", agencies=agencies, units=counted(n_units, "one unit", "{n} units"))


def invite_contact(visit: Visit) -> Answer:
    """Invites a function of a party, whose address is shown once; or of all parties, with a workbook of addresses."""
    item = given(KINDS, visit.form)
    found = invitation_problems(item, is_sure=visit.form.is_checked(SURE))
    if problems := tuple(in_field(problem, "contacts", "") for problem in found):
        return _page(visit, visit.form, problems)
    form, scenario = visit.form, visit.scenario
    party, function, may = form.text("party"), form.text("function"), may_in(form.several("may"))
    is_of_all = party in (ALL_PARTIES, MAILED)
    try:
        wanted = [Invitation(party, function, may, form.text("email"), form.text("code_to"))]
        if is_of_all:
            wanted = invitations_of_all(visit.store, scenario, function, may, visit.now)
        if party == MAILED:
            wanted = [invitation for invitation in wanted if invitation.email]
        made = invite(visit.store, wanted, visit.person, visit.now, mail=party != ALL_PARTIES)
    except InputError as error:
        return _page(visit, form, (FieldProblem("", error.message),))
    if not made:
        return _page(visit, form, (FieldProblem("party", Message("Every party within reach has a contact.")),))
    if all(not contact.token for contact in made):
        return SeeOther("/outbox")
    if is_of_all:
        return Bytes(contact_book(scenario, made, visit.portal_url), WORKBOOK, visit.words("contacts") + ".xlsx")
    return _page(visit, Form(USUAL), made=made[0])


def take_over(visit: Visit) -> Answer:
    """Gives a contact another address, mailed or shown once, and closes its former ones; a locked one is let in."""
    form = visit.form
    mailboxes = form.text("email"), form.text("code_to")
    made = readdress(visit.store, form.text("contact"), visit.person, visit.now, *mailboxes, was=form.text(WAS) or None)
    visit.close_outside()
    if not made.token:
        return SeeOther("/outbox")
    return _page(visit, Form(USUAL), made=made)


def change_rights(visit: Visit) -> Answer:
    form = visit.form
    if not form.text("may"):
        raise InputError(Message("Choose what the contact may do."))
    may, was = may_in(form.several("may")), form.text(WAS) or None
    narrow(visit.store, form.text("contact"), may, visit.person, visit.now, was=was)
    visit.close_outside()
    return SeeOther("/contacts")


shut_out = press("/contacts", lock_and_put_aside, "contact", closes=True)
end = press("/contacts", revoke, "contact", closes=True)


NEW_CALL = kinds_of(shape(OfferCall))
EDITED_CALL = {key: kind for key, kind in NEW_CALL.items() if key != "id"}
CALLS = "calls"


def add_call(visit: Visit) -> Answer:
    item = given(NEW_CALL, visit.form)
    taken = any(call.id == item.get("id") for call in visit.draft.present.calls)

    def act() -> None:
        if taken:
            raise InputError(Message("The call's number is taken: choose another."))
        _edit_call(visit, item)

    back = refused(partial(show_calls, visit), (CALLS, str(item.get("id", ""))), act)
    return back or SeeOther("/calls")


def _edit_call(visit: Visit, item: Item) -> None:
    form = visit.form
    edit_call(visit.store, item, visit.person, visit.now, form.text("seen"), is_sure=form.is_checked(SURE))


def show_calls(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    form = visit.form if problems else Form({"remind_days": ("14, 3, 0",)})
    values = {**_of_calls(visit), "form": ShownForm("", form, bool(problems), problems)}
    values |= {"calls": call_answers(visit.store, visit.draft)}
    values["uncalled"] = uncalled(visit.store, visit.draft)
    return Html("offer_calls.html", values, status)


def _of_calls(visit: Visit) -> dict[str, object]:
    scenario = visit.draft.present
    return {
        "draft": visit.draft,
        "states": STATES,
        "parties": [(id, party.name) for id, party in scenario.parties.items()],
        "is_planned": visit.draft.plan is not None,
        "today": visit.draft.moment(visit.now).date(),
    }


def change_call(visit: Visit) -> Answer:
    call, form = call_of(visit.draft, visit.path["call"]), visit.form
    item = {**given(EDITED_CALL, form), "id": call.id}

    def act() -> None:
        if form.is_checked("remove"):
            remove_call(visit.store, call.id, visit.person, visit.now, form.text("seen"))
        else:
            _edit_call(visit, item)

    back = refused(partial(show_call, visit), (CALLS, call.id), act)
    return back or SeeOther("/calls")


def show_call(visit: Visit, problems: Problems = (), status: int = 200, wrong: Message | None = None) -> Html:
    call = call_of(visit.draft, visit.path["call"])
    answers = next(answer for answer in call_answers(visit.store, visit.draft) if answer.call.id == call.id)
    form = visit.form if problems else filled(EDITED_CALL, mapping(call))
    values = {
        **_of_calls(visit),
        "found": answers,
        "offers": [(answer, *_difference(visit, call, answer)) for answer in answers.answers if answer.waits],
        "form": ShownForm("", form, bool(problems), problems),
        "effect_of": visit.query.text("effect"),
        "effect": lambda made: hit_by(visit.draft, made.scenario, visit.now),
        "wrong": wrong,
    }
    return Html("offer_call.html", values, status)


def _difference(visit: Visit, call: OfferCall, one: PartyAnswer) -> tuple[object, Message | None]:
    """The changes by an offer; or the reason that it cannot be part of the year."""
    try:
        return offer_difference(visit.draft, call, one, visit.now, visit.words), None
    except (InputError, Refused) as error:
        return None, error.problems[0].text if error.problems else error.message


def take_offered(visit: Visit) -> Answer:
    form, entry = visit.form, visit.form.text("entry")
    try:
        if form.is_checked("aside"):
            put_aside(visit.store, entry, visit.person, visit.now)
        else:
            take_offer(visit.store, entry, form.text("mark"), visit.person, visit.now, form.text("seen"))
    except (InputError, Refused) as error:
        return show_call(visit, status=422 if isinstance(error, InputError) else 409, wrong=error.message)
    return SeeOther(f"/calls/{visit.path['call']}")


pages = (
    Page("/contacts", "GET", READING, show),
    Page("/contacts", "POST", CHANGING, invite_contact),
    Page("/contacts/{contact}", "GET", READING, show_one),
    Page("/contacts/device", "POST", CHANGING, sign_out),
    Page("/contacts/address", "POST", CHANGING, take_over),
    Page("/contacts/rights", "POST", CHANGING, change_rights),
    Page("/contacts/lock", "POST", CHANGING, shut_out),
    Page("/contacts/revoke", "POST", CHANGING, end),
    Page("/calls", "GET", READING, show_calls),
    Page("/calls", "POST", CHANGING, add_call),
    Page("/calls/{call}", "GET", READING, show_call),
    Page("/calls/{call}", "POST", CHANGING, change_call),
    Page("/calls/{call}/take", "POST", CHANGING, take_offered),
)
