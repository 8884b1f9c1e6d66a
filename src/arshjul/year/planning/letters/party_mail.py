"""Mail to a party. The text says who writes, what for, what to do, and whom to call.

In mails about what happens at the portal no place, title or operation stands, nor a note or a cause: whoever reads the
mailbox reads no more than the function knows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from arshjul.errors import Message
from arshjul.year.agenda.channel import PROGRAMS
from arshjul.year.agenda.feed_text import programme_said
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.party_entry import STATES, TITLES, reference
from arshjul.year.agenda.party_part import COMES, GOES
from arshjul.year.agenda.revised import operation_said
from arshjul.year.agenda.time_text import hours, meet_said
from arshjul.year.domain.contact import MAY, READS, OfferCall, PartyMail
from arshjul.year.domain.operation import Designated, Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.share import PartyShare, Role, share
from arshjul.year.planning.letters.notices import Letter, Touched
from arshjul.year.texts import Month, Spelled, Words, counted, with_capital


def mail_of_changes(scenario: Scenario, letter: Letter, words: Words) -> PartyMail:
    changed = [touched for touched in letter.touched if touched.kinds]
    todo = words("No answer is needed. Get in touch at once if you cannot come.")
    if all(GOES & {*touched.kinds} for touched in changed):
        todo = words("No answer is needed. Remove it from your planning.")
    about = Message("Changes in the plan that concern you:")
    here = [touched.operation for touched in changed if not GOES & {*touched.kinds}]
    return mail_to(
        scenario, letter, words, _changes_said(changed), about, _with_programmes(scenario, here, todo, words)
    )


def mail_of_first_plan(scenario: Scenario, letter: Letter, words: Words) -> PartyMail:
    n = len(letter.listed)
    subject = counted(n, "date of your operation", "dates of your {number} operations", number=Spelled(n))
    pressing = [f"- {words.say(line)}" for line in letter.lines[: len(letter.touched)]]
    details = "\n\n".join(["\n".join(pressing)] * bool(pressing) + list(_by_month(scenario, letter, words)))
    todo = words("No answer is needed. Get in touch if you cannot come on one of the dates.")
    about = Message("The plan is ready. Your operations:")
    todo = _with_programmes(scenario, [placement.operation for placement in letter.listed], todo, words)
    return mail_to(scenario, letter, words, subject, about, todo, details)


def _with_programmes(scenario: Scenario, operations: Iterable[str], todo: str, words: Words) -> str:
    ids = dict.fromkeys(scenario.operations[id].programme for id in operations if id in scenario.operations)
    if all(scenario.programme(id).owner is None for id in ids):
        return todo
    said = words(
        "Programmes: {programmes}.", programmes="; ".join(words.say(programme_said(scenario, id)) for id in ids)
    )
    return f"{said}\n\n{todo}"


def mail_of_calendar(scenario: Scenario, party: Party, words: Words) -> PartyMail:
    said = Message("Your operations stand there and follow the plan.")
    letter = Letter(party, scenario.parties[party.id].name, "", (said,))
    subject, about = Message("your calendar"), Message("The plan in your own calendar:")
    return mail_to(scenario, letter, words, subject, about, "", f"- {words.say(said)}")


def calendar_said(words: Words, address: str = "", until: date | None = None, *, is_attached: bool = False) -> str:
    """`address`: the calendar's own, `until` its last day; empty: it is to be asked for."""
    parts = [words("Attached: the list for Excel.")] * is_attached
    if not address:
        return "\n\n".join([*parts, words("Your calendar: answer this mail to get an address.")])
    web = f"webcal://{address.partition('://')[2]}"
    said = words(
        "Your calendar: subscribe to this address, and the dates follow the plan. Share it with nobody; it "
        "holds until {day}.",
        day=until,
    )
    steps = "\n".join(words.say(step) for step in PROGRAMS)
    return "\n\n".join([*parts, said, f"{address}\n{web}", steps])


def _by_month(scenario: Scenario, letter: Letter, words: Words) -> Iterator[str]:
    for month, placed in groupby(letter.listed, key=lambda one: Month(one.slot.day.replace(day=1))):
        lines = (words.say(_place_said(scenario, letter, placement, words)) for placement in placed)
        yield "\n".join([with_capital(words("{month}", month=month)), *(f"- {line}" for line in lines)])


def _place_said(scenario: Scenario, letter: Letter, placement: Placement, words: Words) -> Message:
    shift, days = scenario.shift(placement.slot.shift), (placement.slot.day, scenario.last_day(placement))
    values = {
        "days": " – ".join(f"{words.weekday(day)} {words.short_day(day)}" for day in dict.fromkeys(days)),
        "hours": hours(shift),
        "what": operation_said(scenario, placement.operation),
    }
    said, own = Message("{days} {hours}: {what}", values), share(scenario, placement, letter.to.id)
    said = said if own is None else _with_share(said, own)
    meet = scenario.meet_at(placement)
    return said if meet is None else Message("{said}; meet {meet}", {"said": said, "meet": meet_said(meet)})


def _with_share(said: Message, own: PartyShare) -> Message:
    values = {"said": said, "n": own.strength}
    own_part = _OF_NO_TEAM.get(own.role) if own.strength == 0 else None
    said = replace(own_part or _OF_ROLES[own.role], values=values)
    if own.designated == "none":
        return said
    return replace(_OF_DESIGNATED[own.designated], values={"said": said})


_OF_NO_TEAM: Mapping[Role, Message] = {
    "leads": Message("{said}, you lead"),
    "owns": Message("{said}, you own the programme"),
}
_OF_ROLES: Mapping[Role, Message] = {
    "leads": counted(0, "{said}, you lead with one team", "{said}, you lead with {n} teams"),
    "needed": counted(0, "{said}, one team", "{said}, {n} teams"),
    "voluntary": counted(0, "{said}, one team, voluntary", "{said}, {n} teams, voluntary"),
    "owns": counted(0, "{said}, you own the programme, one team", "{said}, you own the programme, {n} teams"),
    "serves": counted(0, "{said}, one officer", "{said}, {n} officers"),
    "lends": counted(0, "{said}, you lend one officer", "{said}, you lend {n} officers"),
}
_OF_DESIGNATED: Mapping[Designated, Message] = {
    "require": Message("{said}, designated officer needed"),
    "prefer": Message("{said}, designated officer wished for"),
}


def mail_of_questions(
    scenario: Scenario, letter: Letter, deadline: datetime, words: Words, *, at_portal: bool = False
) -> PartyMail:
    """`at_portal`: the address, which is filled in when it is sent, opens its questions there, and no other page."""
    until, days = deadline.astimezone(scenario.zone), letter.days(scenario.zone)
    last = words.short_day(until.date())
    if len(days) == 1:
        is_later = days[0] > scenario.year_on(until.date()).last
        day = words.short_day(days[0]) + (f" {days[0].year}" if is_later else "")
        values = {"day": day, "last": last}
        subject = Message("can you come on {day}? Answer by {last}", values)
    elif len(letter.lines) != len(days):
        number = {"number": Spelled(len(letter.lines)), "last": last}
        subject = Message("can you come? {number} questions, answer by {last}", number)
    else:
        number = {"number": Spelled(len(days)), "last": last}
        subject = Message("can you come on {number} dates? Answer by {last}", number)
    todo = answer_by(until, words)
    if at_portal:
        todo = words(
            "Answer by {moment}. Open this address, press Continue, and say yes or no. It opens your questions "
            "only; share it with nobody:",
            moment=until,
        )
    return mail_to(scenario, letter, words, subject, Message("Can you come?"), todo)


def answer_by(until: datetime, words: Words) -> str:
    """`until`: in the year's zone."""
    return words("Answer by {moment}. Open this address, share it with nobody, and say yes or no:", moment=until)


DECIDED = Message("These questions are decided, and need no answer:")
LOST = Message("These questions and their answers are gone, as a backup was restored:")
"""The reasons why a question is withdrawn."""


def mail_of_withdrawn(scenario: Scenario, letter: Letter, words: Words, why: Message = DECIDED) -> PartyMail:
    n = len(letter.lines)
    subject = counted(n, "a question needs no answer", "{number} questions need no answer", number=Spelled(n))
    return mail_to(scenario, letter, words, subject, why, words("No answer is needed."))


def _changes_said(touched: Sequence[Touched]) -> Message:
    n, number = len(touched), Spelled(len(touched))
    kinds = {change.kinds for change in touched}
    if kinds == {("moved",)}:
        return counted(n, "one operation has moved", "{number} operations have moved", number=number)
    if kinds == {("called-off",)}:
        return counted(n, "one operation is called off", "{number} operations are called off", number=number)
    if all(COMES & {*kind} for kind in kinds):
        return counted(n, "you have one new operation", "you have {number} new operations", number=number)
    return counted(n, "one operation has changed", "{number} operations have changed", number=number)


def mail_to(
    scenario: Scenario, letter: Letter, words: Words, subject: Message, about: Message, todo: str, details: str = ""
) -> PartyMail:
    given, name = scenario.mail, scenario.name
    writer = given.from_name or words("The coordinator of {name}", name=name)
    greeting, closing = given.greeting or words("Hello!"), given.closing or words("Kind regards")
    values = {"writer": writer, "party": letter.name, "name": name}
    written = words("{writer} writes to {party} on behalf of all who take part in {name}.", **values)
    call = words("Questions: answer this mail.")
    if given.phone is not None:
        call = words("Questions: call {phone}, or answer this mail.", phone=given.phone)
    return PartyMail(
        subject=words("{name}: {what}", name=name, what=subject),
        body="\n".join(words.say(line) for line in letter.lines),
        opening=f"{greeting}\n\n{written}\n\n{words.say(about)}",
        details=details,
        todo=todo,
        ending=f"{call}\n\n{closing}\n{writer}",
        from_name=writer,
        reply_to=given.reply_to or "",
    )


Dates = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Sender:
    party: Party
    name: str
    function: str

    def letter(self, *lines: Message) -> Letter:
        return Letter(self.party, self.name, self.function, lines)


@dataclass(frozen=True, slots=True)
class TakenIn:
    id: str
    kind: str
    body: Mapping[str, object]

    @property
    def said(self) -> Message:
        values = {"number": reference(self.id), "what": TITLES.get(self.kind, self.kind), **self.body}
        if "from" not in self.body:
            return Message("{number}: {what}", values)
        if "to" in self.body:
            return Message("{number}: {what}, {from} – {to}", values)
        return Message("{number}: {what}, from {from} until further notice", values)


def mail_of_address(
    scenario: Scenario, to: Sender, may: Sequence[str], words: Words, due: Sequence[date], today: date
) -> PartyMail:
    """`due`: when sheets that its party owes sections of are due, those alone that are near or late."""
    todo_there = [MAY[word] for word in may] or [READS]
    lines = [Message("For {function}: {may}.", {"function": to.function, "may": todo_there})]
    lines += [_of_sheets(due, today)] if due else []
    about = Message("Your own page, without an account:")
    todo = words(
        "Open this address, and press Continue. It signs in {function}: share it with nobody. Keep it as a bookmark.",
        function=to.function,
    )
    return mail_to(scenario, to.letter(*lines), words, Message("your page"), about, todo)


def mail_of_call(scenario: Scenario, to: Sender, call: OfferCall, words: Words) -> PartyMail:
    dates = {"first": call.span.first, "last": call.span.last, "day": call.due}
    line = Message("Your offer from {first} to {last}: answer by {day}.", dates)
    about = Message("A call for your offer:")
    todo = words("Open this address, press Continue, and fill in the table. Nothing to offer is an answer too.")
    return mail_to(scenario, to.letter(line), words, Message("what can you offer? Answer by {day}", dates), about, todo)


def _of_sheets(due: Sequence[date], today: date) -> Message:
    """`due`: by date."""
    if due[0] < today:
        return counted(
            len(due),
            "Your sections of one information sheet were due {first}: give them now.",
            "Your sections of {n} information sheets, the first due {first}: give them now.",
            first=due[0],
        )
    return counted(
        len(due),
        "Your sections of one information sheet: give them by {first}.",
        "Your sections of {n} information sheets: give the first by {first}.",
        first=due[0],
    )


def mail_of_sheets(scenario: Scenario, to: Sender, due: Sequence[date], today: date, words: Words) -> PartyMail:
    about = Message("Sections left to give:")
    todo = words(
        "Open this address, and press Continue to see the sections left. Not known, or may not be given, are "
        "answers too."
    )
    subject = Message("information sheet, by {day}", {"day": due[0]})
    if due[0] < today:
        subject = Message("information sheet, was due {day}", {"day": due[0]})
    return mail_to(scenario, to.letter(_of_sheets(due, today)), words, subject, about, todo)


def mail_of_evaluation(
    scenario: Scenario, to: Sender, days: Dates, n_that_day: int, words: Words, *, again: bool, n_all: int = 1
) -> PartyMail:
    """`days`: its date, and the last. `n_that_day`: the party's operations of that date, whose mails are the same.

    `n_all`: all that is asked of the contact at once.
    """
    values = {"day": days[0], "closes": days[1]}
    line = counted(
        n_that_day,
        "The operation of {day}: answer by {closes}.",
        "Your {number} operations of {day}: answer by {closes}.",
        number=Spelled(n_that_day),
        **values,
    )
    about = Message("Evaluations that close soon:") if again else Message("How did it go?")
    todo = words(
        "Open this address, and press Continue. Eight questions take two or three minutes. The address is for "
        "{function} only.",
        function=to.function,
    )
    subject = Message("how did it go on {day}?", values)
    if n_all > 1:  # not how many: some may be answered before it goes
        subject = Message("how did your operations go?")
    return mail_to(scenario, to.letter(line), words, subject, about, todo)


def mail_of_outcome(scenario: Scenario, to: Sender, entry: TakenIn, state: str, words: Words) -> PartyMail:
    """The subject names no entry: several go as one mail."""
    line = Message("{entry}: {state}", {"entry": entry.said, "state": STATES.get(state, state)})
    about = Message("Sent from your page, and its state:")
    todo = words("If you did not send it, call the coordinator at once.")
    return mail_to(scenario, to.letter(line), words, Message("the state of what you sent"), about, todo)


def mail_of_device(scenario: Scenario, to: Sender, moment: datetime, words: Words) -> PartyMail:
    line = Message("{moment}: your page, {function}", {"moment": moment, "function": to.function})
    about = Message("New sign-in on your page:")
    todo = words("If it was not you, call the coordinator at once. All devices are listed under More, Signed in.")
    return mail_to(scenario, to.letter(line), words, Message("new sign-in on your page"), about, todo)


def mail_of_report(scenario: Scenario, sender: Sender, entry: TakenIn, words: Words) -> PartyMail:
    line = Message(
        "{party}, {function}: {entry}", {"party": sender.name, "function": sender.function, "entry": entry.said}
    )
    letter = Letter(COORDINATOR, words("the coordinator"), "", (line,))
    about = Message("Withdrawal from the portal:")
    subject = Message("{party} has reported", {"party": sender.name})
    return mail_to(scenario, letter, words, subject, about, words("It waits under Today."))
