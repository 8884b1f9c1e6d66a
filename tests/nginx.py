"""A real nginx, with a site as it is shipped but for its addresses, in a folder of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NEEDS_NGINX = pytest.mark.skipif(
    shutil.which("nginx") is None and os.environ.get("ARSHJUL_REQUIRE_ALL") != "1",
    reason="no nginx here: apt-get install nginx-light",
)


@contextmanager
def nginx(folder: Path, site: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """nginx with that site, which listens on that port; its logs and what it keeps for a moment lie in the folder."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    settings = folder / "nginx.conf"
    settings.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ {temporary} {site} }}\n"
    )
    process = subprocess.Popen(["nginx", "-c", str(settings), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    for _ in range(1500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx does not answer")
