"""Mail to a party. The text says who writes, what for, what to do, and whom to call."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from arshjul.agenda.channel import PROGRAMS
from arshjul.agenda.clause import COMES, GOES
from arshjul.agenda.notice import operation_said
from arshjul.agenda.party import Party
from arshjul.agenda.when import meet_said
from arshjul.agenda.wording import programme_said
from arshjul.domain.contact import PartyMail
from arshjul.domain.operation import Placement
from arshjul.domain.scenario import Scenario
from arshjul.domain.share import PartyShare, share
from arshjul.errors import Message
from arshjul.planning.letters.notices import Letter, Touched
from arshjul.texts import Month, Spelled, Words, counted, with_capital


def mail_of_changes(scenario: Scenario, letter: Letter, words: Words) -> PartyMail:
    """The mail on changes to a party's part."""
    changed = [one for one in letter.touched if one.kinds]
    todo = words("No answer is needed. Get in touch at once if you cannot come.")
    if all(GOES & {*one.kinds} for one in changed):
        todo = words("No answer is needed. Remove it from your planning.")
    about = Message("Changes in the plan that concern you:")
    here = [one.operation for one in changed if not GOES & {*one.kinds}]
    return mail_to(
        scenario, letter, words, _changes_said(changed), about, _with_programmes(scenario, here, todo, words)
    )


def mail_of_first_plan(scenario: Scenario, letter: Letter, words: Words) -> PartyMail:
    """The mail on a party's part of the first plan, with all of its dates."""
    n = len(letter.listed)
    subject = counted(n, "date of your operation", "dates of your {number} operations", number=Spelled(n))
    pressing = [f"- {words.say(line)}" for line in letter.lines[: len(letter.touched)]]
    details = "\n\n".join(["\n".join(pressing)] * bool(pressing) + list(_by_month(scenario, letter, words)))
    todo = words("No answer is needed. Get in touch if you cannot come on one of the dates.")
    about = Message("The plan is ready. Your operations:")
    todo = _with_programmes(scenario, [one.operation for one in letter.listed], todo, words)
    return mail_to(scenario, letter, words, subject, about, todo, details)


def _with_programmes(scenario: Scenario, operations: Iterable[str], todo: str, words: Words) -> str:
    """What a party is to do, after the programmes of its operations if anybody owns one."""
    ids = dict.fromkeys(scenario.operations[id].programme for id in operations if id in scenario.operations)
    if all(scenario.programme(id).owner is None for id in ids):
        return todo
    said = words("Programmes: {programmes}.", programmes=[programme_said(scenario, id) for id in ids])
    return f"{said}\n\n{todo}"


def mail_of_calendar(scenario: Scenario, party: Party, words: Words) -> PartyMail:
    """The mail that brings a party what its first mail does: its part, and the way to its calendar."""
    said = Message("Your operations stand there and follow the plan.")
    letter = Letter(party, scenario.parties[party.id].name, "", (said,))
    subject, about = Message("your calendar"), Message("The plan in your own calendar:")
    return mail_to(scenario, letter, words, subject, about, "", f"- {words.say(said)}")


def calendar_said(words: Words, address: str = "", until: date | None = None, *, is_attached: bool = False) -> str:
    """What a first mail says of its workbook, if that is attached, and of the way to the party's calendar.

    `address`: the calendar's own, `until` its last day; empty: it is to be asked for.
    """
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
    """The months of a party's operations, each with a line for every one: when, which, and the party's part in it."""
    for month, placed in groupby(letter.listed, key=lambda one: Month(one.slot.day.replace(day=1))):
        lines = (words.say(_place_said(scenario, letter, one, words)) for one in placed)
        yield "\n".join([with_capital(words("{month}", month=month)), *(f"- {line}" for line in lines)])


def _place_said(scenario: Scenario, letter: Letter, placement: Placement, words: Words) -> Message:
    shift, days = scenario.shift(placement.slot.shift), (placement.slot.day, scenario.last_day(placement))
    values = {
        "days": " – ".join(f"{words.weekday(day)} {words.short_day(day)}" for day in dict.fromkeys(days)),
        "hours": f"{shift.start:%H:%M}–{shift.end:%H:%M}",
        "what": operation_said(scenario, placement.operation),
    }
    said, own = Message("{days} {hours}: {what}", values), share(scenario, placement, letter.to.id)
    said = said if own is None else _with_share(said, own)
    meet = scenario.meet_at(placement)
    return said if meet is None else Message("{said}; meet {meet}", {"said": said, "meet": meet_said(meet)})


def _with_share(said: Message, own: PartyShare) -> Message:
    """An operation in a list, with the party's teams or officers, and its role if that is another than taking part."""
    n = own.strength
    match own.role:
        case "leads" if n == 0:
            said = Message("{said}, you lead", {"said": said})
        case "leads":
            said = counted(n, "{said}, you lead with one team", "{said}, you lead with {n} teams", said=said)
        case "needed":
            said = counted(n, "{said}, one team", "{said}, {n} teams", said=said)
        case "voluntary":
            said = counted(n, "{said}, one team, voluntary", "{said}, {n} teams, voluntary", said=said)
        case "owns" if n == 0:
            said = Message("{said}, you own the programme", {"said": said})
        case "owns":
            said = counted(
                n,
                "{said}, you own the programme, one team",
                "{said}, you own the programme, {n} teams",
                said=said,
            )
        case "serves":
            said = counted(n, "{said}, one officer", "{said}, {n} officers", said=said)
        case "lends":
            said = counted(n, "{said}, you lend one officer", "{said}, you lend {n} officers", said=said)
    if own.designated == "require":
        said = Message("{said}, designated officer needed", {"said": said})
    elif own.designated == "prefer":
        said = Message("{said}, designated officer wished for", {"said": said})
    return said


def mail_of_questions(
    scenario: Scenario, letter: Letter, deadline: datetime, words: Words, *, at_portal: bool = False
) -> PartyMail:
    """The mail that asks a party whether it can come; the address to answer at is filled in when it is sent.

    `at_portal`: that address opens its questions there, and no other page.
    """
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
    """What a party is asked to do with its questions, before the address to answer at. `until`: in the year's zone."""
    return words("Answer by {moment}. Open this address, share it with nobody, and say yes or no:", moment=until)


DECIDED = Message("These questions are decided, and need no answer:")
LOST = Message("These questions and their answers are gone, as a backup was restored:")
"""The reasons why a question is withdrawn."""


def mail_of_withdrawn(scenario: Scenario, letter: Letter, words: Words, why: Message = DECIDED) -> PartyMail:
    """The mail to a party that was asked whether it can come, and need not answer any more."""
    n = len(letter.lines)
    subject = counted(n, "a question needs no answer", "{number} questions need no answer", number=Spelled(n))
    todo = words("No answer is needed.")
    return mail_to(scenario, letter, words, subject, why, todo)


def _changes_said(touched: Sequence[Touched]) -> Message:
    """The number of changed operations, and the kind of change if it is the same for all."""
    n, number = len(touched), Spelled(len(touched))
    kinds = {one.kinds for one in touched}
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
    """A mail with the letter's sentences, between the words that are the same in all."""
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
