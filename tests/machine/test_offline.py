"""Nothing leaves the machine: no socket to another one, no name looked up, no id kept for a telemetry service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import TESTS
from visitor import CHROMIUM

from xiangwen.machine.offline import SILENT

LONELY = TESTS / "lonely_machine.py"
UNSHARE = ["unshare", "--map-root-user", "--net"]


def left_machine(*job: str, env: dict[str, str] | None = None) -> list[str]:
    """What left a machine without a network while it did a job."""
    command = [*UNSHARE, sys.executable, str(LONELY), *job]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}, timeout=600
    ).stdout.splitlines()


@pytest.fixture(scope="module", autouse=True)
def namespaces() -> None:
    """A network namespace of one's own is Linux's, and not every machine lets one be made."""
    if not shutil.which("unshare") or subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A user who has never run the program, but for the unpacked model; of whom no library keeps an id."""
    cache = os.environ.get("XIANGWEN_CACHE", str(Path.home() / ".cache" / "xiangwen"))
    yield {
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home" / ".cache"),
        "XIANGWEN_CACHE": cache,
    }
    assert not [path for path in (tmp_path / "home").rglob("*") if "Microsoft" in path.parts]


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import socket; socket.socket().connect_ex(('203.0.113.7', 443))", "to 203.0.113.7 port 443"),
        ("import socket; socket.getaddrinfo('telemetry.example.org', 443)", "port 53"),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", None),
    ],
)
def test_what_would_leave_the_machine_is_seen(code: str, seen: str | None) -> None:
    left = left_machine("python", code)
    assert any(seen in line for line in left) if seen else left == []


def test_a_build_and_a_question_reach_nobody(home: dict[str, str], seeds: Path, tmp_path: Path) -> None:
    reports, index = str(seeds), str(tmp_path / "index")
    assert left_machine("build", reports, index, env=home) == []
    assert left_machine("ask", index, env=home) == []


@pytest.mark.browser
def test_the_page_asked_by_a_program_and_in_a_browser_reaches_nobody(
    home: dict[str, str], index_dir: Path, tmp_path: Path
) -> None:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium)")
    index = shutil.copytree(index_dir, tmp_path / "index")
    assert left_machine("visit", str(index), env=home) == []


def test_the_evaluation_reaches_nobody(home: dict[str, str], index_dir: Path, tmp_path: Path) -> None:
    some = (TESTS / "questions" / "seeds_zh.jsonl").read_text("utf-8").splitlines()[:10]
    (tmp_path / "some.jsonl").write_text("\n".join(some), "utf-8")
    assert left_machine("evaluate", str(tmp_path / "some.jsonl"), str(index_dir), env=home) == []


def test_the_libraries_are_told_before_they_are_imported() -> None:
    code = (
        "import sys, os, xiangwen; "
        "print([n for n in ('onnxruntime', 'gradio', 'huggingface_hub', 'transformers') if n in sys.modules]); "
        f"print(all(os.environ[n] == v for n, v in {SILENT!r}.items()))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert told.split() == ["[]", "True"]
