"""console --portal: the portal beside the console, in one process on one computer, to try the whole road."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arshjul.cli.console import Console
from arshjul.cli.sheet_files import sheet_office
from arshjul.errors import InputError, Message

HOST = "localhost"


@dataclass(frozen=True, slots=True)
class TrialPortal:
    """Where its database is, and where a browser of this computer reaches it."""

    portal_db: str
    url: str


def own_file(db: str) -> str:
    """The portal's database beside the year's. InputError if that is no file."""
    from arshjul.store.engine import place

    path = place(db).path
    if path is None:
        raise InputError(Message("The year's database is no file: give --portal-db too."))
    return str(path.with_name(f"{path.stem}-portal{path.suffix}"))


@contextmanager
def beside(
    terminal: Console, portal_db: str, port: int, sheet_keys: Path | None, grounds: Path | None
) -> Iterator[TrialPortal]:
    """Serves the portal while the block runs, for this computer alone."""
    from arshjul.actions.contacts.carry import make_portal
    from arshjul.portal.app import PortalServer, served_beside
    from arshjul.serving.server import on_port
    from arshjul.store.portal.schema import open_own

    make_portal(portal_db)
    listening = on_port("127.0.0.1", port)
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    server = PortalServer(open_own(portal_db), sheets=sheet_office(sheet_keys, grounds))
    with served_beside(server, listening):
        terminal.talk(Message("The portal answers at {url}, on this computer only.", {"url": url}))
        yield TrialPortal(portal_db, url)
