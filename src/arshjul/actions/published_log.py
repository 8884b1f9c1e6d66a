"""log --db: what happened in the year that is published, and what was decided."""

from arshjul.actions.log import YearLog
from arshjul.actions.reading import Speak
from arshjul.actions.served_revision import current
from arshjul.errors import InputError, Message
from arshjul.planning.year_log import year_log
from arshjul.store.store import Store


def published_log(store: Store, speak: Speak) -> YearLog:
    """The entries of the plan that is served."""
    with store.reading() as db:
        served = current(db)
    if served is None:
        raise InputError(Message("Nothing is published yet: `arshjul publish` puts a plan there."))
    speak(served.scenario.language)
    return YearLog(served.plan.entries, tuple(year_log(served.scenario, served.plan.entries)))
