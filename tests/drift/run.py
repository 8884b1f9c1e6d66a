"""Runs every line of docs/drift.md on two machines that are thrown away afterwards. `make drift`.

A machine is a layer over `/`, with processes and a network of its own, so that nothing outside is touched: for that it
has to be root, and allowed to make such things. A cable joins the two, and their scripts take turns as the page does.
In each are a PostgreSQL and an nginx as they come with Debian. What cannot be there is put in the place of the real
one: `systemctl` (beside this file), `scp`, `apt` and `pip`, which would fetch what is there already, and the answers of
a person.
"""

import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "drift.md"

INNER, OUTER = "inre", "yttre"
ADDRESSES = {INNER: "10.27.0.1", OUTER: "10.27.0.2"}

OWN_FOLDERS = ("/proc", "/run", "/tmp")
"""What each machine has of its own, so that nothing of this one is seen there."""

MACHINES = """
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/turns"
for machine in inre yttre; do
  mkdir -p "$1/$machine/changed" "$1/$machine/work" "$1/$machine/root"
  root="$1/$machine/root"
  mount -t overlay overlay -o lowerdir=/,upperdir="$1/$machine/changed",workdir="$1/$machine/work" "$root"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  mkdir "$root/run/turns"
  mount --bind "$1/turns" "$root/run/turns"
  cp "$1.$machine.sh" "$root/tmp/lines.sh"
done
mkdir "$1/inre/root/run/yttre"
mount --bind "$1/yttre/root" "$1/inre/root/run/yttre"
touch "$1/net"
unshare --net="$1/net" true
ip link add name inre type veth peer name yttre netns "$1/net"
ip address add 10.27.0.1/24 dev inre
ip link set dev inre up
ip link set dev lo up
nsenter --net="$1/net" ip address add 10.27.0.2/24 dev yttre
nsenter --net="$1/net" ip link set dev yttre up
nsenter --net="$1/net" ip link set dev lo up
nsenter --net="$1/net" unshare --pid --fork --kill-child chroot "$1/yttre/root" /bin/bash /tmp/lines.sh &
unshare --pid --fork --kill-child chroot "$1/inre/root" /bin/bash /tmp/lines.sh
wait $!
"""

BEFORE = """
set -u
mount -t proc proc /proc
cd {root}
chmod go+x /root
export LC_ALL=C.UTF-8 {ca}
printf '%s\\n' '127.0.0.1 localhost' '10.27.0.1 arshjul.intern.example.se' \\
  '10.27.0.2 portal.example.se kalender.example.se' > /etc/hosts
sed -i 's/allow 10.0.0.0/allow 10.27.0.0/' config/deploy/nginx-console.conf
rm -rf /etc/ssl/arshjul* /var/lib/arshjul /var/lib/portal /var/lib/feeds /etc/arshjul
install -m 755 tests/drift/systemctl.py /usr/local/bin/systemctl.py
printf '#!/bin/sh\\nexec {python} /usr/local/bin/systemctl.py "$@"\\n' > /usr/local/bin/systemctl
chmod 755 /usr/local/bin/systemctl
mkdir -p /var/run/postgresql /var/lib/drift
chown postgres /var/run/postgresql /var/lib/drift
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
(cd / && runuser -u postgres -- $bin/initdb -D /var/lib/drift/data -A peer -E SQL_ASCII --locale C --no-sync >/dev/null)
printf '%s\\n' "unix_socket_directories = '/var/run/postgresql'" "listen_addresses = ''" 'fsync = off' \\
  >> /var/lib/drift/data/postgresql.conf
systemctl start postgresql
apt() {{ :; }}
python3() {{  # a folder with the command of this checkout in it, as `venv` and `pip` would make one
  mkdir -p $3/bin
  printf '#!/bin/sh\\nexport PYTHONPATH={root}/src\\n' > $3/bin/arshjul
  printf 'exec {python} -c "from arshjul.cli import main; main()" "$@"\\n' >> $3/bin/arshjul
  printf '#!/bin/sh\\n' > $3/bin/pip
  chmod 755 $3/bin/*
}}
scp() {{  # between the two machines: what is the outer one's lies under /run/yttre of the inner
  set -- "${{1/#root@portal.example.se:/\\/run\\/yttre}}" "${{2/#root@portal.example.se:/\\/run\\/yttre}}"
  cp "$1" "$2"
}}
openssl() {{ if [ "$1" = passwd ]; then command openssl passwd -6 hemligt; else command openssl "$@" 2>/dev/null; fi; }}
failed() {{
  echo "FAILED, line $1: $2" >&2
  tail -n 20 /var/log/arshjul*.log /var/log/nginx/error.log /var/lib/drift/log >&2
  touch /run/turns/failed
  exit 1
}}
touch /run/turns/0
turn() {{ until [ -e "/run/turns/$1" ]; do [ ! -e /run/turns/failed ] || exit 1; sleep 0.05; done; }}
"""

CA = {
    INNER: "CURL_CA_BUNDLE=/run/yttre/etc/ssl/arshjul/kalender.example.se.pem",
    OUTER: "CURL_CA_BUNDLE=/etc/ssl/arshjul/kalender.example.se.pem",
}

WORKBOOK = '{python} -c "from arshjul.cli import main; main()" workbook --template -o arbetsbok.xlsx'

AFTER_THE_SERVICES = """
{python} -m tests.drift.coordinator plan || failed 0 'the coordinator plans and publishes'
arshjul backup live.db >/dev/null || failed 0 'a copy for a restore over live services'
arshjul restore live.db --replace 2>/dev/null
[ $? = 4 ] || failed 0 'a restore over live services is refused'
"""

A_PARTY_REPORTS = """
{python} -m tests.drift.party reports || failed 0 'a party reports, and the coordinator sees it at once'
"""

FROM_OUTSIDE = (
    """
address=$({python} -m tests.drift.coordinator hand) || failed 0 'the coordinator hands a calendar out'
curl -fsS --retry 30 --retry-delay 1 --retry-all-errors "$address" | grep -q BEGIN:VEVENT \\
  || failed 0 'a calendar is read through nginx'
"""
    + A_PARTY_REPORTS
)

A_PARTY_COMES = """
{python} -m tests.drift.party comes || failed 0 'the address of a party is good still'
"""

AFTER_OUTSIDE = {
    "systemctl reload nginx": FROM_OUTSIDE,
    "systemctl start arshjul-portal": A_PARTY_COMES,
    "systemctl restart arshjul-portal": A_PARTY_COMES,
}
"""What the inner machine asks, when it is its turn, after the outer one has run such a line."""

UP = "curl -fsS --retry 30 --retry-delay 1 --retry-all-errors https://kalender.example.se/healthz >/dev/null"
"""Waits until the service that was started last answers."""

AFTER_THE_RESTORE = f"""
{UP} || failed 0 'feeds are served after a restore'
for _ in $(seq 50); do curl -fsS "$address" >/dev/null 2>&1 || break; sleep 0.3; done
curl -fsS "$address" >/dev/null 2>&1 && failed 0 'a restore closes what was handed out'
test -s /var/lib/arshjul/nya-adresser.xlsx || failed 0 'new addresses are in the workbook'
{A_PARTY_REPORTS}"""

END = f"""
{UP} || failed 0 'feeds are served at the end'
test $(arshjul subscribers --json | grep -c '"state": "live"') = 1 || failed 0 'the new reader is there at the end'
"""


def lines() -> list[tuple[int, str, str]]:
    """Every line of the page's blocks: its number, the machine it is for, and what it says."""
    found, inside = list[tuple[int, str, str]](), ""
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        if line.startswith("```"):
            inside = line.removeprefix("```sh ") if not inside else ""
        elif inside:
            found.append((number, inside, line))
    return found


def scripts() -> dict[str, str]:
    """The lines of each machine as one script, which ends at the first that fails. They take turns."""
    values = {"root": str(ROOT), "python": sys.executable}
    made = {machine: [BEFORE.format(ca=CA[machine], **values)] for machine in ADDRESSES}
    made[INNER].append(WORKBOOK.format(**values))
    asked, n = list[str](), 0
    for machine, part in groupby(lines(), lambda line: line[1]):
        made[machine].append(f"turn {n}")
        if machine == INNER:
            made[INNER], asked = [*made[INNER], *asked], []
        for number, _, line in part:
            made[machine] += _run(number, line)
            if machine == INNER:
                made[INNER] += _asked_after(line, values)
            else:
                asked += [text.format(**values) for begun, text in AFTER_OUTSIDE.items() if line.startswith(begun)]
        n += 1
        made[machine].append(f"touch /run/turns/{n}")
    made[INNER] += [f"turn {n}", END, 'echo "ALL RAN"', "touch /run/turns/end"]
    made[OUTER].append("turn end")  # what runs there ends with it
    return {machine: "\n".join(parts) for machine, parts in made.items()}


def _run(number: int, line: str) -> list[str]:
    said = line.replace("'", "")
    return [f"echo '{number:4}: {said}'", f"{line}\n[ $? = 0 ] || failed {number} '{said}'"]


def _asked_after(line: str, values: dict[str, str]) -> list[str]:
    """What is asked after a line of the inner machine."""
    parts = []
    if line.startswith("systemctl reload nginx"):
        parts.append(AFTER_THE_SERVICES.format(**values))
    if line.startswith("arshjul subscribe --reissue-all"):
        parts.append("after_restore=yes")
    if line.startswith("systemctl start arshjul-console"):
        after = AFTER_THE_RESTORE.format(**values)
        parts.append(f'if [ -n "${{after_restore:-}}" ]; then {after} after_restore=; fi')
    return parts


NET_OF_ITS_OWN = """
mount -t tmpfs tmpfs /mnt
touch /mnt/net
unshare --net=/mnt/net true
ip link add name inre type veth peer name yttre netns /mnt/net
"""

ALONE = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-ec"]


def is_allowed() -> bool:
    """True if this process may make a layer, processes and networks of their own."""
    return subprocess.run([*ALONE, NET_OF_ITS_OWN], capture_output=True, check=False).returncode == 0


def hidden(*paths: Path) -> str:
    """Why a machine would not have these paths; empty if it has them all."""
    for path in paths:
        folder = next((one for one in OWN_FOLDERS if path.resolve().is_relative_to(one)), "")
        if folder:
            return f"{path} lies in {folder}, of which each machine has its own: clone arshjul elsewhere."
        if path.exists() and path.stat().st_dev != Path("/").stat().st_dev:
            return (
                f"{path} lies on another file system than /, which no machine has: clone arshjul to one that is on it."
            )
    return ""


def hidden_here() -> str:
    """Why a machine would not have this checkout, or its Python; empty if it has both."""
    return hidden(ROOT, Path(sys.prefix), Path(sys.base_prefix))


def run() -> subprocess.CompletedProcess[str]:
    """Runs them all."""
    with tempfile.TemporaryDirectory(prefix="drift-", dir="/var/tmp") as folder:
        files = {machine: Path(f"{folder}.{machine}.sh") for machine in ADDRESSES}
        for machine, text in scripts().items():
            files[machine].write_text(text)
        try:
            return subprocess.run([*ALONE, MACHINES, "drift", folder], capture_output=True, text=True, check=False)
        finally:
            for file in files.values():
                file.unlink()


def main() -> int:
    """Runs them, and tells what they say."""
    if reason := hidden_here():
        sys.stderr.write(f"make drift: {reason}\n")
        return 1
    ended = run()
    sys.stdout.write(ended.stdout + ended.stderr)
    return 0 if "ALL RAN\n" in ended.stdout else 1


if __name__ == "__main__":
    sys.exit(main())
