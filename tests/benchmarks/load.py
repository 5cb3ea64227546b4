"""Thirty people asking at once: errors and waiting times, beside those of one person alone.

    python tests/benchmarks/load.py [--people 30] [--seconds 120] [--pause 6]
    python tests/benchmarks/load.py --generated 1500 --people 100 --seconds 240 --pause 60     (make bench-load)
    python tests/benchmarks/load.py --seconds 60 --rebuild                                     (make bench-rebuild)

A server process of its own answers over loopback, through the queue that the page uses. Each person asks questions of
every kind in Chinese and English, reads for a while (``--pause`` seconds on average) and asks the next: with the values
given, ten minutes of an office that asks every half minute, in two. Without ``--pause`` nobody ever stops to read.

``--rebuild`` builds the index anew, all of it, again and again while they ask; the server takes each into use.

``--generated`` serves so many generated reports (workload.py) instead of seeds/, with vectors synthesised as scale.py
does it: times hold, answers do not. Their questions are those of the workload.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import workload

ROOT = Path(__file__).parents[2]
ALONE = 40
"""Questions of the person who asks alone."""


@dataclass
class Taken:
    """What was seen: milliseconds of each answer, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def line(self, name: str) -> str:
        return row(name, self.milliseconds, f"{self.errors.total():8}")


def row(name: str, milliseconds: list[float], errors: str = " " * 8) -> str:
    """One line of the table."""
    p50, p95, p99 = np.percentile(milliseconds or [float("nan")], [50, 95, 99])
    return f"{name:12}{len(milliseconds):9}{errors}{p50:10.0f}{p95:10.0f}{p99:10.0f}"


def questions(folder: Path | None) -> list[str]:
    """The workload's questions, or the kept ones about seeds/ in both languages."""
    if folder:
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["question"] for line in lines]
    rows = [
        json.loads(line)
        for name in ("seeds_zh", "seeds_en")
        for line in (ROOT / "tests" / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [row["question"] for row in rows if not row.get("history")]


@contextmanager
def server(folder: Path | None) -> Iterator[tuple[str, list[str]]]:
    """A server process, without a limit for each visitor, over a fresh index of seeds/ or that of ``folder``.

    Gives its address and the command that builds the index anew.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as temporary:
        options = ["--index", f"{folder or temporary}/index", "--port", str(port), "--rate", "0"]
        reports = str(folder / "reports") if folder else "seeds"
        command = [sys.executable, "-m", "xiangwen", "serve", reports, *options]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                while True:
                    try:
                        health = httpx.get(f"{url}/health").json()["status"]
                    except httpx.TransportError:
                        health = "opening"
                    if health == "ready":
                        break
                    if health == "problem" or process.poll() is not None:
                        raise SystemExit("The server did not start.")
                    time.sleep(0.5)
                yield url, [sys.executable, "-m", "xiangwen", "build", reports, *options[:2], "--rebuild"]
            finally:
                process.terminate()


async def ask(client: httpx.AsyncClient, question: str, taken: Taken) -> None:
    """One question through the queue, as the page and gradio_client send it."""
    started = time.perf_counter()
    try:
        joined = await client.post("/gradio_api/call/ask", json={"data": [question, []]})
        joined.raise_for_status()
        stream = await client.get(f"/gradio_api/call/ask/{joined.json()['event_id']}")
        event, data = stream.text.strip().split("\n\n")[-1].split("\n")
        answer = json.loads(data.removeprefix("data: "))[0]
        if event != "event: complete" or not answer["text"]:
            raise ValueError(event)
    except (httpx.HTTPError, ValueError, TypeError, KeyError, IndexError) as error:
        taken.errors[f"{type(error).__name__}: {error}"] += 1
        return
    taken.milliseconds.append(1000 * (time.perf_counter() - started))
    taken.kinds.setdefault(f"{answer['kind']} {answer['language']}", []).append(taken.milliseconds[-1])


async def person(url: str, asked: list[str], number: int, seconds: float, pause: float, taken: Taken) -> None:
    """Asks, reads, asks, until the time is over."""
    chosen = random.Random(number)
    ends = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        await asyncio.sleep(chosen.uniform(0, pause))
        while time.monotonic() < ends:
            await ask(client, chosen.choice(asked), taken)
            await asyncio.sleep(chosen.uniform(0, 2 * pause))


async def alone(url: str, asked: list[str], taken: Taken) -> None:
    """One person, one question after the other."""
    chosen = random.Random(0)
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        for question in chosen.sample(asked, ALONE):
            await ask(client, question, taken)


async def rebuilding(url: str, command: list[str], seconds: float, taken: Taken) -> list[str]:
    """Build the index anew until the time is over; the builds that the server took into use meanwhile."""
    ends, used = time.monotonic() + seconds, []
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        while time.monotonic() < ends:
            building = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.DEVNULL)
            if await building.wait():
                taken.errors["a build failed"] += 1
            await asyncio.sleep(3)  # the server looks every other second
            used.append((await client.get("/health")).json()["index"])
    return list(dict.fromkeys(used))


async def together(url: str, asked: list[str], people: int, seconds: float, pause: float, taken: Taken) -> None:
    """All of them."""
    await asyncio.gather(*(person(url, asked, n, seconds, pause, taken) for n in range(1, people + 1)))


def synthesised(folder: Path, reports: int) -> None:
    """Generated reports and an index of them with synthesised vectors, by a process of its own."""
    workload.write(folder, reports, seed=7)
    scale = str(ROOT / "tests" / "benchmarks" / "scale.py")
    subprocess.run([sys.executable, scale, "--one", "build", str(folder)], stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=6)
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--rebuild", action="store_true")
    arguments = parser.parse_args()
    one, many = Taken(), Taken()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if arguments.generated else None
        if folder:
            synthesised(folder, arguments.generated)
        asked = questions(folder)
        with server(folder) as (url, build):
            asyncio.run(alone(url, asked, one))

            async def meanwhile() -> list[str]:
                people = together(url, asked, arguments.people, arguments.seconds, arguments.pause, many)
                builds = rebuilding(url, build, arguments.seconds, many)
                return (await asyncio.gather(people, *([builds] if arguments.rebuild else [])))[-1] or []

            used = asyncio.run(meanwhile())
    print(f"{'people':12}{'answers':>9}{'errors':>8}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")
    print(one.line("1"))
    print(many.line(str(arguments.people)))
    for kind, times in sorted(many.kinds.items()):
        print(row(f"  {kind}", times))
    p50, p95 = (np.percentile(many.milliseconds, p) / np.percentile(one.milliseconds, p) for p in (50, 95))
    print(f"{arguments.people} people wait {p50:.1f} times as long as one at the median, {p95:.1f} times at p95;")
    print(f"{len(many.milliseconds) / arguments.seconds:.1f} answers a second; one answer at a time is made")
    if arguments.rebuild:
        print(f"{len(used)} new indexes were taken into use meanwhile")
    for error, count in (one.errors + many.errors).items():
        print(f"error, {count} times: {error}")
    print(f"peak memory of the server {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
    if one.errors or many.errors:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
