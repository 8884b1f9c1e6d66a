"""Internal errors: reported by kind and place in every process, never with their text.

An exception's text may contain a site's name, and standard error goes to a journal that others read. So everything
uncaught, and everything that a library reports as an error, goes through `logging` to one handler.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING

from arshjul.system.processes import interrupt

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

MOST_PLACES = 8

SOLVER_LOG = "arshjul.solver"
"""The log to which a solve reports that what engines claim contradicts its choice."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnFault:
    """An internal error as reported. `kind`: of the exception; empty without one. `places`: innermost first."""

    kind: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind or 'error'} at {', '.join(self.places)}"


def report(error: BaseException) -> None:
    """Reports an error that was caught, so that the process continues."""
    _LOG.error("fault", exc_info=error)


@contextmanager
def reported_errors(log: str) -> Iterator[list[BaseException]]:
    """The errors that are reported to that log within the context."""
    listener = _Listener(logging.ERROR)
    logging.getLogger(log).addHandler(listener)
    try:
        yield listener.errors
    finally:
        logging.getLogger(log).removeHandler(listener)


class _Listener(logging.Handler):
    """Keeps the errors that are reported."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record's error."""
        if record.exc_info and record.exc_info[1] is not None:
            self.errors.append(record.exc_info[1])


def log_uncaught(tell: Callable[[OwnFault], None] | None = None) -> None:
    """From now on, this process reports errors by kind only. `tell`: how; None: a line on standard error."""
    root = logging.getLogger()
    for there in [handler for handler in root.handlers if isinstance(handler, _Kinds)]:
        root.removeHandler(there)
    root.addHandler(_Kinds(tell or _on_standard_error))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread


class _Kinds(logging.Handler):
    """Reports the kind of records logged as errors; libraries' warnings are about input from strangers."""

    def __init__(self, tell: Callable[[OwnFault], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Reports the record's kind and place, without its text."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            self._tell(OwnFault("", (f"{record.name}:{record.lineno}",)))
        else:
            self._tell(OwnFault(type(error).__name__, _places(error.__traceback__)))


def _places(at: TracebackType | None) -> tuple[str, ...]:
    """The innermost place, and the places in this project that led to it."""
    found = []
    while at is not None:
        found.append(f"{at.tb_frame.f_globals.get('__name__', '?')}:{at.tb_lineno}")
        at = at.tb_next
    inner = reversed(found)
    ours = (place for place in inner if place is found[-1] or place.startswith("arshjul."))
    return tuple(islice(ours, MOST_PLACES))


def _on_standard_error(fault: OwnFault) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"arshjul: {fault}\n")
        sys.stderr.flush()


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    _LOG.critical("uncaught", exc_info=(kind, error, at))


def _unraisable(args: "UnraisableHookArgs") -> None:
    if isinstance(args.exc_value, KeyboardInterrupt):  # it struck where nothing can be raised, and is not to be lost
        threading.Timer(0.05, interrupt).start()
    elif args.exc_value is not None:
        _LOG.error("unraisable", exc_info=args.exc_value)


def _in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _LOG.error("in a thread", exc_info=args.exc_value)
