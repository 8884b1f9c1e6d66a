"""The year turns: what the next year would hold is worked out from the draft, and taken over as an edit."""

from datetime import datetime

from arshjul.actions.draft.compare_scenario import take_over
from arshjul.actions.draft.draft import CANCELLED, NOMINATED, Draft
from arshjul.actions.draft.edit_operation import taken_ids
from arshjul.actions.folder.turn import turned_scenario
from arshjul.errors import Message, Refused
from arshjul.planning.turn.next_year import Wishes
from arshjul.planning.turn.turn import Turned
from arshjul.store.events import YearTurned
from arshjul.store.store import Store


def next_year(draft: Draft, wishes: Wishes, now: datetime) -> Turned:
    """The draft's year, or the edited one that waits, turned.

    Refused before the first plan, if the next year waits for its plan already, and if the last date does not lie in it;
    also while it is not settled which operations the year has: a successor would come without its operation.
    """
    plan, present, today = draft.made_plan, draft.present, draft.moment(now).date()
    if present.span.last > draft.scenario.span.last:
        raise Refused(
            Message(
                "The year to {last} waits for its plan already: work out the options on Today, or take it back there.",
                {"last": present.span.last},
            )
        )
    if any(one.list in (NOMINATED, CANCELLED) for one in draft.waiting):
        raise Refused(
            Message(
                "New or cancelled operations wait for a plan: work out the options on Today first, so that the next "
                "year has what comes again."
            )
        )
    return turned_scenario(present, draft.as_given, wishes, plan, draft.begun(now), today, taken_ids(draft))


def turn_year(store: Store, made: Turned, actor: str, now: datetime, seen: str) -> None:
    """Takes the turned year over: it waits for a plan like any other edit. StaleDraft if the draft is another."""
    take_over(store, made.scenario, actor, now, seen, event=YearTurned(str(made.year.last)))
