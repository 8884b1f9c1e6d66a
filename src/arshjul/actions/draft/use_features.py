"""use features: switches features of the year on and off. It counts at once, since no plan has to answer it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from arshjul.actions.draft.draft import AlreadyDone, seen_draft
from arshjul.actions.draft.edit_operation import edit_in
from arshjul.domain.feature import ALL_FEATURES, in_order
from arshjul.errors import Message
from arshjul.store import audit
from arshjul.store.events import FeatureOff, FeatureOn
from arshjul.store.store import Store


def use_features(store: Store, uses: Collection[str], actor: str, now: datetime, seen: str) -> None:
    """Uses these features and no others; what was entered in the others is kept, and is there again with them.

    AlreadyDone if they are used, and no others. StaleDraft as always.
    """
    with store.writing() as db:
        year = seen_draft(db, seen).present
        new = replace(year, uses=in_order(uses))
        changed = [id for id in ALL_FEATURES if (id in year.uses) != (id in new.uses)]
        if not changed:
            raise AlreadyDone(Message("The change is already made: open the page again."))
        first, *more = [(FeatureOn if id in new.uses else FeatureOff)(id) for id in changed]
        edit_in(db, lambda _: new, first, actor, now, seen)
        for event in more:
            audit.add(db, now, actor, event)
