"""Contacts' entries from the portal and their outcomes, in words for the contacts and in mails to them."""

from arshjul.errors import Message
from arshjul.year.domain.entries.learnt import PLAIN

STATES = {
    "sent": Message("sent, not fetched by the coordinator yet"),
    "waits": Message("with the coordinator, not decided yet"),
    "taken": Message("entered by the coordinator, who seeks a way out"),
    "published": Message("answered by the published plan"),
    "taken-back": Message("taken back by the coordinator: call if wrong"),
    "aside": Message("put aside by the coordinator: call if wrong"),
    "counts": Message("received, counts until you send another"),
    "taken-over": Message("taken over by the coordinator"),
    "superseded": Message("replaced by a later one"),
    "refused": Message("not taken in: call the coordinator"),
    "accepted": Message("accepted by the coordinator"),
    "declined": Message("declined by the coordinator, see the reason"),
    "merged": Message("merged with another"),
    "withdrawn": Message("taken back by you"),
    "handed": Message("open: share the address with nobody"),
    "closed": Message("revoked"),
}

TITLES = {
    "calendar": Message("A new address of your calendar"),
    "report": Message("Officers withdrawn"),
    "given-back": Message("Officers given back"),
    "still": Message("A withdrawal goes on"),
    "teams": Message("Teams that fall away"),
    "answer": Message("Answers"),
    "operation": Message("Nomination of an operation"),
    "object": Message("Nomination of an object"),
    "evaluation": Message("Evaluation"),
    "evaluating": Message("Evaluation begun"),
    "obstacle": Message("Obstacle to sharing"),
    "agenda-point": Message("A point for a meeting"),
    "card": Message("What we may do"),
    "picture": Message("Our situation picture"),
    "sheet": Message("Sections of an information sheet"),
    "retraction": Message("A nomination taken back"),
    "officers-offer": Message("Your offer"),
    "teams-offer": Message("Your offer"),
    **{name: words.one for name, words in PLAIN.items()},
}

REPLIES = {"yes": Message("Yes, we can come"), "no": Message("No, we cannot come"), "later": Message("We answer later")}

NO_ANSWER = Message("No answer yet")
FIRST_OF_ID = 8


def reference(id: str) -> str:
    return id[:FIRST_OF_ID].upper()
