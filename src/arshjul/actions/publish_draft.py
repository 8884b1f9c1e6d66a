"""publish, from the draft: the difference as each party will see it, and the publishing that is bound to it."""

from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.draft import Draft, opened_draft
from arshjul.actions.publish import Cause, Published, publish
from arshjul.actions.stale_revision import seen_from
from arshjul.errors import Message, Refused
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.plan.plan_folder import PLAN, PlanFolder, plan_bytes, scenario_bytes
from arshjul.planning.notices import Notices, notices
from arshjul.store import drafts
from arshjul.store.chain import digest_of
from arshjul.store.store import Store
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class DraftDifference:
    """The meaning of publishing the draft for each party. `digest` names it: what is published is what was shown.

    `news` is None where nothing is served yet: then everybody gets everything.
    """

    news: Notices | None
    digest: str


class OtherDifference(Refused):
    """Refused: what would be published is not what was shown."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "What would be published is no longer what you saw: look at the difference below, and publish then."
            )
        )


def difference(draft: Draft, words: Words) -> DraftDifference:
    """The difference between the draft and what is served."""
    if draft.plan is None:
        raise Refused(Message("There is no plan yet: work one out first."))
    served = draft.served
    news = None
    if served is not None:
        shown = seen_from(draft.plan, served, draft.plan.as_of)
        news = notices(draft.scenario, served.scenario, served.plan.placed, shown)
    letters = () if news is None else news.letters
    told = [[str(letter.to), *(words.say(line) for line in letter.lines)] for letter in letters]
    return DraftDifference(news, digest_of(json_bytes([draft.stamp, served.revision.number if served else 0, told])))


def publish_draft(store: Store, digest: str, cause: Cause, words: Words) -> Published:
    """Publishes the draft as it was shown. OtherDifference where that is not what would be published now."""
    with store.reading() as db:
        draft = opened_draft(db)
    if difference(draft, words).digest != digest or draft.plan is None:
        raise OtherDifference
    read = folder_of(draft, words)
    served = draft.served
    done = publish(store, read, cause, words, None if served is None else served.revision.number)
    with store.writing() as db:
        now = opened_draft(db)
        if now.version == draft.version:
            drafts.forget(db)
    return done


def folder_of(draft: Draft, words: Words) -> PlanFolder:
    """The draft as a plan folder that lies on no disk."""
    if draft.plan is None:
        raise Refused(Message("There is no plan yet: work one out first."))
    whole = scenario_bytes(draft.scenario)
    plan = plan_bytes(draft.plan, draft.scenario, whole, words)
    return PlanFolder(Path(), draft.scenario, draft.plan, draft.plan.status, digest_of(whole), {PLAN: plan})
