"""The two READMEs: what they quote stands in the reports, what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from folders import ROOT

from xiangwen.answers.assistant import Assistant
from xiangwen.cli import app
from xiangwen.index import Index

READMES = ("README.md", "README.zh.md")


@pytest.mark.parametrize("name", READMES)
def test_every_quote_stands_in_a_report(name: str, seeds: Path) -> None:
    texts = [path.read_text(encoding="utf-8-sig") for path in seeds.glob("*.txt")]
    quotes = re.findall(r"(?:「(.+?)」|: “(.+?)”) ?\[\d\]", (ROOT / name).read_text(encoding="utf-8"))
    assert len(quotes) == 5
    for quote in map("".join, quotes):
        pieces = quote.split("…")
        assert any(all(piece in text for piece in pieces) for text in texts), quote


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_the_answers_shown_are_those_that_are_given(name: str, index: Index) -> None:
    assistant = Assistant(index)
    shown = re.findall(r"^> \*\*(.+?)\*\*.*<br>\n> (.+?)(?:<br>)?$", (ROOT / name).read_text(encoding="utf-8"), re.M)
    assert len(shown) == 3
    for question, first in shown:
        given = assistant.ask(question).text.splitlines()[0]
        assert all(piece in given for piece in first.split("…")), (question, given)


@pytest.mark.parametrize("name", READMES)
def test_every_file_and_command_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).is_file(), target
    for part in re.findall(r"(?<![\w./-])([a-z_]+(?:\.py|/))(?=\s|$)", text):
        assert (ROOT / part).exists() or (ROOT / "src" / "xiangwen" / part).exists(), part
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(re.findall(r"^    xiangwen (\w+)", text, re.M)) <= commands
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)(?=[`\s])", text):
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("name", READMES)
def test_the_drawing_of_the_house_has_every_room(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    drawing = text.split("`src/xiangwen/`")[1].split("docs/architecture.md")[0]
    rooms = {path.parent.name for path in (ROOT / "src" / "xiangwen").glob("*/__init__.py")}
    assert {part[:-1] for part in re.findall(r"\b[a-z]+/(?=\s)", drawing)} == rooms


def test_the_twins_have_the_same_parts() -> None:
    parts = [re.findall(r"^(#+|!\[|    \w+|- )", (ROOT / name).read_text(encoding="utf-8"), re.M) for name in READMES]
    assert parts[0] == parts[1]
