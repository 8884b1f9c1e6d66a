"""Workbooks that were sent and not yet accepted: a few, in memory only, since they may contain sites."""

import threading

from arshjul.actions.draft.sent_workbook import SentWorkbook

MOST_UPLOADS = 4


class Uploads:
    """The workbook that each session sent last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[str, SentWorkbook] = {}

    def keep(self, session: str, sent: SentWorkbook) -> None:
        """Keeps a workbook until it is accepted, or displaced by those of other sessions."""
        with self._lock:
            self._sent.pop(session, None)
            self._sent[session] = sent
            while len(self._sent) > MOST_UPLOADS:
                self._sent.pop(next(iter(self._sent)))

    def forget(self, session: str) -> None:
        """Removes the session's workbook, which has been accepted."""
        with self._lock:
            self._sent.pop(session, None)

    def of(self, session: str) -> SentWorkbook | None:
        """The session's workbook; None if there is none, or the console was restarted."""
        return self._sent.get(session)
