"""What contacts send from the portal, and what became of it, in words for the contacts and in mails to them."""

from arshjul.errors import Message

STATES = {
    "sent": Message("sent; not fetched by the coordinator yet"),
    "waits": Message("with the coordinator, who has not decided yet"),
    "taken": Message("entered in the year by the coordinator, who looks for a way out"),
    "published": Message("answered: the plan that is published takes it in"),
    "taken-back": Message("taken back by the coordinator: call if that is wrong"),
    "aside": Message("put aside by the coordinator: call if that is wrong"),
    "counts": Message("received: it counts until you send something else"),
    "taken-over": Message("taken over by the coordinator: the year counts on it"),
    "superseded": Message("replaced by a later one"),
    "refused": Message("not taken in: call the coordinator"),
    "accepted": Message("accepted by the coordinator"),
    "declined": Message("declined by the coordinator, with a reason"),
    "merged": Message("merged with another that is nominated or planned"),
    "withdrawn": Message("taken back by you"),
    "handed": Message("open: whoever has this address reads your calendar"),
    "closed": Message("revoked"),
}
"""What became of an entry, by its state."""

TITLES = {
    "calendar": Message("A new address of your calendar"),
    "report": Message("Officers withdrawn"),
    "given-back": Message("Officers given back"),
    "still": Message("A withdrawal goes on"),
    "teams": Message("Teams that fall away"),
    "answer": Message("Answers"),
    "operation": Message("Nomination of an operation"),
    "object": Message("Nomination of an object"),
    "evaluation": Message("An evaluation"),
    "evaluating": Message("An evaluation that is begun"),
    "obstacle": Message("An obstacle to sharing"),
    "agenda-point": Message("A point for a meeting"),
    "card": Message("What we may do"),
    "picture": Message("What we see: the situation picture"),
    "sheet": Message("Sections of an information sheet"),
    "retraction": Message("A nomination taken back"),
    "officers-offer": Message("What you offer"),
    "teams-offer": Message("What you offer"),
}
"""By kind."""

REPLIES = {
    "yes": Message("Yes, we can come"),
    "no": Message("No, we cannot come"),
    "later": Message("Cannot say yet, we answer later"),
}
"""The answers that a party gives to a question."""

NO_ANSWER = Message("No answer yet")

FIRST_OF_ID = 8


def reference(id: str) -> str:
    """The number by which people can speak of an entry."""
    return id[:FIRST_OF_ID].upper()
