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
from pathlib import Path

import pytest

from xiangwen.machine.controls import harmless

pytestmark = pytest.mark.slow
RETITLE = "\x1b]0;pwned\x07"
CLEAR = "\x9b2J"
BACKWARDS = "\u202e"
HOSTILE = RETITLE + CLEAR + BACKWARDS
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
"""What the program itself sends."""


def on_terminal(*arguments: str | bytes) -> str:
    """What a command writes to a terminal, on stdout and stderr."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "xiangwen", *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # how Linux says that nobody is at the other end any more
                break
            if not piece:
                break
            told += piece
    os.close(ours)
    assert process.returncode in (0, 1, 2)
    return told.decode("utf-8")


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
    command = [sys.executable, "-m", "xiangwen", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    told = done.stderr.decode("utf-8")
    assert done.returncode == 2 and "无法识别的字符" in told and told.count("\n") == 1
    assert controls(told) == set()


def test_a_control_character_is_shown_as_one_that_is_unknown() -> None:
    assert harmless(f"甲{HOSTILE}\t乙\n") == "甲\ufffd]0;pwned\ufffd\ufffd2J\ufffd\t乙\n"
