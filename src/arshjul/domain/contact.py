"""What a contact of a party may do at the portal."""

from arshjul.errors import Message

MAY = {
    "offer": Message("offer teams and officers"),
    "report": Message("report what falls away"),
    "answer": Message("answer questions"),
    "nominate": Message("nominate operations and objects"),
    "sheet": Message("write and read information sheets"),
    "evaluate": Message("evaluate operations"),
    "picture": Message("enter the situation picture"),
    "card": Message("write what the party may do"),
}
"""In words, by the name that commands and the database have for it."""

MOST_CALENDARS = 5
"""Of one contact at a time."""

QUESTIONS, TO_EVALUATE, TO_OFFER, TO_SHEETS = "questions", "evaluations", "offers", "sheets"
"""The pages for which an address may be alone: those of mails that ask."""
