"""Parties: the functions of parties that take part at the portal, and what each may do there."""

from collections import Counter
from collections.abc import Collection

from arshjul.actions.contacts.contacts import (
    Invitation,
    InvitedContact,
    contact_book,
    devices_of,
    in_groups,
    invitations_of_all,
    invite,
    known_contacts,
    live_contact_of,
    log_signed_out,
    narrow,
    readdress,
    signing_out,
    state_said,
)
from arshjul.actions.contacts.contacts import revoke as ended
from arshjul.actions.contacts.offers import STATES, CallAnswers, call_answers
from arshjul.actions.contacts.reports import lock_and_put_aside
from arshjul.actions.draft.answers import questions
from arshjul.actions.subscribers.subscribers import end_said
from arshjul.agenda.address_end import last_day
from arshjul.agenda.party import parties
from arshjul.console.entry_forms import SURE
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.contact import BUNDLES, bundle_of, bundle_said, may_in, may_said
from arshjul.domain.feature import OF_OFFERS, OF_SHEETS
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.schema.party_entry import WrittenInvitation, invitation_problems
from arshjul.serving.fields import SEVERAL, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm, in_field
from arshjul.texts import counted

ALL_PARTIES, MAILED = "all", "mail"
"""The choices that invite every party that has no contact yet: with a workbook of addresses, or by mail."""

ANSWERS = {**STATES, "not-opened": Message("not opened"), "opened": Message("opened, not answered")}
"""What a party has said to a call, in a cell."""

USUAL = {"may": ("take-part",)}

KINDS = kinds_of(WrittenInvitation, may=SEVERAL)


def show(visit: Visit) -> Answer:
    """All contacts, those first that have not answered the latest call, and a form to invite another."""
    return _page(visit, Form(USUAL))


def show_one(visit: Visit) -> Answer:
    """A contact: who is signed in as it, and what can be done with it."""
    one = live_contact_of(visit.store, visit.path["contact"], visit.now)
    devices = None if visit.carrier is None else visit.carrier.asked(devices_of(one))
    values = {
        "draft": visit.draft,
        "one": one,
        "name": _names(visit).get(one.party, one.party),
        "state": lambda one: state_said(one, visit.now, visit.scenario.zone),
        "still_open": visit.carrier is not None and visit.carrier.is_still_open(one.locked_at),
        "may": _bundles(visit),
        "may_said": lambda may: may_said(may, visit.uses),
        "has_sheets": OF_SHEETS in visit.uses,
        "devices": devices,
        "rights": ShownForm("", Form({"may": bundle_of(one.may)})),
        "over": ShownForm("", Form({"email": (one.email,), "code_to": (one.code_to,)})),
        "zone": visit.scenario.zone,
    }
    return Html("contact.html", values)


def sign_out(visit: Visit) -> Answer:
    """Signs one device of a contact out. Refused if the portal does not answer."""
    id, device = visit.form.text("contact"), visit.form.text("device")
    one = live_contact_of(visit.store, id, visit.now)
    if visit.carrier is None or not visit.carrier.done(signing_out(one, device)):
        raise Refused(Message("The portal does not answer: lock the contact, to be closed later."))
    log_signed_out(visit.store, one, visit.person, visit.now)
    return SeeOther(f"/contacts/{one.id}")


def _names(visit: Visit) -> dict[str, str]:
    return {str(party): visit.scenario.parties[party.id].name for party in parties(visit.scenario) if party.id}


def _bundles(visit: Visit) -> list[tuple[str, str]]:
    return [(bundle, visit.words.say(bundle_said(bundle, visit.uses))) for bundle in BUNDLES]


def _page(visit: Visit, form: Form, problems: Problems = (), made: InvitedContact | None = None) -> Html:
    names, known = _names(visit), known_contacts(visit.store)
    there = [one for one in known if one.is_open(visit.now)]
    call = _call(visit)
    answers = {} if call is None else {_feed(one.party): one for one in call.answers}
    silent = {party for party, one in answers.items() if one.entry is None}
    values = {
        "draft": visit.draft,
        "form": ShownForm("", form, problems=problems),
        "groups": in_groups(sorted(there, key=lambda one: names.get(one.party, "")), silent),
        "ended": [one for one in known if not one.is_open(visit.now)],
        "without": [name for party, name in names.items() if all(one.party != party for one in there)],
        "n_said": _counted(visit, names),
        "call": call,
        "answers": answers,
        "answers_said": ANSWERS,
        "n_asked": Counter(_feed(visit.scenario.parties[one.party]) for one in questions(visit.draft) if one.is_open),
        "phones": {party: visit.scenario.parties[party.partition("-")[2]].phone for party in names},
        "names": names,
        "may": _bundles(visit),
        "may_short": lambda one: ", ".join(
            visit.words.say(text).partition(":")[0] for text in may_said(one.may, visit.uses)
        ),
        "has_sheets": OF_SHEETS in visit.uses,
        "state": lambda one: state_said(one, visit.now, visit.scenario.zone),
        "is_open_outside": lambda at: visit.carrier is not None and visit.carrier.is_still_open(at),
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
    """The call that is due last, unless its dates have passed."""
    if OF_OFFERS not in visit.uses:
        return None
    today = visit.draft.moment(visit.now).date()
    return next((one for one in call_answers(visit.store, visit.draft) if one.call.span.last >= today), None)


def _counted(visit: Visit, names: Collection[str]) -> str:
    n_units = sum(party.startswith("police-") for party in names)
    agencies = counted(len(names) - n_units, "one agency", "{n} agencies")
    return visit.words("{agencies} and {units}", agencies=agencies, units=counted(n_units, "one unit", "{n} units"))


def invite_contact(visit: Visit) -> Answer:
    """Invites a function of a party, whose address is shown once; or of all parties, with a workbook of addresses."""
    item = given(KINDS, visit.form)
    found = invitation_problems(item, is_sure=visit.form.is_checked(SURE))
    if problems := tuple(in_field(one, "contacts", "") for one in found):
        return _page(visit, visit.form, problems)
    form, scenario = visit.form, visit.scenario
    party, function, may = form.text("party"), form.text("function"), may_in(form.several("may"))
    is_of_all = party in (ALL_PARTIES, MAILED)
    try:
        wanted = [Invitation(party, function, may, form.text("email"), form.text("code_to"))]
        if is_of_all:
            wanted = invitations_of_all(visit.store, scenario, function, may, visit.now)
        if party == MAILED:
            wanted = [one for one in wanted if one.email]
        made = invite(visit.store, wanted, visit.person, visit.now, mail=party != ALL_PARTIES)
    except InputError as error:
        return _page(visit, form, (FieldProblem("", error.message),))
    if not made:
        return _page(visit, form, (FieldProblem("party", Message("Every party within reach has a contact.")),))
    if all(not one.token for one in made):
        return SeeOther("/outbox")
    if is_of_all:
        return Bytes(contact_book(scenario, made, visit.portal_url), WORKBOOK, visit.words("contacts") + ".xlsx")
    return _page(visit, Form(USUAL), made=made[0])


def take_over(visit: Visit) -> Answer:
    """Gives a contact another address, mailed where whoever takes over has a mailbox, else shown once.

    Its former ones are closed. A locked one is let in again by it.
    """
    form = visit.form
    mailboxes = form.text("email"), form.text("code_to")
    made = readdress(visit.store, form.text("contact"), visit.person, visit.now, *mailboxes)
    visit.close_outside()
    if not made.token:
        return SeeOther("/outbox")
    return _page(visit, Form(USUAL), made=made)


def change_rights(visit: Visit) -> Answer:
    """Changes what a contact may do. InputError where nothing is chosen."""
    if not visit.form.text("may"):
        raise InputError(Message("Choose what the contact may do."))
    narrow(visit.store, visit.form.text("contact"), may_in(visit.form.several("may")), visit.person, visit.now)
    visit.close_outside()
    return SeeOther("/contacts")


def lock(visit: Visit) -> Answer:
    """Shuts a contact out, and puts aside what it has sent."""
    lock_and_put_aside(visit.store, visit.form.text("contact"), visit.person, visit.now)
    visit.close_outside()
    return SeeOther("/contacts")


def revoke(visit: Visit) -> Answer:
    """Ends a contact with all its addresses."""
    ended(visit.store, visit.form.text("contact"), visit.person, visit.now)
    visit.close_outside()
    return SeeOther("/contacts")


pages = (
    Page("/contacts", "GET", "see-contacts", READING, show),
    Page("/contacts", "POST", "invite-contact", CHANGING, invite_contact),
    Page("/contacts/{contact}", "GET", "see-contact", READING, show_one),
    Page("/contacts/device", "POST", "sign-device-out", CHANGING, sign_out),
    Page("/contacts/address", "POST", "readdress-contact", CHANGING, take_over),
    Page("/contacts/rights", "POST", "narrow-contact", CHANGING, change_rights),
    Page("/contacts/lock", "POST", "lock-known-contact", CHANGING, lock),
    Page("/contacts/revoke", "POST", "end-contact", CHANGING, revoke),
)
