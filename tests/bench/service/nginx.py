"""nginx with one worker, serving one file: the anchor to measure against."""

import subprocess
import tempfile
import time
from pathlib import Path

from tests.serving import free_port, get

SETTINGS = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log /dev/null;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ text/calendar ics; }}
  keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


class Nginx:
    """Serves the bytes as /feed.ics. `pids`: the worker's, which does the work."""

    def __init__(self, data: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="arshjul-nginx-")
        folder = Path(self._folder.name)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        (folder / "www" / "feed.ics").write_bytes(data)
        self.port = free_port()
        (folder / "nginx.conf").write_text(SETTINGS.format(folder=folder, port=self.port))
        self.process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)])
        for _ in range(100):
            try:
                self.etag = get(self.port, "/feed.ics").headers["etag"]
                break
            except OSError:
                time.sleep(0.05)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.pids = [int(pid) for pid in children]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed.ics"

    def __enter__(self) -> "Nginx":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._folder.cleanup()
