"""How long a cold process takes to answer, and how much memory: ask, search, reports, the page, and by part.

    python tests/benchmarks/start.py                          # this version, over the seed reports
    python tests/benchmarks/start.py --beside /tmp/before     # and another checkout of the project, side by side

Each figure is the median of some processes on a warm disk. The seconds of processor are steadier than those of the
clock where the machine has other work to do. The memory is the peak of the resident set, mapped files included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COMPILED = Path(tempfile.mkdtemp(prefix="compiled-"))
QUESTION = "哪些乡镇聘请了法律顾问？"
COMMANDS = {
    "ask": ["ask", QUESTION],
    "ask in English": ["ask", "Which townships hired a legal adviser?"],
    "search": ["search", "法律顾问"],
    "ledger": ["ledger", "--json"],
    "reports": ["reports", "--json"],
}
PARTS = {
    "Python, NumPy": "import numpy",
    "ONNX Runtime": "import onnxruntime",
    "FAISS": "import faiss",
    "command line": "import xiangwen.cli, xiangwen.cli.terminal",
    "the product's modules": "import xiangwen.answers.assistant",
    "index": "from xiangwen.index import Index; from pathlib import Path; index = Index.load(Path(sys.argv[1]))",
    "encoder": "index.encoder",
    "judge": "from xiangwen.retrieval.cross_encoder import shipped_judge; shipped_judge()",
    "assistant": "assistant = xiangwen.answers.assistant.Assistant(index)",
    "first question": f"assistant.ask({QUESTION!r})",
    "a hundred questions": f"[assistant.ask({QUESTION!r}) for _ in range(100)]",
}
"""In the order in which a process takes them in."""
_STEP = """
import json, sys, time
def held():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
rows = []
for name, code in json.loads(sys.argv[2]).items():
    before, start = held() if rows else 0.0, time.process_time() if rows else 0.0
    exec(code, globals())
    rows.append((name, time.process_time() - start, held() - before, held()))
print(json.dumps(rows))
"""


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float
    megabytes: float


def environment(checkout: Path) -> dict[str, str]:
    """That of a process which runs a checkout, whose modules are compiled as those of an installed package are."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPATH": str(checkout / "src"), "PYTHONPYCACHEPREFIX": str(COMPILED)}


def run(checkout: Path, *arguments: str) -> Run:
    """Run one command to its end."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "xiangwen", *arguments]
    process = subprocess.Popen(command, env=environment(checkout), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return Run(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(runs: list[Run]) -> Run:
    """The median of each figure."""
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))


def held(pid: int, field: str) -> float:
    """Megabytes of a process: ``VmRSS`` now, ``VmHWM`` at its peak."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


class Served(NamedTuple):
    """A server from its start on."""

    answers: float
    """Seconds until ``/health`` says that questions are answered."""
    page: float
    """Seconds until they can be asked on the page, too."""
    megabytes: float
    """Then."""
    after: float
    """Megabytes after some questions."""
    peak: float


def served(checkout: Path, index: str, questions: int, port: int) -> Served:
    """Start a server and ask it."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", index, "--port", str(port), "--rate", "0"]
    process = subprocess.Popen(command, env=environment(checkout), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers = until_given(f"http://127.0.0.1:{port}/health") - start
        page = until_given(f"http://127.0.0.1:{port}/config") - start
        megabytes = held(process.pid, "VmRSS")
        for number in range(questions):
            body = json.dumps({"question": f"哪些乡镇开展了{'宣传培训调解执法普法'[number % 9 :][:2]}？"}).encode()
            asked = urllib.request.Request(f"http://127.0.0.1:{port}/ask", body, {"content-type": "application/json"})
            urllib.request.urlopen(asked, timeout=120).read()
        return Served(answers, page, megabytes, held(process.pid, "VmRSS"), held(process.pid, "VmHWM"))
    finally:
        process.kill()
        process.wait()


def until_given(address: str) -> float:
    """When an address is answered without a problem."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60):
                return time.perf_counter()
        except OSError:
            time.sleep(0.05)


def measure(checkout: Path, name: str, rounds: int, questions: int, parts: bool) -> None:
    """Print the tables of one checkout."""
    with tempfile.TemporaryDirectory() as folder:
        index = f"{folder}/index"
        run(checkout, "build", str(ROOT / "seeds"), "--index", index)
        print(f"\n{name}\n{'':24}{'seconds':>9}{'processor':>11}{'peak MB':>9}")
        for command, arguments in COMMANDS.items():
            run(checkout, *arguments, "--index", index)  # whatever a machine does once
            took = median([run(checkout, *arguments, "--index", index) for _ in range(rounds)])
            print(f"{command:24}{took.seconds:9.2f}{took.processor:11.2f}{took.megabytes:9.0f}", flush=True)
        asked = served(checkout, index, questions, 7959)  # which does, too, whatever a machine does once
        starts = [served(checkout, index, 0, 7959) for _ in range(rounds)]
        answers, page = (statistics.median(column) for column in list(zip(*starts, strict=True))[:2])
        print(f"{'serve, ready to answer':24}{answers:9.2f}")
        print(f"{'serve, page there':24}{page:9.2f}{'':11}{asked.megabytes:9.0f}")
        print(f"{f'after {questions} questions':24}{'':20}{asked.after:9.0f}   peak {asked.peak:.0f}", flush=True)
        if parts:
            command = [sys.executable, "-c", _STEP, index, json.dumps(PARTS)]
            told = subprocess.run(command, env=environment(checkout), stdout=subprocess.PIPE, check=True, text=True)
            print(f"\n{'part':24}{'processor':>11}{'MB more':>9}{'MB':>7}")
            for part, processor, more, whole in json.loads(told.stdout.splitlines()[-1]):
                print(f"{part:24}{processor:11.2f}{more:9.0f}{whole:7.0f}")


def main() -> None:
    """Measure this version, and another one beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="another checkout, such as `git worktree add /tmp/before main`")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.beside:
        measure(arguments.beside.resolve(), "the other version", arguments.rounds, arguments.questions, parts=False)
    measure(ROOT, "this version", arguments.rounds, arguments.questions, parts=True)
    shutil.rmtree(COMPILED, ignore_errors=True)


if __name__ == "__main__":
    main()
