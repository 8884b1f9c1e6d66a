"""The settings shipped for the console: systemd takes them; nginx says who is signed in, whatever a client sends."""

import base64
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from arshjul.console.app import ConsoleServer, Trust, application
from arshjul.console.serve import on_path
from tests.console.conftest import Desk
from tests.serving import free_port, get

SHIPPED = Path("config/deploy")
ALL = os.environ.get("ARSHJUL_REQUIRE_ALL") == "1"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None and not ALL, reason="no systemd here: apt install systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = [*SHIPPED.glob("*.service"), *SHIPPED.glob("*.timer")]
    assert len(units) == 6
    for unit in units:
        text = unit.read_text().replace("/opt/arshjul/bin/arshjul", sys.executable)
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*$", "", text, flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "arshjul" in line] == []


@pytest.mark.skipif(shutil.which("nginx") is None and not ALL, reason="no nginx here: apt install nginx-light")
def test_nginx_says_who_is_signed_in(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    console = ConsoleServer(
        desk.store,
        desk.console.runner,
        lambda: desk.now,
        Trust("Remote-User", {"granskare": "auditor"}),
        frozenset({"arshjul.intern.example.se"}),
    )
    listening = on_path(path)
    server = uvicorn.Server(uvicorn.Config(application(console), log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    port, nginx = _nginx(tmp_path, path)
    try:
        host = {"Host": "arshjul.intern.example.se"}
        assert _first(port, host) == 401
        signed = {**host, "Authorization": "Basic " + _basic("granskare:secret")}
        first = get(port, "/log", {**signed, "Remote-User": "somebody", "Remote_User": "somebody"})
        assert first.status == 303, "the cookie first"
        cookie = first.headers["set-cookie"]
        assert re.match(r"__Host-arshjul=[\w-]+; HttpOnly; Path=/; SameSite=lax; Secure", cookie)
        back = get(port, "/log", {**signed, "Cookie": cookie.partition(";")[0]})
        assert back.status == 200
        assert b"granskare" in back.body
        assert get(port, "/withdrawals/new", {**signed, "Cookie": cookie.partition(";")[0]}).status == 403
        assert get(port, "/feeds/x.ics", signed).status == 404
        secret = "x" * 43
        unasked = get(port, f"/answers/{secret}", host)
        assert unasked.status == 422, "its page, which knows no such address"
        forged = get(port, f"/answers/{secret}", {**host, "Authorization": "Basic " + _basic("granskare:wrong")})
        assert (forged.status, "set-cookie" in forged.headers) == (422, False)
        logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
        assert "/log" in logs
        assert secret not in logs
    finally:
        nginx.terminate()
        nginx.wait(10)
        server.should_exit = True
        thread.join()
        listening.close()


def _basic(person: str) -> str:
    return base64.b64encode(person.encode()).decode()


def _nginx(tmp_path: Path, path: Path) -> tuple[int, "subprocess.Popen[bytes]"]:
    port = free_port()
    site = (SHIPPED / "nginx-console.conf").read_text().replace("/run/arshjul/console.sock", str(path))
    site = re.sub(r"listen 443 ssl;|ssl_certificate.*;", "", site).replace("allow 10.0.0.0/8;", "allow 127.0.0.1;")
    site = site.replace("server_name", f"listen 127.0.0.1:{port}; server_name", 1)
    site = site.replace("/etc/nginx/arshjul.htpasswd", str(tmp_path / "htpasswd"))
    site = site.replace("/var/log/nginx/arshjul-console.log", str(tmp_path / "access.log"))
    (tmp_path / "htpasswd").write_text("granskare:{PLAIN}secret\n")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    settings = tmp_path / "nginx.conf"
    settings.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{ {temporary} {site} }}\n"
    )
    return port, subprocess.Popen(["nginx", "-c", str(settings), "-p", str(tmp_path)], stderr=subprocess.DEVNULL)


def _first(port: int, headers: dict[str, str]) -> int:
    for _ in range(500):
        try:
            return get(port, "/", headers).status
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nginx does not answer")
