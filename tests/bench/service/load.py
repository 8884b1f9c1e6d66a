"""What asks: wrk as fast as it can, and a steady hundred requests a second."""

import asyncio
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
REUSED_WITHIN_S = 10
HEADER_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers a second, CPU ms of the server for each, and how many answers were none."""

    per_s: float
    cpu_ms: float
    n: int
    n_bad: int


def as_fast_as_it_can(address: str, pids: list[int], seconds: int, headers: dict[str, str]) -> Rate:
    """wrk with 64 connections."""
    before = cpu_s(pids)
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}", *options, address], capture_output=True, text=True, check=True
    )
    used = cpu_s(pids) - before
    n = int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done.stdout)
    per_s = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]
    n_bad = (int(bad[1]) if bad else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return Rate(per_s, 1000 * used / max(n, 1), n, n_bad)


async def steadily(port: int, path: str, etag: str, per_s: int, seconds: float) -> tuple[list[float], int]:
    """So many requests a second, half of them with the ETag: ms of each from when it was due, and how many failed."""
    took: list[float] = []
    n_bad = 0
    start = time.perf_counter() + 1  # by then all requests stand in line
    idle: list[tuple[float, Line]] = []

    async def connection() -> Line:
        """One that was used a moment ago, for the server closes those that are not; or a new one."""
        while idle:
            since, line = idle.pop()
            if time.monotonic() - since < REUSED_WITHIN_S:
                return line
            line[1].close()
        return await asyncio.open_connection("127.0.0.1", port)

    async def one(i: int) -> None:
        nonlocal n_bad
        due = start + i / per_s
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        known = f"If-None-Match: {etag}\r\n" if i % 2 else "Accept-Encoding: gzip\r\n"
        try:
            line = await connection()
            reader, writer = line
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n{known}\r\n".encode())
            head = await reader.readuntil(HEADER_END)
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if length is not None:
                await reader.readexactly(int(length[1]))
            n_bad += head[9:12] not in (b"200", b"304")
            idle.append((time.monotonic(), line))
        except (OSError, asyncio.IncompleteReadError):
            n_bad += 1
        took.append(1000 * (time.perf_counter() - due))

    await asyncio.gather(*(one(i) for i in range(round(per_s * seconds))))
    return took, n_bad


def cpu_s(pids: list[int]) -> float:
    """User and system seconds of these processes so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """FeedHistory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
