"""Proposals: the parties asked, their answers, and the page on which a party answers without an account."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from arshjul.errors import InputError, Message, Refused
from arshjul.office.console.pages.publishing import mailto
from arshjul.office.console.visit import ANYBODY, CHANGING, READING, Page, Visit, press
from arshjul.office.draft.answers import (
    AnotherQuestion,
    NoAddress,
    TooManyChanges,
    answer_at,
    answer_for,
    hand_out,
    is_passed_on,
    party_of,
    questions,
)
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.options import Inquiry, ask_again, inquiries_of, offer_slots, propose, reached_parties
from arshjul.office.mail.post import fault_said
from arshjul.office.publishing.contacts import mailbox
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.party import parties
from arshjul.year.agenda.party_entry import NO_ANSWER, REPLIES
from arshjul.year.agenda.revised import operation_said
from arshjul.year.agenda.time_text import when_said
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.entries.answer import MOST_INSTEAD
from arshjul.year.formats.schema.party_entry import LONGEST_REMARK
from arshjul.year.planning.letters.notices import Letter
from arshjul.year.planning.places.finder import moving_nothing

MOST_SHOWN = 24  # the most free times of an operation that are shown to tick, the best first
FIELD = "answer-"  # the beginning of the names of fields with an answer; the name of the question follows
REMARK = "remark-"  # the same of fields with a remark on an answer
SHOWN_REMARK = "shown-remark-"  # the same of fields with the remark that the page had


def check(visit: Visit) -> Answer:
    return SeeOther(f"/options/{visit.number('job')}/questions?option={quote(visit.form.text('option'))}")


def show_check(visit: Visit) -> Answer:
    draft, number, wanted = visit.draft, visit.number("job"), visit.query.text("option")
    found_option = next((option for option in visit.years.options(visit.store, number) if option.id == wanted), None)
    if found_option is None or draft.plan is None:
        raise InputError(Message("There is no such page."))
    letters = inquiries_of(visit.store, draft, number, found_option)
    values = {
        "draft": draft,
        "job": number,
        "option": found_option.id,
        "mailed": [letter for letter in letters if letter.address],
        "called": [(letter, draft.contacts[letter.letter.to.id]) for letter in letters if not letter.address],
    }
    return Html("questions.html", values)


def ask(visit: Visit) -> Answer:
    propose(
        visit.store, visit.number("job"), visit.form.text("option"), visit.person, visit.now, visit.form.text("seen")
    )
    return SeeOther("/proposal")


def show(
    visit: Visit, handed: dict[str, str | None] | None = None, wrong: Message | None = None, status: int = 200
) -> Html:
    draft = visit.draft
    reached = reached_parties(visit.store, visit.now)
    asked, letters = questions(draft), _letters(draft)
    values = {
        "draft": draft,
        "letters": letters,
        "asked": {
            letter.to.id: [question for question in asked if question.party == letter.to.id] for letter in letters
        },
        "n_answered": sum(not question.is_open for question in asked),
        "n_asked": len(asked),
        "is_over": draft.is_over(visit.now),
        "n_no": sum(question.answer == "no" for question in asked),
        "said": lambda id: operation_said(draft.scenario, id),
        "given": {**REPLIES, "asked": NO_ANSWER},
        "when": lambda slot: when_said(draft.scenario, slot),
        "operations": []
        if draft.proposal is None
        else sorted(draft.proposal.parties().keys() & draft.proposal.plan.placed.keys()),
        "reachable": reached.at_an_address,
        "by_mail": reached.by_mail,
        "waits": reached.mails,
        "fault_said": fault_said,
        "handed": handed,
        "wrong": wrong,
        "is_here_alone": visit.is_here_alone,
        "parties": draft.contacts,
    }
    return Html("proposal.html", values, status)


def _letters(draft: Draft) -> tuple[Letter, ...]:
    return () if draft.proposal is None else draft.proposal.asking.letters()


def _letter(draft: Draft, party: str) -> Letter | None:
    return next((letter for letter in _letters(draft) if letter.to.id == party), None)


def show_slots(visit: Visit, wrong: Message | None = None, status: int = 200) -> Html:
    draft, id = visit.draft, visit.path["operation"]
    proposal = draft.proposal
    place = None if proposal is None else proposal.plan.placed.get(id)
    if proposal is None or place is None or id not in proposal.parties():
        raise InputError(Message("Nobody is asked about {operation} any more.", {"operation": id}))
    standing = visit.years.standing(proposal.scenario, proposal.plan, visit.moment)
    free = (way.placement.slot for way in moving_nothing(standing.problem({id}), id))
    ticked = draft.offered.get(id, ())
    near = [slot for slot in dict.fromkeys(free) if slot != place.slot][:MOST_SHOWN]
    values = {
        "draft": draft,
        "operation": id,
        "said": operation_said(draft.scenario, id),
        "when": lambda slot: when_said(draft.scenario, slot),
        "place": place,
        "slots": sorted({*near, *ticked}),
        "ticked": set(visit.form.several("slot")) if wrong else {_slot_name(slot) for slot in ticked},
        "shown": ticked,
        "named": _slot_name,
        "most": MOST_INSTEAD,
        "wrong": wrong,
    }
    return Html("other_times.html", values, status)


def _slot_name(slot: Slot) -> str:
    return f"{slot.day} {slot.shift}"


def offer(visit: Visit) -> Answer:
    try:
        slots, seen = (_slots_of(visit.form.several(name)) for name in ("slot", "shown"))
        offer_slots(visit.store, visit.path["operation"], slots, seen, visit.person, visit.now)
    except Refused as error:
        return show_slots(visit, error.message, 409)
    except (InputError, ValueError) as error:
        wrong = error.message if isinstance(error, InputError) else Message("There is no such time to choose.")
        return show_slots(visit, wrong, 422)
    return SeeOther("/proposal")


def _slots_of(names: Iterable[str]) -> list[Slot]:
    return [Slot(date.fromisoformat(day), shift) for day, _, shift in (name.partition(" ") for name in names)]


def take_answer(visit: Visit) -> Answer:
    form, party = visit.form, visit.form.text("party")
    replies = dict.fromkeys(form.several("question"), form.text("answer"))
    shown = dict(zip(form.several("question"), form.several("shown"), strict=False))
    try:
        answer_for(visit.store, party, replies, visit.person, visit.now, shown)
    except AnotherQuestion as error:
        return show(visit, wrong=error.message, status=409)
    at = next((f"#to-{known}" for known in parties(visit.scenario) if known.id and known.id == party), "")
    return SeeOther(f"/proposal{at}")


def give_address(visit: Visit) -> Answer:
    party = visit.form.text("party")
    if party not in {known.id for known in parties(visit.scenario) if known.id}:
        raise InputError(Message("There is no such page."))
    token = hand_out(visit.store, party, visit.person, visit.now)
    link, email = f"{visit.address}/answers/{token}", mailbox(visit.draft.contacts, party)
    written = _question(visit, party)
    mail = mailto(email, written.subject, written.text(link)) if email and written is not None else None
    return show(visit, {"party": visit.scenario.parties[party].name, "link": link, "mail": mail})


def _question(visit: Visit, party: str) -> PartyMail | None:
    letter, draft = _letter(visit.draft, party), visit.draft
    if letter is None or draft.deadline is None:
        return None
    return Inquiry(letter, "").mail(draft.scenario, draft.deadline, visit.year_words)


def show_questions(visit: Visit) -> Answer:
    """A party's own page; where the party has a contact that answers at the portal by now, the way to that."""
    token = visit.path["token"]
    if visit.portal_sync is not None and visit.portal_url and is_passed_on(visit.store, token, visit.now):
        return SeeOther(f"{visit.portal_url}/k/{token}")
    return _questions(visit)


def _questions(visit: Visit, sent: bool = False, wrong: Message | None = None, status: int = 200) -> Html:
    party, draft = party_of(visit.store, visit.path["token"], visit.now), visit.draft
    known = draft.scenario.parties.get(party)
    if known is None:  # no longer in the year
        raise NoAddress
    values = {
        "name": known.name,
        "plan": draft.scenario.name,
        "writer": draft.scenario.mail.from_name,
        "phone": draft.scenario.mail.phone,
        "asked": [question for question in questions(draft) if question.party == party],
        "replies": REPLIES,
        "no_answer": NO_ANSWER,
        "deadline": None if draft.deadline is None else draft.deadline.astimezone(draft.scenario.zone),
        "is_over": draft.is_over(visit.now),
        "address": visit.path["token"],
        "answer": lambda one: (wrong and visit.form.text(FIELD + one.name)) or one.answer,
        "remark": lambda one: visit.form.text(REMARK + one.name) if wrong else one.remark,
        "longest": LONGEST_REMARK,
        "sent": draft.moment(visit.now) if sent else None,
        "wrong": wrong,
    }
    return Html("answers.html", values, status)


def take_answers(visit: Visit) -> Answer:
    """Keeps the answers that were chosen; the others stay as they were, as do remarks that are as they were shown."""
    shown = _fields(visit, SHOWN_REMARK)
    remarks = {name: text for name, text in _fields(visit, REMARK).items() if text != shown.get(name)}
    given = {**dict.fromkeys(remarks, "asked"), **{name: one for name, one in _fields(visit, FIELD).items() if one}}
    try:
        answer_at(visit.store, visit.path["token"], given, visit.now, remarks)
    except TooManyChanges as error:
        return _questions(visit, wrong=error.message, status=429)
    except (InputError, Refused) as error:
        return _questions(visit, wrong=error.message, status=409)
    return _questions(visit, sent=True)


def _fields(visit: Visit, begin: str) -> dict[str, str]:
    return {name.removeprefix(begin): visit.form.text(name) for name in visit.form.fields if name.startswith(begin)}


pages = (
    Page("/options/{job}/questions", "GET", CHANGING, show_check),
    Page("/options/{job}/questions", "POST", CHANGING, check),
    Page("/options/{job}/ask", "POST", CHANGING, ask),
    Page("/proposal", "GET", READING, show),
    Page("/proposal", "POST", CHANGING, take_answer),
    Page("/proposal/times/{operation}", "GET", CHANGING, show_slots),
    Page("/proposal/times/{operation}", "POST", CHANGING, offer),
    Page("/proposal/address", "POST", CHANGING, give_address),
    Page("/proposal/mail", "POST", CHANGING, press("/proposal", ask_again, "party")),
    Page("/answers/{token}", "GET", ANYBODY, show_questions),
    Page("/answers/{token}", "POST", ANYBODY, take_answers),
)
