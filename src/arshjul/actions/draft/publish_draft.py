"""publish, from the draft: the difference as each party will see it, and the publishing that is bound to it."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.draft.draft import Draft, opened_draft, refuse_overtaken
from arshjul.actions.draft.undecided import Unanswered, unanswered
from arshjul.actions.draft.undecided import letters as letters_of_questions
from arshjul.actions.publishing.publish import Cause, Published, publish
from arshjul.actions.publishing.revision_messages import RevisionMessages, letters_of
from arshjul.actions.publishing.stale_revision import StaleRevision, seen_from
from arshjul.errors import Message, Refused, StorageError
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.plan.plan_folder import PLAN, PlanFolder, plan_bytes, scenario_bytes
from arshjul.planning.letters.notices import Letter, Notices, notices
from arshjul.store import drafts
from arshjul.store.chain import digest_of
from arshjul.store.revisions import Steps, no_steps
from arshjul.store.store import Store
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class DraftDifference:
    """The meaning of publishing the draft for each party. `digest` names it: what is published is what was shown.

    `news` is None where nothing is served yet: then everybody gets everything. `letters`: what each party is told.
    `silent` are the parties that were asked, and have not answered what this decides.
    """

    news: Notices | None
    letters: tuple[Letter, ...]
    digest: str
    silent: tuple[str, ...] = ()


class OtherDifference(Refused):
    """Refused: what would be published is not what was shown."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "What would be published is no longer what you saw: look at the difference below, and publish then."
            )
        )


class NotAnswered(Refused):
    """Refused: parties that were asked have not answered, and nobody has said that it is decided without them."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "Not everybody who was asked has answered, and nothing was published: say below that it is to be "
                "published without their answers."
            )
        )


def difference(draft: Draft, words: Words, undecided: Unanswered = ()) -> DraftDifference:
    """The difference between the draft and what is served. `undecided`: the questions that it has no answer to."""
    plan, served = draft.made_plan, draft.served
    news = None
    if served is not None:
        shown = seen_from(plan, served, plan.as_of)
        news = notices(draft.scenario, served.scenario, served.plan.placed, shown)
    letters = letters_of(draft.scenario, plan, news)
    told = [[str(letter.to), *(words.say(line) for line in letter.lines)] for letter in letters]
    digest = digest_of(json_bytes([draft.stamp, None if served is None else served.revision.hash, told]))
    return DraftDifference(news, letters, digest, tuple(dict.fromkeys(one.party for one, _ in undecided)))


def publish_draft(
    store: Store,
    digest: str,
    cause: Cause,
    words: Words,
    *,
    mail: bool = False,
    is_sure: bool = False,
    at: Steps = no_steps,
) -> Published:
    """Publishes the draft as it was shown, and puts into the outbox what each party has to be told.

    With `mail`, it is mailed to those who have an address; the others are to be called. Whoever was asked and has not
    answered is told that it need not any more.

    OtherDifference where the draft is not what was shown; NotAnswered where somebody has not answered, unless it
    `is_sure`; OvertakenDraft where somebody else has published since the draft began, whether that was seen or not.
    """
    with store.reading() as db:
        draft = opened_draft(db)
        undecided = unanswered(db, draft)
        questions = letters_of_questions(db, draft.scenario, undecided)
    refuse_overtaken(draft)
    if difference(draft, words, undecided).digest != digest:
        raise OtherDifference
    if undecided and not is_sure:
        raise NotAnswered

    def telling(made: RevisionMessages) -> None:
        made.put(mail=mail)
        made.withdraw(questions, mail=mail)

    read = folder_of(draft, words)
    seen = None if draft.served is None else draft.served.revision.hash
    try:
        done = publish(store, read, cause, words, seen, at, telling)
    except StaleRevision:
        with store.reading() as db:
            refuse_overtaken(opened_draft(db))
        raise
    with suppress(StorageError), store.writing() as db:  # it is published: the draft is known for that without this
        now = opened_draft(db)
        if now.version == draft.version and now.clock is None and now.given is None:  # what waits stands on
            drafts.forget(db)
    return done


def folder_of(draft: Draft, words: Words) -> PlanFolder:
    """The draft as a plan folder that lies on no disk."""
    plan, whole = draft.made_plan, scenario_bytes(draft.scenario)
    written = plan_bytes(plan, draft.scenario, whole, words)
    return PlanFolder(Path(), draft.scenario, plan, plan.status, digest_of(whole), {PLAN: written})
