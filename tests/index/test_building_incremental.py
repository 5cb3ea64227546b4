"""Only what is new is read and embedded, and the index is the one that a fresh build makes, come what may."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.index import BUILD_REPORT, BuildReport, Index, IndexProblem, build, checkpoint
from xiangwen.index.signals import Signals
from xiangwen.index.storage import in_use
from xiangwen.index.texts import Passages
from xiangwen.reports import UnreadableFile
from xiangwen.reports.isolation import Workers

pytestmark = pytest.mark.slow

SENTENCES = (
    "全年调解纠纷163件。",
    "聘请法律顾问12名。",
    "推行积分制管理。",
    "办理行政复议案件3件。",
    "下一步将加强宣传。",
)
TOWNSHIPS = ("万灵镇", "双河街道", "白土乡", "六塘乡")
SEQUENCES = 100
TEXTS = {f"passages/{name}" for name in ("texts.utf32", "texts.npy", "outlines.utf8", "outlines.npy")}
PassagePath = tuple[str, ...]
"""A passage with what stands above it."""


def text_of(chance: random.Random) -> str:
    """One of a few hundred reports of three short sentences."""
    name, words = chance.choice(TOWNSHIPS), "".join(chance.sample(SENTENCES, 2))
    return f"荣昌区{name}{chance.choice((2023, 2024))}年法治政府建设情况报告\n一、成效\n{words}\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small reports."""
    chance = random.Random(7)
    for name in ("甲.txt", "乙.txt", "丙.txt"):
        write(tmp_path / "报告" / name, text_of(chance))
    return tmp_path / "报告"


@pytest.fixture
def built(folder: Path, tmp_path: Path, encoder: BundledEncoder) -> Callable[..., BuildReport]:
    """Builds the folder into ``tmp_path / "index"``."""

    def run(**options: object) -> BuildReport:
        return build(folder, tmp_path / "index", encoder=encoder, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def embedded(encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PassagePath]]:
    """Every text that the encoder is given, with what stands above it."""
    texts: list[PassagePath] = []
    encode = encoder.encode_document
    monkeypatch.setattr(encoder, "encode_document", lambda batch: (texts.extend(batch), encode(batch))[1])
    yield texts


def states(result: BuildReport) -> dict[str, str]:
    return {file.file: file.state for file in result.files}


def contents(directory: Path) -> dict[str, bytes]:
    """Every file of an index."""
    pointer = in_use(directory)
    assert pointer is not None
    folder = directory / pointer[0]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same_as_fresh(reports: Path, directory: Path, encoder: BundledEncoder, fresh: Path) -> None:
    build(reports, fresh, encoder=encoder)
    assert contents(directory) == contents(fresh)


def test_only_a_new_report_is_embedded(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath]
) -> None:
    built()
    embedded.clear()
    write(folder / "丁.txt", "荣昌区清流镇2024年法治政府建设情况报告\n一、成效\n开展普法宣传9场。\n")
    assert states(built()) == {"丁.txt": "read", "丙.txt": "unchanged", "乙.txt": "unchanged", "甲.txt": "unchanged"}
    assert embedded and all("清流镇" in place for place, *_ in embedded)


def test_an_index_cut_into_its_reports_and_put_together_again_is_the_same(
    index: Index, index_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "passages").mkdir()
    Passages.joined(list(index.passages.reports(index.starts))).save(tmp_path / "passages")
    Signals.joined(list(index.signals.reports(index.starts))).save(tmp_path / "signals")
    before = contents(index_dir)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {name: before[name] for name in made}
    assert set(made) == {name for name in before if name.startswith(("passages/", "signals/"))} - TEXTS


def test_a_renamed_report_is_recognised_and_not_embedded(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath]
) -> None:
    built()
    embedded.clear()
    (folder / "甲.txt").rename(folder / "2024 甲.txt")
    result = built()
    renamed = next(file for file in result.files if file.state == "renamed")
    assert (renamed.file, renamed.reason, result.removed) == ("2024 甲.txt", "甲.txt", ())
    assert not embedded


def test_a_removed_report_leaves_without_anything_embedded(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath], tmp_path: Path
) -> None:
    built()
    embedded.clear()
    (folder / "乙.txt").unlink()
    assert built().removed == ("乙.txt",)
    assert [r.file for r in Index.load(tmp_path / "index").reports] == ["丙.txt", "甲.txt"]
    assert not embedded


def test_the_same_text_under_two_names_counts_once_and_outlives_either(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath]
) -> None:
    built()
    embedded.clear()
    shutil.copy(folder / "甲.txt", folder / "0.txt")
    result = built()
    assert (states(result)["甲.txt"], result.reports) == ("duplicate", 3)
    assert any("0.txt" in s.reason for s in result.skipped)
    (folder / "0.txt").unlink()
    assert (states(built())["甲.txt"], embedded) == ("unchanged", [])


def test_a_damaged_file_is_read_once_and_one_that_lacked_a_program_again(
    folder: Path, built: Callable[..., BuildReport], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken_apart: list[str] = []
    read = Workers.read
    monkeypatch.setattr(Workers, "read", lambda self, path: (taken_apart.append(path.name), read(self, path))[1])
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 and no more")
    (folder / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    monkeypatch.setenv("PATH", str(tmp_path))
    first = {file.file: file.reason for file in built().files}
    assert "LibreOffice" in first["旧.doc"] and sorted(taken_apart) == ["坏.docx", "旧.doc"]
    taken_apart.clear()
    second = built()
    assert {file.file: file.reason for file in second.files} == first
    assert (states(second)["坏.docx"], second.unchanged, taken_apart) == ("failed", True, ["旧.doc"])


def test_a_rebuild_takes_nothing_over(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath]
) -> None:
    built()
    embedded.clear()
    assert set(states(built(rebuild=True)).values()) == {"read"}
    assert embedded


def test_the_build_report_lies_beside_the_index_and_tells_of_every_file(
    folder: Path, built: Callable[..., BuildReport], tmp_path: Path
) -> None:
    (folder / "表.xyz").write_bytes(b"\x00")
    (folder / "空.txt").write_bytes(b"")
    built()
    account = json.loads((tmp_path / "index" / BUILD_REPORT).read_bytes())
    rows = {row["file"]: row for row in account["files"]}
    assert (rows["表.xyz"]["state"], rows["空.txt"]["state"]) == ("skipped", "failed")
    (report,) = rows["甲.txt"]["reports"]
    assert report["metadata"]["township"] in TOWNSHIPS and "province" in report["missing"]
    assert report["passages"] and report["sections"]


def test_an_index_inside_the_reports_folder_is_not_read_as_reports(folder: Path, encoder: BundledEncoder) -> None:
    build(folder, folder / "index", encoder=encoder)
    result = build(folder, folder / "index", encoder=encoder)
    assert result.unchanged and len(result.files) == 3


def test_a_folder_that_has_become_empty_does_not_replace_the_index(
    folder: Path, built: Callable[..., BuildReport], tmp_path: Path
) -> None:
    built()
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(UnreadableFile):
        built()
    assert len(Index.load(tmp_path / "index").reports) == 3


def test_a_file_that_changes_while_it_is_built_is_read_again(
    folder: Path, built: Callable[..., BuildReport], tmp_path: Path
) -> None:
    def grow(stage: str, done: int, total: int) -> None:
        if stage == "passages" and "完" not in (text := (folder / "甲.txt").read_text(encoding="utf-8")):
            write(folder / "甲.txt", text + "全部完成。\n")

    assert not built(progress=grow).changing
    assert any(r.text.endswith("全部完成。\n") for r in Index.load(tmp_path / "index").reports)


def test_a_file_that_never_comes_to_rest_is_named(folder: Path, built: Callable[..., BuildReport]) -> None:
    def grow(stage: str, done: int, total: int) -> None:
        if stage == "passages":
            with (folder / "甲.txt").open("a", encoding="utf-8") as file:
                file.write("又一句。\n")

    assert built(progress=grow).changing == ("甲.txt",)


def test_a_full_disk_leaves_the_index_in_use_and_nothing_half_written(
    folder: Path, built: Callable[..., BuildReport], tmp_path: Path
) -> None:
    built()
    before = contents(tmp_path / "index")
    write(folder / "丁.txt", "荣昌区清流镇2024年法治政府建设情况报告\n一、成效\n开展普法宣传9场。\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 300, 2_000, 10_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(IndexProblem, match="Cannot write"):
                built()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert contents(tmp_path / "index") == before
        assert not list((tmp_path / "index").glob("build-*.partial"))
    assert built().reports == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from xiangwen.index import build, building

at, seen = int(sys.argv[3]), 0

def die(event, args):
    # Every file opened, renamed or removed in the index folder is a moment at which the power may fail.
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir") and str(sys.argv[2]) in str(args[0]):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
build(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [6, 25, 45])
def test_a_build_that_is_killed_costs_nothing(
    at: int, folder: Path, built: Callable[..., BuildReport], tmp_path: Path, encoder: BundledEncoder
) -> None:
    built()
    (folder / "乙.txt").unlink()  # nothing to embed: the process dies soon
    command = [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "index"), str(at)]
    assert subprocess.run(command, capture_output=True).returncode == -signal.SIGKILL
    assert len(Index.load(tmp_path / "index").reports) in (2, 3)
    built()
    assert_same_as_fresh(folder, tmp_path / "index", encoder, tmp_path / "fresh")
    assert not list((tmp_path / "index").glob("build-*.partial"))


def test_a_build_that_is_stopped_while_it_embeds_goes_on_where_it_was(
    folder: Path, built: Callable[..., BuildReport], embedded: list[PassagePath], tmp_path: Path
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "passages" and done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(progress=stop)
    once = list(embedded)
    built()
    assert once and len(embedded) == len(Index.load(tmp_path / "index").passages)  # none of them twice
    assert not (tmp_path / "index" / checkpoint.FOLDER).exists()


def test_vectors_put_by_and_damaged_are_made_anew(tmp_path: Path) -> None:
    paths, vectors = [("荣昌区万灵镇", "一、成效")], np.ones((1, 384), dtype=np.float32)
    checkpoint.Checkpoint(tmp_path, "model").keep(paths, vectors)
    assert checkpoint.Checkpoint(tmp_path, "another model").vectors(paths) is None
    kept = checkpoint.Checkpoint(tmp_path, "model")
    assert np.array_equal(kept.vectors(paths), vectors)
    (file,) = (tmp_path / checkpoint.FOLDER).iterdir()
    file.write_bytes(file.read_bytes()[:-4])
    assert kept.vectors(paths) is None


class _PowerFailure(BaseException):
    """Nothing that a build can catch and go on from."""


class _Failing:
    """Stops a build at its n-th file operation in the index folder: a kill, without the cost of a process."""

    def __init__(self) -> None:
        self.folder, self.left = "", 0
        sys.addaudithook(self._seen)

    def _seen(self, event: str, args: tuple[object, ...]) -> None:
        if (
            self.left
            and event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
            and self.folder in str(args[0])
        ):
            self.left -= 1
            if self.left == 0:
                raise _PowerFailure


def _one_step(chance: random.Random, reports: Path) -> None:
    files = sorted(reports.rglob("*.txt"))
    action = chance.choice(("add", "add", "edit", "rename", "copy", "delete"))
    new = reports / chance.choice(("", "下级")) / f"{chance.randrange(20):02d}.txt"
    if action == "add" or not files:
        write(new, text_of(chance))
        return
    chosen = chance.choice(files)
    if action == "edit":
        write(chosen, text_of(chance))
    elif action in ("rename", "copy"):
        new.parent.mkdir(exist_ok=True)
        (shutil.move if action == "rename" else shutil.copy)(chosen, new) if new != chosen else None
    elif len(files) > 1:
        chosen.unlink()


def test_after_any_sequence_of_changes_and_kills_the_index_is_the_fresh_one(
    memory_path: Path, encoder: BundledEncoder
) -> None:
    """One long life of an index, compared with a fresh one at the end of each of its sequences."""
    failing = _Failing()
    # The fresh side embeds every report it holds, once: its vectors do not depend on what else is embedded.
    fresh = _RememberingEncoder(encoder)
    for seed in range(SEQUENCES):
        chance = random.Random(seed)
        reports, directory = memory_path / f"{seed}" / "报告", memory_path / f"{seed}" / "index"
        write(reports / "00.txt", text_of(chance))
        for _ in range(chance.randint(1, 3)):
            for _ in range(chance.randint(1, 3)):
                _one_step(chance, reports)
            failing.folder, failing.left = str(directory), chance.choice((0, chance.randint(1, 60)))
            try:
                build(reports, directory, encoder=fresh)  # type: ignore[arg-type]
            except _PowerFailure:
                if in_use(directory) is not None:
                    Index.load(directory)  # whatever was served before, or the new one, whole
            failing.left = 0
        build(reports, directory, encoder=fresh)  # type: ignore[arg-type]
        anew = memory_path / f"{seed}" / "fresh"
        build(reports, anew, rebuild=True, encoder=fresh)  # type: ignore[arg-type]
        assert contents(directory) == contents(anew), f"sequence {seed}"
        shutil.rmtree(memory_path / f"{seed}")
    # And what was remembered is what the encoder says of the same reports after others.
    for paths in sorted(fresh.vectors)[::7]:
        again = encoder.encode_document(paths)
        assert np.array_equal(again, fresh.vectors[paths])


class _RememberingEncoder:
    """The real encoder, asked once for each report."""

    def __init__(self, encoder: BundledEncoder) -> None:
        self._encoder = encoder
        self.vectors: dict[tuple[PassagePath, ...], np.ndarray] = {}

    def encode_document(self, paths: Sequence[PassagePath]) -> np.ndarray:
        key = tuple(paths)
        if key not in self.vectors:
            self.vectors[key] = self._encoder.encode_document(paths)
        return self.vectors[key]

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_cannot_be_looked_into_is_listed(folder: Path, built: Callable[..., BuildReport]) -> None:
    (folder / "内部").mkdir(mode=0)
    assert states(built())["内部"] == "skipped"
