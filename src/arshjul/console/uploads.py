"""What people have sent and not taken over yet: in memory alone, for the sites in it; a few at most."""

import threading

from arshjul.actions.draft.sent_workbook import SentWorkbook

MOST_UPLOADS = 4


class Uploads:
    """The workbook that each session sent last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[str, SentWorkbook] = {}

    def keep(self, session: str, sent: SentWorkbook) -> None:
        """Keeps it until it is taken over, or others have sent more."""
        with self._lock:
            self._sent.pop(session, None)
            self._sent[session] = sent
            while len(self._sent) > MOST_UPLOADS:
                self._sent.pop(next(iter(self._sent)))

    def forget(self, session: str) -> None:
        """Forgets it: it is taken over."""
        with self._lock:
            self._sent.pop(session, None)

    def of(self, session: str) -> SentWorkbook | None:
        """The last one; None where there is none, or the console was started anew since."""
        return self._sent.get(session)
