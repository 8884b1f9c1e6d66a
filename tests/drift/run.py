"""Runs every line of docs/drift.md in a copy of this machine's files that is thrown away afterwards. `make drift`.

The copy is a layer over `/` with processes and a network of its own, so that nothing outside is touched: for that it
has to be root, and allowed to make such things. In it are a PostgreSQL and an nginx as they come with Debian. What
cannot be there is put in the place of the real one: `systemctl` (beside this file), `apt` and `pip`, which would fetch
what is there already, and the answers of a person.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "drift.md"

OUTSIDE = """
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/changed" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/changed",workdir="$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
cp "$1.sh" "$1/root/tmp/lines.sh"
exec chroot "$1/root" /bin/bash /tmp/lines.sh
"""

BEFORE = """
set -u
cd {root}
chmod go+x /root
export LC_ALL=C.UTF-8 CURL_CA_BUNDLE=/etc/ssl/arshjul/kalender.example.se.pem
python3() {{ {python} "$@"; }}
python3 - <<'END'
import fcntl, socket, struct
with socket.socket() as any:  # the loopback, which a network of one's own begins without
    fcntl.ioctl(any, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
END
echo "127.0.0.1 localhost kalender.example.se arshjul.intern.example.se" > /etc/hosts
sed -i 's/allow 10.0.0.0/allow 127.0.0.0/' config/deploy/nginx-console.conf
rm -rf /etc/nginx/sites-enabled/* /etc/ssl/arshjul /var/lib/arshjul /etc/arshjul
install -m 755 tests/drift/systemctl.py /usr/local/bin/systemctl.py
printf '#!/bin/sh\\nexec {python} /usr/local/bin/systemctl.py "$@"\\n' > /usr/local/bin/systemctl
chmod 755 /usr/local/bin/systemctl
mkdir -p /var/run/postgresql /var/lib/drift
chown postgres /var/run/postgresql /var/lib/drift
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
(cd / && runuser -u postgres -- $bin/initdb -D /var/lib/drift/data -A peer -E SQL_ASCII --locale C --no-sync >/dev/null)
(cd / && runuser -u postgres -- $bin/pg_ctl -D /var/lib/drift/data -w -l /var/lib/drift/log \\
  -o '-k /var/run/postgresql -c listen_addresses= -c fsync=off' start >/dev/null)
apt() {{ :; }}
python3() {{  # a folder with the command of this checkout in it, as `venv` and `pip` would make one
  mkdir -p $3/bin
  printf '#!/bin/sh\\nexport PYTHONPATH={root}/src\\n' > $3/bin/arshjul
  printf 'exec {python} -c "from arshjul.cli import main; main()" "$@"\\n' >> $3/bin/arshjul
  printf '#!/bin/sh\\n' > $3/bin/pip
  chmod 755 $3/bin/*
}}
openssl() {{ if [ "$1" = passwd ]; then command openssl passwd -6 hemligt; else command openssl "$@" 2>/dev/null; fi; }}
{python} -c "from arshjul.cli import main; main()" workbook --template -o arbetsbok.xlsx
failed() {{ echo "FAILED, line $1: $2" >&2; tail -n 20 /var/log/arshjul*.log /var/log/nginx/error.log >&2; exit 1; }}
"""

AFTER_THE_SERVICES = """
address=$({python} -m tests.drift.coordinator) || failed 0 'the coordinator plans and publishes'
curl -fsS "$address" | grep -q BEGIN:VEVENT || failed 0 'a calendar is read through nginx'
arshjul backup live.db >/dev/null || failed 0 'a copy for a restore over live services'
arshjul restore live.db --replace 2>/dev/null
[ $? = 4 ] || failed 0 'a restore over live services is refused'
"""

UP = "curl -fsS --retry 30 --retry-delay 1 --retry-all-errors https://kalender.example.se/healthz >/dev/null"
"""Waits until the service that was started last answers."""

AFTER_THE_RESTORE = f"""
{UP} || failed 0 'feeds are served after a restore'
curl -fsS "$address" >/dev/null 2>&1 && failed 0 'a restore closes what was handed out'
test -s /var/lib/arshjul/nya-adresser.xlsx || failed 0 'new addresses are in the workbook'
"""

END = f"""
{UP} || failed 0 'feeds are served at the end'
test $(arshjul subscribers --json | grep -c '"state": "live"') = 1 || failed 0 'the new reader is there at the end'
echo "ALL RAN"
"""


def lines() -> list[tuple[int, str]]:
    """Every line of the page's blocks, with its number."""
    found, inside = [], False
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside:
            found.append((number, line))
    return found


def script() -> str:
    """The lines as one script, which ends at the first that fails."""
    values = {"root": ROOT, "python": sys.executable}
    parts = [BEFORE.format(**values)]
    for number, line in lines():
        parts.append(f"echo '{number:4}: {line.replace(chr(39), '')}'")
        parts.append(f"{line}\n[ $? = 0 ] || failed {number} '{re.sub(chr(39), '', line)}'")
        if line.startswith("systemctl reload nginx"):
            parts.append(AFTER_THE_SERVICES.format(**values))
        if line.startswith("arshjul subscribe --reissue-all"):
            parts.append("after_restore=yes")
        if line.startswith("systemctl start arshjul arshjul-console"):
            parts.append(f'if [ -n "${{after_restore:-}}" ]; then {AFTER_THE_RESTORE} after_restore=; fi')
    return "\n".join([*parts, END])


def is_allowed() -> bool:
    """True if this process may make a layer, processes and a network of their own."""
    tried = ["unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def run() -> subprocess.CompletedProcess[str]:
    """Runs them all."""
    with tempfile.TemporaryDirectory(prefix="drift-", dir="/var/tmp") as folder:
        Path(f"{folder}.sh").write_text(script())
        try:
            alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
            return subprocess.run(
                [*alone, "sh", "-c", OUTSIDE, "drift", folder], capture_output=True, text=True, check=False
            )
        finally:
            Path(f"{folder}.sh").unlink()


if __name__ == "__main__":
    ended = run()
    sys.stdout.write(ended.stdout + ended.stderr)
    sys.exit(0 if ended.stdout.endswith("ALL RAN\n") else 1)
