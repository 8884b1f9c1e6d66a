"""The nginx settings that are shipped: they serve, say for whom they ask, and write no token down."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from arshjul.office.store.store import make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from tests import years
from tests.serving import Answer, Server, free_port, get, is_let_go

SHIPPED = Path("config/deploy/nginx.conf")


@pytest.mark.skipif(
    shutil.which("nginx") is None and os.environ.get("ARSHJUL_REQUIRE_ALL") != "1",
    reason="no nginx here: apt-get install nginx-light",
)
def test_shipped_settings(tmp_path: Path) -> None:
    url = str(tmp_path / "arshjul.db")
    store = make_store(url)
    year = years.scenario()
    years.published(store, years.write(tmp_path / "1", year, years.plan(year)))
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    with Server(url, tmp_path, "--proxy", "127.0.0.1") as server:
        port = free_port()
        site = SHIPPED.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        site = re.sub(r"listen 443 ssl;|http2 on;|ssl_certificate.*;", "", site)
        site = site.replace("client_header_timeout 10s", "client_header_timeout 1s")
        site = site.replace("server_name", f"listen 127.0.0.1:{port}; server_name")
        site = site.replace("/var/log/nginx/arshjul.log", str(tmp_path / "access.log"))
        temporary = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        settings = tmp_path / "nginx.conf"
        settings.write_text(
            f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
            f"events {{}}\nhttp {{ {temporary} {site} }}\n"
        )
        nginx = subprocess.Popen(["nginx", "-c", str(settings), "-p", str(tmp_path)], stderr=subprocess.DEVNULL)
        try:
            answer = _first(port, f"/feeds/{token}.ics")
            assert (answer.status, answer.body) == (200, server.feed(token).body)
            assert answer.headers["etag"] == server.feed(token).headers["etag"]
            packed = get(port, f"/feeds/{token}.ics", {"Accept-Encoding": "gzip"})
            assert packed.headers["etag"].endswith('-gzip"')
            known = {"If-None-Match": packed.headers["etag"], "X-Forwarded-For": "192.0.2.1"}
            assert get(port, f"/feeds/{token}.ics", known).status == 304
            assert get(port, f"/feeds/{token}.ics", method="POST").status == 403
            assert get(port, f"/feeds/{token}x.ics").status == get(port, f"/{token}").status == 404
            with socket.create_connection(("127.0.0.1", port), timeout=30) as half:
                half.sendall(b"GET / HTTP/1.1\r\n")
                assert is_let_go(half)
        finally:
            nginx.terminate()
            nginx.wait(10)
    logs = [path.read_text() for path in (tmp_path / "access.log", tmp_path / "error.log", server.log)]
    assert " 200 " in logs[0]
    assert token not in "".join(logs)


def _first(port: int, path: str) -> Answer:
    for _ in range(1200):
        try:
            return get(port, path)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx did not start")
