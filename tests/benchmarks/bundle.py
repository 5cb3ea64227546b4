"""The offline bundle, installed as on a machine without a network: built, asked, upgraded, and how much disk it takes.

    python tests/benchmarks/bundle.py dist/xiangwen-*-linux-x86_64-*.tar     (make test-bundle)

All that is done with the bundle is done in a network namespace without any route, as a user who has no pip settings and
no cache. Ends with a non-zero exit code where anything is not as docs/offline.md says.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUESTION = "哪些乡镇聘请了法律顾问？"
OTHER_MODEL = "BAAI/bge-small-zh-v1.5"
LONELY = ["unshare", "--map-root-user", "--net"]
if not shutil.which("unshare") or subprocess.run([*LONELY, "true"], capture_output=True, check=False).returncode:
    LONELY = []  # not every machine lets a namespace be made: then pip's own --no-index is all there is


def megabytes(folder: Path) -> float:
    """What the files of a folder take on the disk, each once."""
    blocks = {(s.st_dev, s.st_ino): s.st_blocks for s in (path.lstat() for path in folder.rglob("*"))}
    return sum(blocks.values()) * 512 / 1e6


class Machine:
    """A user of his own on a machine without a network."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": str(home)}

    def run(self, *command: str | Path, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command, which succeeds or fails as is expected."""
        words = [*LONELY, *map(str, command)]
        done = subprocess.run(words, env=self.environment, cwd=self.home, capture_output=True, text=True, check=False)
        if (done.returncode != 0) != fails:
            raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def answer(self, program: Path, index: Path) -> dict[str, object]:
        """The answer to the question, without its time."""
        told: dict[str, object] = json.loads(self.run(program, "ask", QUESTION, "--index", index, "--json").stdout)
        return {**told, "timing_ms": None}


def steps(archive: Path, machine: Machine, here: dict[str, object]) -> Iterator[str]:
    """Everything that is tried, a line each when it has gone well."""
    with tarfile.open(archive) as tar:
        tar.extractall(machine.home, filter="data")
    folder = machine.home / archive.stem
    target = machine.home / "opt" / "xiangwen"
    program, index = target / "current" / "bin" / "xiangwen", machine.home / "index"

    assert "install.sh" in machine.run("sh", folder / "upgrade.sh", target, fails=True).stderr
    start = time.perf_counter()
    machine.run("sh", folder / "install.sh", target)
    yield f"installed in {time.perf_counter() - start:.0f} s"

    start = time.perf_counter()
    machine.run(program, "build", ROOT / "seeds", "--index", index)
    yield f"model unpacked, seeds indexed in {time.perf_counter() - start:.0f} s"

    assert machine.answer(program, index) == here, "the bundle answers otherwise than the full install"
    yield "answers as the full install does"

    told = machine.run(program, "build", ROOT / "seeds", "--index", index, "--model", OTHER_MODEL, fails=True).stderr
    assert "pip install torch sentence-transformers" in told and told.count("\n") == 1, told
    yield f"another model: {told.strip()}"

    before = (target / "current").readlink()
    newer = machine.home / "newer"  # as a later version would come: other wheels, other sums
    shutil.copytree(folder, newer)
    requirements = newer / "requirements.txt"
    requirements.write_text("# a later version\n" + requirements.read_text("utf-8"), "utf-8")
    assert "已损坏" in machine.run("sh", newer / "upgrade.sh", target, fails=True).stderr
    assert (target / "current").readlink() == before
    yield "a damaged bundle is refused, and what was installed stays"
    sums = subprocess.run(
        ["sha256sum", "requirements.txt"], cwd=newer, capture_output=True, text=True, check=True
    ).stdout
    kept = [line for line in (newer / "SHA256SUMS").read_text("utf-8").splitlines() if "requirements.txt" not in line]
    (newer / "SHA256SUMS").write_text("\n".join([*kept, sums.strip()]) + "\n", "utf-8")
    machine.run("sh", newer / "upgrade.sh", target)
    assert (target / "current").readlink() != before and (target / before).is_dir()
    assert machine.answer(program, index) == here
    yield "upgraded; the version before is still there"

    with (folder / "licences" / "licences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unnamed = [row["package"] for row in rows if not row["licence"] and row["texts"] == "0"]
    assert not unnamed, f"no licence is told of {unnamed}"
    yield f"licences of {len(rows)} packages"
    cache = next((machine.home / ".cache").glob("xiangwen"))
    yield (
        f"disk: archive {archive.stat().st_size / 1e6:.0f} MB, installed {megabytes(target / before):.0f} MB, "
        f"models unpacked {megabytes(cache):.0f} MB; this full install {megabytes(Path(sys.prefix)):.0f} MB"
    )


def main() -> None:
    """Try the bundle."""
    archive = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "here"
        subprocess.run([sys.executable, "-m", "xiangwen", "build", ROOT / "seeds", "--index", index], check=True)
        command = [sys.executable, "-m", "xiangwen", "ask", QUESTION, "--index", index, "--json"]
        here = {**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout), "timing_ms": None}
        (home := Path(folder) / "home").mkdir()
        for line in steps(archive, Machine(home), here):
            print(line, flush=True)


if __name__ == "__main__":
    main()
