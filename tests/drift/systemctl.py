"""systemctl where there is no systemd: starts what a unit's file says, as its user, with its settings, and stops it.

Of a unit it knows ExecStart, Type, User, Group, EnvironmentFile, StateDirectory, RuntimeDirectory and UMask; a timer
is only noted, and nginx and PostgreSQL are told in their own way.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

UNITS, KNOWN = Path("/etc/systemd/system"), Path("/run/units")


class Unit:
    """A service of ours, as its file says."""

    def __init__(self, name: str) -> None:
        self.name = name.removesuffix(".service")
        self.is_timer = name.endswith(".timer")
        text = (UNITS / (name if self.is_timer else f"{self.name}.service")).read_text()
        self._lines = re.findall(r"^(\w+)=(.*)$", text.replace("\\\n", " "), re.M)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self._lines if name == key]

    def one(self, key: str, otherwise: str = "") -> str:
        return (self.all(key) or [otherwise])[-1]

    @property
    def environment(self) -> dict[str, str]:
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"}
        for file in self.all("EnvironmentFile"):
            pairs = re.findall(r"^(\w+)=(.*)$", Path(file).read_text(), re.M)
            found |= {name: " ".join(shlex.split(value)) for name, value in pairs}
        return found

    def command(self, line: str) -> list[str]:
        """The words of a command, as systemd makes them: `$NAME` as many, `${NAME}` as one, `$$` and `%%` as signs."""
        known, words = self.environment, []
        for word in shlex.split(line):
            if (whole := re.fullmatch(r"\$(\w+)", word)) is not None:
                words += known.get(whole[1], "").split()
            else:
                filled = re.sub(r"(?<!\$)\$\{(\w+)\}", lambda found: known.get(found[1], ""), word)
                words.append(filled.replace("$$", "$").replace("%%", "%"))
        return words

    def start(self) -> bool:
        """Starts it; of one that ends, whether it ended well."""
        if self.is_timer or self.pid:
            return True
        user, umask = self.one("User"), int(self.one("UMask", "0022"), 8)
        for kind, above in (("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")):
            for name in self.all(kind):
                (made := Path(above) / name).mkdir(exist_ok=True)
                shutil.chown(made, user, self.one("Group", user))
                made.chmod(int(self.one(f"{kind}Mode", "0755"), 8))
        log = (Path("/var/log") / f"{self.name}.log").open("ab")
        for line in self.all("ExecStart"):
            words = ["setpriv", "--reuid", user, "--regid", self.one("Group", user), "--init-groups", "--no-new-privs"]
            child = subprocess.Popen(
                [*words, *self.command(line)],
                env=self.environment, umask=umask, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
            if self.one("Type") != "oneshot":
                (KNOWN / f"{self.name}.pid").write_text(str(child.pid))
                return self._is_up(child)
            if child.wait() != 0:
                (KNOWN / f"{self.name}.failed").touch()
                return False
        (KNOWN / f"{self.name}.failed").unlink(missing_ok=True)
        return True

    def _is_up(self, child: "subprocess.Popen[bytes]") -> bool:
        """Waits a little: one that ends at once was not started."""
        for _ in range(20):
            if child.poll() is not None:
                return False
            time.sleep(0.1)
        return True

    @property
    def pid(self) -> int:
        """The number of its process, 0 where it has none."""
        file = KNOWN / f"{self.name}.pid"
        pid = int(file.read_text()) if file.exists() else 0
        return pid if pid and Path(f"/proc/{pid}").exists() and "Z" not in _state(pid) else 0

    def stop(self) -> bool:
        pid = self.pid
        if pid:
            os.kill(pid, signal.SIGTERM)
        for _ in range(300):
            if not self.pid:
                return True
            time.sleep(0.1)
        return False


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _nginx(verb: str) -> bool:
    is_up = subprocess.run(["pgrep", "-x", "nginx"], stdout=subprocess.DEVNULL, check=False).returncode == 0
    return subprocess.run(["nginx", *(["-s", "reload"] if is_up else [])], check=False).returncode == 0 and bool(verb)


def _postgresql(verb: str) -> bool:
    """The one whose data lies in /var/lib/drift."""
    program = str(max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")))
    told = [program, "-D", "/var/lib/drift/data", "-w", "-l", "/var/lib/drift/log", verb]
    as_it = ["runuser", "-u", "postgres", "--", *told]
    return subprocess.run(as_it, cwd="/", stdout=subprocess.DEVNULL, check=False).returncode == 0


def main(words: list[str]) -> int:
    KNOWN.mkdir(exist_ok=True)
    verb, names = words[0], [word for word in words[1:] if not word.startswith("-")]
    if verb == "daemon-reload":
        return 0
    for name, told in (("nginx", _nginx), ("postgresql", _postgresql)):
        if names == [name]:
            return 0 if told(verb) else 1
    done = VERBS[verb]([Unit(name) for name in names])
    return 0 if done else 1


VERBS: dict[str, Callable[[list[Unit]], bool]] = {
    "enable": lambda units: all(unit.start() for unit in units),
    "start": lambda units: all(unit.start() for unit in units),
    "stop": lambda units: all(unit.stop() for unit in units),
    "restart": lambda units: all(unit.stop() and unit.start() for unit in units),
    "is-active": lambda units: any(unit.pid for unit in units),
    "is-failed": lambda units: any((KNOWN / f"{unit.name}.failed").exists() for unit in units),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
