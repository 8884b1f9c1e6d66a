"""Faults of a database, in words that say how to repair them.

A driver's own text is never passed on: it may contain the data to be written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from arshjul.errors import Message, StorageError

_DAMAGED = Message("{name} is damaged: run `arshjul doctor`, or restore a backup.")

_TOO_LONG = Message("{name} is slow, and nothing was changed: try again in a moment.")

_SQLITE = {
    "SQLITE_FULL": Message("The disk is full, and nothing was changed in {name}: make room, and try again."),
    "SQLITE_READONLY": Message("{name} is write-protected: ask for the right to write."),
    "SQLITE_PERM": Message("{name} is write-protected: ask for the right to write."),
    "SQLITE_BUSY": Message("Another process is writing to {name}: try again in a moment."),
    "SQLITE_LOCKED": Message("Another process is writing to {name}: try again in a moment."),
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": Message("{name} is no arshjul database: name another file."),
    "SQLITE_CANTOPEN": Message("{name} cannot be opened: check its name, and the rights to its folder."),
    "SQLITE_IOERR": Message("The disk failed, and nothing was changed in {name}: check the disk."),
    "SQLITE_INTERRUPT": _TOO_LONG,
    "SQLITE_TOOBIG": Message("The change is too large for {name}."),
}

_POSTGRESQL = {
    "53100": Message("The disk is full, and nothing was changed in {name}: make room, and try again."),
    "25006": Message("{name} is write-protected: ask for the right to write."),
    "42501": Message("{name} is write-protected: ask for the right to write."),
    "55P03": Message("Another process is writing to {name}: try again in a moment."),
    "57014": _TOO_LONG,
    "40001": Message("Another process is writing to {name}: try again in a moment."),
    "40P01": Message("Another process is writing to {name}: try again in a moment."),
    "3D000": Message("Database {name} does not exist: make it with createdb."),
    "28": Message("{name} refuses the user: check user and password."),
}

_AWAY = Message("{name} does not answer: start the database, or check its address.")
_OTHER = Message("{name} failed ({reason}), and nothing was changed.")


class Damaged(Exception):
    """Something stored is not as it was written."""


UNREADABLE = (Damaged, DBAPIError)
"""The errors raised for a row that is not as it was written; the latter if its text is invalid."""


@contextmanager
def as_storage_error(name: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StorageError(_message(name, error.orig or error)) from None
    except (Damaged, UnicodeDecodeError):  # the latter if even the names of tables are invalid
        raise StorageError(replace(_DAMAGED, values={"name": name})) from None
    except SQLAlchemyError as error:
        raise StorageError(replace(_OTHER, values={"name": name, "reason": type(error).__name__})) from None


def _message(name: str, error: BaseException) -> Message:
    fault, reason = _OTHER, type(error).__name__
    code = getattr(error, "sqlite_errorname", None)
    state = getattr(error, "sqlstate", None)
    if code is not None:
        reason = code
        fault = next((text for start, text in _SQLITE.items() if code.startswith(start)), _OTHER)
    elif state is not None:
        reason = state
        fault = next((text for start, text in _POSTGRESQL.items() if state.startswith(start)), _OTHER)
        if state.startswith(("08", "57P")):
            fault = _AWAY
    elif reason in ("OperationalError", "InterfaceError"):  # psycopg, with no server that could give a state
        fault = _AWAY
    return replace(fault, values={"name": name, "reason": reason})
