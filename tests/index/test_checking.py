"""``xiangwen check``: what is damaged, what has changed since, in plain sentences and an exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from xiangwen.cli import main
from xiangwen.encoding import Encoder
from xiangwen.index import build, check
from xiangwen.index.storage import in_use

pytestmark = pytest.mark.slow
TEXT = "荣昌区{}2024年法治政府建设情况报告\n一、成效\n全年调解纠纷163件。\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder with two reports and their index, to be copied."""
    root = tmp_path_factory.mktemp("check")
    (root / "报告").mkdir()
    for name in ("万灵镇", "清流镇"):
        (root / "报告" / f"{name}.txt").write_text(TEXT.format(name), encoding="utf-8")
    build(root / "报告", root / "index", encoder=encoder)
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["check", *arguments])
    return int(stopped.value.code or 0)


def test_an_index_as_it_was_built_is_in_order(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--index", str(made / "index")) == 0
    assert "2 份报告" in capsys.readouterr().out


def test_new_changed_and_missing_files_are_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = place / "报告"
    (reports / "新.txt").write_text(TEXT.format("白土乡"), encoding="utf-8")
    (reports / "万灵镇.txt").write_text(TEXT.format("万灵镇") + "新增一句。\n", encoding="utf-8")
    (reports / "清流镇.txt").unlink()
    result = check(place / "index", reports)
    assert (result.new, result.changed, result.missing) == (("新.txt",), ("万灵镇.txt",), ("清流镇.txt",))
    assert run(str(reports), "--index", str(place / "index"), "--json") == 1
    row = json.loads(capsys.readouterr().out)
    assert (row["ok"], row["new"], row["damaged"]) == (False, ["新.txt"], [])


def test_damaged_index_files_are_named(place: Path) -> None:
    pointer = in_use(place / "index")
    assert pointer is not None
    folder = place / "index" / pointer[0]
    (folder / "vectors" / "vectors.faiss").write_bytes(b"")
    (folder / "lexical" / "vocab.index.json").unlink()
    assert set(check(place / "index", place / "报告").damaged) == {"vectors/vectors.faiss", "lexical/vocab.index.json"}
    (folder / "manifest.json").write_bytes(b"{}")
    assert "xiangwen build --rebuild" in check(place / "index").problems[0]


def test_a_folder_without_an_index_and_a_folder_without_reports_are_told_in_one_sentence(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--index", str(place / "nowhere")) == 1
    assert "xiangwen build" in capsys.readouterr().out
    assert run(str(place / "nowhere"), "--index", str(place / "index")) == 1
    assert "nowhere" in capsys.readouterr().err


def test_reports_that_are_elsewhere_by_now_are_not_compared(place: Path) -> None:
    shutil.rmtree(place / "报告")
    result = check(place / "index", None)
    assert result.ok or not result.missing
