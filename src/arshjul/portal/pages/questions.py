"""`Frågor`: what the party is asked, and its answers, which can be changed up to the deadline."""

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.portal.actions.entries import is_over, problems, standing_questions
from arshjul.portal.pages.sending import new_key, sent, sent_already
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.pages import Answer
from arshjul.year.agenda.party_entry import NO_ANSWER, REPLIES
from arshjul.year.domain.party_view import ViewQuestion
from arshjul.year.formats.schema.party_entry import ANSWER, LONGEST_REMARK, LONGEST_TEXT

REPLY, REMARK, INSTEAD = "answer-", "remark-", "instead-"
SHOWN, SHOWN_REMARK, SHOWN_INSTEAD = "shown-", "shown-remark-", "shown-instead-"
"""The beginnings of the names of fields; the name of the question follows. `shown`: what the page had."""

FILL = "fill"  # the button that fills in yes wherever nothing is answered or chosen, to be looked through and sent
NOT_WHOLE = Message("The form is incomplete: open the page again.")
CHANGED = Message("The questions or answers have changed meanwhile, and nothing was kept: check, and send again.")


def take(visit: PortalVisit) -> Answer:
    """Sends the answers that differ; 409 where a question or its answer has changed meanwhile. Or fills the page in."""
    if visit.form.text(FILL):
        return show(visit, fill=True)
    return sent_already(visit) or _take(visit)


def _take(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    standing = {question.name: question for question in standing_questions(visit.portal, view)}
    given = {name.removeprefix(REPLY) for name in visit.form.fields if name.startswith(REPLY)}
    if not given <= standing.keys() or _changed(visit, standing):
        return show(visit, CHANGED, 409)
    if is_over(view, visit.now):
        return show(visit, Message("The time to answer is over: call the coordinator."), 409)
    written = [(question, *_written(visit, question)) for question in standing.values()]
    answers = [
        {
            "question": one.name,
            "answer": reply,
            "remark": remark,
            "instead": _slots(one, chosen),
            "asked": one.text[:LONGEST_TEXT],
        }
        for one, reply, remark, chosen in written
        if (reply, remark, chosen) != (one.answer, one.remark, one.instead)
    ]
    if not answers:
        return show(visit, Message("Nothing has changed since you answered: choose an answer."), 422)
    body = {"answers": answers}
    if any(len(remark) > LONGEST_REMARK for _, _, remark, _ in written):
        too_long = Message("A remark has at most {most} characters: shorten it.", {"most": LONGEST_REMARK})
        return show(visit, too_long, 422)
    if problems(view, ANSWER, body):
        return show(visit, NOT_WHOLE, 422)
    return sent(visit, ANSWER, body, view)


def _written(visit: PortalVisit, one: ViewQuestion) -> tuple[str, str, tuple[str, ...]]:
    """The answer, the remark and the other times of the form; as they stand, where it has none, or leaves them."""
    remark = _remark(visit, REMARK, one)
    if REMARK + one.name not in visit.form.fields or remark == _remark(visit, SHOWN_REMARK, one):
        remark = one.remark
    reply = visit.form.text(REPLY + one.name) or one.answer
    chosen = _ticked(visit, one) if _times_differ(visit, one) else one.instead
    return reply, remark, () if reply == "yes" else chosen


def _times_differ(visit: PortalVisit, one: ViewQuestion) -> bool:
    return SHOWN + one.name in visit.form.fields and _ticked(visit, one) != _times_shown(visit, one)


def _ticked(visit: PortalVisit, one: ViewQuestion) -> tuple[str, ...]:
    return _offered(one, visit.form.several(INSTEAD + one.name))


def _times_shown(visit: PortalVisit, one: ViewQuestion) -> tuple[str, ...]:
    return _offered(one, visit.form.text(SHOWN_INSTEAD + one.name).split(","))


def _offered(one: ViewQuestion, names: Collection[str]) -> tuple[str, ...]:
    return tuple(slot.name for slot in one.offered if slot.name in names)


def _slots(one: ViewQuestion, chosen: Collection[str]) -> list[dict[str, str]]:
    return [{"date": str(slot.day), "shift": slot.shift} for slot in one.offered if slot.name in chosen]


def _remark(visit: PortalVisit, field: str, one: ViewQuestion) -> str:
    return " ".join(visit.form.text(field + one.name).split())


def _changed(visit: PortalVisit, standing: Mapping[str, ViewQuestion]) -> list[str]:
    """The questions of which the form changes anything, where something of the answer is another than the page had."""
    return [name for name, one in standing.items() if _is_another(visit, one)]


def _is_another(visit: PortalVisit, one: ViewQuestion) -> bool:
    shown, remark = visit.form.text(SHOWN + one.name), _remark(visit, SHOWN_REMARK, one)
    if not shown or shown != one.answer:
        return bool(shown)
    changes = visit.form.text(REPLY + one.name) not in ("", shown) or _remark(visit, REMARK, one) != remark
    differs = remark != one.remark or _times_shown(visit, one) != _offered(one, one.instead)
    return differs and (changes or _times_differ(visit, one))


def show(visit: PortalVisit, wrong: Message | None = None, status: int = 200, *, fill: bool = False) -> Answer:
    mark, view = visit.view()
    asked = standing_questions(visit.portal, view)
    written = {question.name: _written(visit, question) for question in asked}
    unanswered: dict[str, tuple[str, str, tuple[str, ...]]] = {
        name: ("yes", remark, ()) for name, (reply, remark, _) in written.items() if reply not in REPLIES
    }
    if fill:
        written |= unanswered
    values = {
        "view": view,
        "asked": asked,
        "written": written,
        "n_open": len(unanswered),
        "is_filled": fill,
        "changed": _changed(visit, {question.name: question for question in asked}),
        "replies": REPLIES,
        "no_answer": NO_ANSWER,
        "longest": LONGEST_REMARK,
        "deadline": None if view.deadline is None else view.deadline.astimezone(ZoneInfo(view.timezone)),
        "is_over": is_over(view, visit.now),
        "wrong": wrong,
        "key": new_key(),
        "seen": mark,
    }
    return visit.page("questions.html", values, status)


pages = (PartyPage("/questions", "GET", "answer", show), PartyPage("/questions", "POST", "answer", take))
