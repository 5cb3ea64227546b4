"""What files, titles, questions and votes hold never moves the cursor of a terminal or retitles it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from xiangwen.cli import main
from xiangwen.machine.controls import harmless

pytestmark = pytest.mark.slow
RETITLE = "\x1b]0;pwned\x07"
CLEAR = "\x9b2J"
BACKWARDS = "\u202e"
HOSTILE = RETITLE + CLEAR + BACKWARDS
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
"""What the program itself sends."""


def whole(terminal: int) -> bytes:
    """What is written to a terminal until nobody is at the other end any more."""
    told = b""
    with suppress(OSError):  # how Linux says that nobody is
        while piece := os.read(terminal, 65_536):
            told += piece
    os.close(terminal)
    return told


def on_terminal(*arguments: str, refused: bool = False) -> str:
    """What a command in this process writes to a terminal, on stdout and stderr."""
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as reader, pytest.MonkeyPatch.context() as patch:
        told = reader.submit(whole, ours)
        with os.fdopen(theirs, "w", encoding="utf-8") as terminal, pytest.raises(SystemExit) as stopped:
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            main(list(arguments))
    assert stopped.value.code in ((2,) if refused else (None, 0, 1))
    return told.result().decode("utf-8")


def controls(told: str) -> set[str]:
    """The control characters in it that are not of the program's own colours and its sign of life."""
    own = _COLOUR.sub("", re.sub("\x1b\\[(\\?25[lh]|2K|1A)", "", told))
    return set(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", own))


@pytest.fixture(scope="module")
def hostile_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An index of one report with controls in its file name, its title and its sentences, and of one vote.

    A text with others than those of the direction of writing is no report.
    """
    from xiangwen.index import build

    reports = tmp_path_factory.mktemp("reports")
    sentence = f"（一）全乡聘请{BACKWARDS}法律顾问12名。\n\n（二）全年化解{BACKWARDS}矛盾纠纷163件。"
    title = f"坏人县{BACKWARDS}坏人乡人民政府\n\n2024年法治政府建设{BACKWARDS}工作总结"
    text = f"{title}\n\n一、主要{BACKWARDS}工作\n\n{sentence}\n"
    (reports / f"坏{HOSTILE}.txt").write_text(text, "utf-8")
    (reports / f"空{HOSTILE}.txt").write_text("", "utf-8")
    index = reports / "index"
    build(reports, index)
    vote = {
        "time": "2024-01-01T00:00:00",
        "rating": "up",
        "kind": None,
        "index": HOSTILE,
        "question": HOSTILE,
        "answer": HOSTILE,
    }
    (index / "feedback.jsonl").write_text(json.dumps({**vote, "remark": HOSTILE}) + "\n", "utf-8")
    yield index
    shutil.rmtree(reports)


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "哪些乡镇聘请了法律顾问？"],
        ["ask", "哪些乡镇聘请了法律顾问？", "--json"],
        ["search", "法律顾问"],
        ["reports"],
        ["reports", "--csv"],
        ["reports", "--json"],
        ["ledger"],
        ["ledger", "--csv"],
        ["ledger", "--json"],
        ["check"],
        ["feedback"],
        ["feedback", "--json"],
    ],
    ids=" ".join,
)
def test_no_control_character_reaches_a_terminal(hostile_index: Path, command: list[str]) -> None:
    told = on_terminal(*command, "--index", str(hostile_index))
    assert told.strip() and controls(told) == set()


def test_a_process_on_a_terminal_writes_what_is_written_here(hostile_index: Path) -> None:
    command = ["reports", "--index", str(hostile_index)]
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "xiangwen", *command], stdout=theirs, stderr=theirs):
        os.close(theirs)
        assert whole(ours).decode("utf-8") == on_terminal(*command)


def test_a_build_names_files_without_their_control_characters(hostile_index: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    shutil.copytree(hostile_index.parent, reports, ignore=lambda *_: ["index"])
    told = on_terminal("build", str(reports), "--index", str(tmp_path / "index"))
    assert "空" in told and controls(told) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        [b"ask", b"\xff\xfe\xc0"],
        ["ask", f"律师{RETITLE}？"],
        [f"--{RETITLE}"],
        [f"ask{CLEAR}"],
        ["reports", "--text", CLEAR],
    ],
)
def test_an_argument_that_is_no_plain_text_is_refused_in_a_sentence(arguments: list[str | bytes]) -> None:
    told = on_terminal(*map(os.fsdecode, arguments), refused=True)
    assert "无法识别的字符" in told and told.count("\n") == 1
    assert controls(told) == set()


def test_a_control_character_is_shown_as_one_that_is_unknown() -> None:
    assert harmless(f"甲{HOSTILE}\t乙\n") == "甲\ufffd]0;pwned\ufffd\ufffd2J\ufffd\t乙\n"
