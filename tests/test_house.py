"""The drawing of the house in docs/architecture.md is true: data flows one way, imports of types too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from folders import ROOT

from xiangwen.index.recipe import READERS

SOURCE = ROOT / "src"
FILES = sorted((SOURCE / "xiangwen").rglob("*.py"))
DRAWING = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## The house\n")[1].split("\n## ")[0]
LAYERS = [line.split("  ")[0].split() for line in re.findall(r"^    (\w.*)$", DRAWING, re.M)]
"""Rooms from the lowest to the highest; those of one line do not know each other."""
DOCUMENT_SIDE = (
    "machine",
    "language",
    "reports",
    "segmentation",
    "quantities",
    "encoding",
    "ledger",
    "index",
    "milvus",
)


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def imports(path: Path) -> Iterator[str]:
    """Every module of the package that a file imports, wherever in the file, for its types alone too."""
    own = module_of(path)
    package = own if path.stem == "__init__" else own.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            start = (above + (node.module or "")).rstrip(".")
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            found = name if name in MODULES else name.rpartition(".")[0]
            if found in MODULES and found != own:
                yield found


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


BETWEEN_ROOMS = {(room_of(module_of(path)), room_of(name), module_of(path)) for path in FILES for name in imports(path)}


def test_every_room_has_its_place_in_the_drawing() -> None:
    rooms = {path.parent.name for path in (SOURCE / "xiangwen").glob("*/__init__.py")}
    drawn = [room for layer in LAYERS for room in layer]
    assert rooms <= set(drawn) and len(drawn) == len(set(drawn))


@pytest.mark.parametrize("room", [room for layer in LAYERS for room in layer])
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    height = {room: number for number, layer in enumerate(LAYERS) for room in layer}
    up = {(module, other) for own, other, module in BETWEEN_ROOMS if own == room != other and other}
    assert {(module, other) for module, other in up if height[other] >= height[room]} == set()


def test_what_is_read_off_reports_knows_no_question() -> None:
    asked = {"questions", "retrieval", "answers", "exports", "cli", "web"}
    assert [row for row in BETWEEN_ROOMS if row[0] in DOCUMENT_SIDE and row[1] in asked] == []


def test_what_runs_imports_nothing_that_trains() -> None:
    assert {own for own, other, _ in BETWEEN_ROOMS if other == "training"} <= {"training"}


def test_no_module_imports_itself_through_others() -> None:
    graph = {module_of(path): set(imports(path)) for path in FILES}
    TopologicalSorter(graph).prepare()  # raises where there is a circle


def test_whatever_an_entry_is_made_by_is_in_the_recipe() -> None:
    graph = {module_of(path): set(imports(path)) for path in FILES}
    made_by, left = set(), {"xiangwen.index.building", "xiangwen.reports.extracting"}  # the build, and its workers
    while left:
        made_by |= left
        left = {other for module in left for other in graph[module]} - made_by
    # Cores, caches and locks of the machine are no part of what is read.
    assert {room_of(module) for module in made_by} - {"", "machine"} == set(READERS)


def test_no_module_lies_loose_beside_the_rooms() -> None:
    assert {path.name for path in (SOURCE / "xiangwen").glob("*.py")} <= {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("room", [room for layer in LAYERS for room in layer])
def test_a_room_says_of_each_of_its_modules_what_it_is(room: str) -> None:
    folder = SOURCE / "xiangwen" / room
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    modules = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert set(re.findall(r"^(\w+)  ", text, re.M)) == modules - {"__init__"}


def test_the_pages_on_the_house_name_what_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in FILES)
    for name in set(re.findall(r"`([^`]+)`", text)):
        if "/" in name:
            assert any((start / name).exists() for start in (ROOT, SOURCE / "xiangwen", ROOT / "docs")), name
        elif re.fullmatch(r"[A-Za-z_]+(\.[a-z_]+)?", name):
            assert re.search(rf"\b{name.rpartition('.')[2]}\b", code), name


def test_every_room_has_its_words_in_the_glossary() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    said = {room for rooms in re.findall(r"^\| [^|]*\(([a-z, ]+)\) \|", text, re.M) for room in rooms.split(", ")}
    assert said <= {room for layer in LAYERS for room in layer}
    assert {"reports", "segmentation", "quantities", "encoding", "index", "questions", "retrieval", "answers"} <= said
