"""A console behind a real nginx with the settings that are shipped for it, TLS and all."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arshjul.office.console.app import ConsoleServer, Trust
from tests.authorities import Authority
from tests.nginx import nginx
from tests.office.console.conftest import Desk
from tests.serving import free_port, get, listening

SHIPPED = Path("config/deploy/nginx-console.conf")
HOST = "arshjul.intern.example.se"
PERSON, PASSWORD = "granskare", "secret"
AS_IT_IS = {"Host": HOST}
LAST = "/last-of-all"


@dataclass(frozen=True, slots=True)
class Behind:
    """Where nginx answers: in clear on `port`, and by TLS on `tls_port`. `logs`: all that it has written down."""

    port: int
    tls_port: int
    folder: Path

    @property
    def socket(self) -> Path:
        """Where nginx reaches the console."""
        return self.folder / "console.sock"

    def logs(self) -> str:
        """All that nginx has written down, which it does after it answers: a last request is waited for."""
        known = self._written().count(LAST)
        get(self.port, LAST, AS_IT_IS)
        for _ in range(500):
            if self._written().count(LAST) > known:
                return self._written()
            time.sleep(0.02)
        raise AssertionError("nginx wrote nothing of the last request")

    def _written(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


@contextmanager
def behind_nginx(desk: Desk, folder: Path, let_in: str = "127.0.0.1") -> Iterator[Behind]:
    """The desk's console on a socket, nginx before it, and one auditor who may sign in there.

    `let_in`: the net that nginx lets in; requests come from 127.0.0.1.
    """
    trust = Trust("Remote-User", {PERSON: "auditor"})
    console = ConsoleServer(desk.store, desk.console.runner, trust, clock=lambda: desk.now, hosts=frozenset({HOST}))
    there = Behind(free_port(), free_port(), folder)
    with listening(console.application(), there.socket), nginx(folder, _site(there, let_in), there.port):
        yield there


def _site(there: Behind, let_in: str) -> str:
    folder = there.folder
    Authority(folder, "authority").certified(HOST)
    site = SHIPPED.read_text().replace("/run/arshjul/console.sock", str(there.socket))
    site = re.sub(r"(ssl_certificate(?:_key)?) .*;", rf"\1 {folder}/shown.pem;", site)
    site = site.replace("allow 10.0.0.0/8;", f"allow {let_in};")
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{there.tls_port} ssl; listen 127.0.0.1:{there.port};")
    site = site.replace("/etc/nginx/arshjul.htpasswd", str(folder / "htpasswd"))
    site = site.replace("/var/log/nginx/arshjul-console.log", str(folder / "access.log"))
    (folder / "htpasswd").write_text(f"{PERSON}:{{PLAIN}}{PASSWORD}\n")
    return site
