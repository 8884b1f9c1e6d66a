"""The logs of withdrawals in plan folders, of a year and of those before it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.formats.plan.plan_folder import read_plan_folder
from arshjul.planning.withdrawal_rates import HeardLog


def with_history(logs: Iterable[HeardLog], history: Sequence[Path]) -> list[HeardLog]:
    """These logs, and those of earlier years' plan folders. InputError where two tell of the same days."""
    heard = list(logs)
    for folder in history:
        earlier = read_plan_folder(folder)
        span = earlier.scenario.span
        if any(span.first <= log.year.last and log.year.first <= span.last for log in heard):
            values = {"folder": str(folder), "first": span.first, "last": span.last}
            text = Message(
                "--history {folder}: another plan tells of its year too, {first} to {last}: keep one.", values
            )
            raise InputError(text)
        heard.append(HeardLog(span, earlier.plan.entries.withdrawals))
    return heard
