"""A run in a process of its own, so that nobody profits or suffers from the one before.

The board goes there as a pickle, so that making it costs nobody time or memory. The process and
all that it starts are one session, which is ended as a whole, whatever happens.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from arshjul.solver.board import Board
from tests.bench.contenders import contend, ready
from tests.bench.memory import Peak
from tests.bench.runs import Run

LOOK_S = 0.1
"""Between two looks at the memory."""


def measure(board: Board, contender: str, limit_s: float, *, warm: bool = False) -> dict[str, Any]:
    """The run's figures and its peak memory. Of a run that fails only a note is known, of one that is ended its end.

    `warm`: the engines are imported before its clock runs.
    """
    command = [sys.executable, "-m", "tests.bench.run", "--serve", contender, "--limit", str(limit_s)]
    command += ["--warm"] * warm
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        pickle.dump(board, question, pickle.HIGHEST_PROTOCOL)
        question.seek(0)
        process = subprocess.Popen(command, stdin=question, stdout=answer, start_new_session=True)
        peak = Peak(process.pid)
        began = time.monotonic()
        patience_s = 2 * limit_s + 60
        try:
            while process.poll() is None and time.monotonic() - began < patience_s:
                peak.look()
                time.sleep(LOOK_S)
            late = process.poll() is None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
        answer.seek(0)
        told = answer.read().splitlines()
    if late:
        run = asdict(Run(end_s=patience_s, note=f"ended from outside after {patience_s:g} s"))
    else:
        run = json.loads(told[-1]) if code == 0 and told else asdict(Run(note=f"failed: exit code {code}"))
    return run | {"peak_mb": peak.megabytes}


def serve(contender: str, limit_s: float, *, warm: bool = False) -> None:
    """The process's own life: a board comes in, a run goes out."""
    board: Board = pickle.load(sys.stdin.buffer)
    if warm:
        ready(contender)
    sys.stdout.write("\n" + json.dumps(asdict(contend(contender, board, limit_s))) + "\n")
