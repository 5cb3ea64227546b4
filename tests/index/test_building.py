"""The index: what is written is read again, a killed build costs nothing, damage is named in one sentence."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from tokenizers import Tokenizer, models, pre_tokenizers

from xiangwen.encoding import DEFAULT_MODEL, EncoderError
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.index import (
    Index,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    IndexProblem,
    build,
    passage_path,
)
from xiangwen.reports import UnreadableFile

pytestmark = pytest.mark.slow
FILES = (
    "manifest.json",
    "reports.jsonl",
    "passages/texts.utf32",
    "passages/texts.npy",
    "passages/outlines.utf8",
    "passages/outlines.npy",
    "passages/paths.utf8",
    "passages/paths.npy",
    *(f"passages/{c}.npy" for c in ("report", "start", "end", "path", "is_heading", "item_start", "item_end")),
    *(f"signals/{c}.npy" for c in ("stance", "denies", "every", "heading", "opening", "length", "units", "above")),
    *(
        f"signals/{texts}/{part}.npy"
        for texts in ("quotes", "headings")
        for part in ("alphabet", "pairs", "starts", "places", "texts", "holder_starts", "holders")
    ),
    "vectors/vectors.faiss",
    "ledger/cells.npy",
    "ledger/indicators.json",
    "files.jsonl",
    "lexical/counts.csc.index.npy",
    "lexical/data.csc.index.npy",
    "lexical/indices.csc.index.npy",
    "lexical/indptr.csc.index.npy",
    "lexical/params.index.json",
    "lexical/vocab.index.json",
)
BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from xiangwen.index import build

def die(stage, done, total):
    if stage == "passages":
        os.kill(os.getpid(), signal.SIGKILL)

build(Path(sys.argv[1]), Path(sys.argv[2]), rebuild=True, progress=die)
"""


def in_use(directory: Path) -> Path:
    return directory / (directory / "current").read_text(encoding="utf-8").split()[0]


@pytest.fixture
def copy(index_dir: Path, tmp_path: Path) -> Path:
    """An index of the test's own, free to be damaged."""
    return Path(shutil.copytree(index_dir, tmp_path / "索引 copy"))


@pytest.fixture
def village(tmp_path: Path) -> Path:
    """A folder with one small report, indexed in a moment."""
    folder = tmp_path / "报告"
    folder.mkdir()
    (folder / "万灵镇.txt").write_text(
        "荣昌区万灵镇2024年法治政府建设情况报告\n一、成效\n（一）化解纠纷\n全年调解纠纷163件。\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """Another SentenceTransformer, small: a random vector for every character."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    characters = {c: i for i, c in enumerate("？一二三法治政府建设万灵镇全年调解纠纷件成效化荣昌区情况报告")}
    tokenizer = Tokenizer(models.WordLevel(characters, unk_token="？"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(
        str(tmp_path / "tiny")
    )
    return tmp_path / "tiny"


def test_every_quote_is_a_slice_of_the_file(index: Index, seeds: Path) -> None:
    assert {report.file for report in index.reports} == {path.name for path in seeds.glob("*.txt")}
    for passage in index.passages:
        text = (seeds / index.reports[passage.report].file).read_bytes().decode("utf-8-sig")
        assert index.quote(passage) == text.replace("\r\n", "\n")[passage.start : passage.end]


def test_vectors_are_unit_length_one_for_each_passage(index: Index) -> None:
    assert index.vectors.shape == (len(index.passages), 384)
    assert np.allclose(np.linalg.norm(index.vectors, axis=1), 1, atol=1e-3)


def test_a_passage_read_back_has_the_vector_of_its_own_words(index: Index) -> None:
    for number, report in enumerate(index.reports):
        rows = slice(index.starts[number], index.starts[number + 1])
        paths = [passage_path(report, passage) for passage in index.passages[rows]]
        again = index.encoder.encode_document(paths)
        assert np.sum(again * index.vectors[rows], axis=1).min() > 0.999


def test_a_model_that_reads_single_texts_is_given_single_texts(
    encoder: BundledEncoder, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "reads_paths", False)
    (tmp_path / "reports").mkdir()
    shutil.copy(min(seeds.glob("*.txt")), tmp_path / "reports")
    build(tmp_path / "reports", tmp_path / "index", encoder=encoder)
    index = Index.load(tmp_path / "index")
    contexts = [" ".join(passage_path(index.reports[0], passage)) for passage in index.passages[:40]]
    assert np.allclose(encoder.encode_document(contexts), index.vectors[:40], atol=1e-5)


def test_township_year_and_headings_stand_before_the_words_of_a_passage(index: Index) -> None:
    number = next(i for i, p in enumerate(index.passages) if "163件" in index.quote(p))
    passage = index.passages[number]
    context = " ".join(passage_path(index.reports[passage.report], passage))
    assert context.endswith(index.quote(passage))
    assert all(heading in context for heading in passage.heading_path)
    report = index.reports[passage.report]
    assert context.startswith(f"{report.metadata.county}{report.name}{report.metadata.year}年")


def test_the_passage_asked_for_is_nearest(index: Index) -> None:
    best = index.passages[int(index.similarity("善感乡的家庭积分可以兑换什么？").argmax())]
    assert "积分" in index.quote(best) and index.reports[best.report].name == "善感乡"


def test_an_unchanged_rebuild_does_nothing(copy: Path, seeds: Path) -> None:
    before = in_use(copy)
    result = build(seeds, copy)
    assert result.unchanged and result.reports == 5 and result.passages == len(Index.load(copy).passages)
    assert in_use(copy) == before


def test_a_changed_added_or_removed_report_is_indexed_anew(village: Path, tmp_path: Path) -> None:
    directory = tmp_path / "index"
    report = village / "万灵镇.txt"
    build(village, directory)
    report.write_text(report.read_text(encoding="utf-8").replace("163", "170"), encoding="utf-8")
    assert not build(village, directory).unchanged
    assert "170件" in Index.load(directory).reports[0].text
    (village / "双河.txt").write_text("双河街道2024年法治政府建设情况报告\n一、成效\n调解1件。\n", encoding="utf-8")
    assert build(village, directory).reports == 2
    report.unlink()
    assert build(village, directory).reports == 1
    assert [path.name for path in directory.glob("build-*") if path.is_dir()] == [in_use(directory).name]


def test_a_build_on_request_is_made_although_nothing_has_changed(village: Path, tmp_path: Path) -> None:
    build(village, tmp_path / "index")
    assert not build(village, tmp_path / "index", rebuild=True).unchanged


def test_progress_tells_files_and_passages_to_the_end(village: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    build(village, tmp_path / "index", progress=lambda *row: seen.append(row))
    assert seen[0] == ("files", 1, 1)
    assert seen[-1][0] == "passages" and seen[-1][1] == seen[-1][2]


def test_a_build_killed_in_the_middle_leaves_the_index_answering(copy: Path, village: Path) -> None:
    died = subprocess.run([sys.executable, "-c", BUILD_AND_DIE, str(village), str(copy)], capture_output=True)
    assert died.returncode == -9
    assert len(Index.load(copy).reports) == 5
    assert build(village, copy).reports == 1  # and the next build is not in its way
    assert not list(copy.glob("*.partial"))


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_is_noticed_and_the_sentence_names_the_way_out(copy: Path, name: str) -> None:
    path = in_use(copy) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(data)
    with pytest.raises(IndexDamaged, match=rf"{name}.*xiangwen build --rebuild|不完整.*xiangwen build --rebuild"):
        Index.load(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_noticed(copy: Path, name: str) -> None:
    path = in_use(copy) / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged):
        Index.load(copy)
    path.unlink()
    with pytest.raises(IndexDamaged):
        Index.load(copy)


def test_every_file_of_a_build_is_tested_for_damage(index_dir: Path) -> None:
    folder = in_use(index_dir)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(FILES)


@pytest.mark.parametrize("pointer", [b"", b"build-nowhere abc\n", b"../../etc\n", b"\xff\xfe\x00", b"\x00"])
def test_a_damaged_pointer_is_noticed(copy: Path, pointer: bytes) -> None:
    (copy / "current").write_bytes(pointer)
    with pytest.raises(IndexProblem, match="xiangwen build"):
        Index.load(copy)


def test_a_damaged_index_is_mended_by_a_plain_build(copy: Path, village: Path) -> None:
    build(village, copy)
    (in_use(copy) / "passages" / "start.npy").write_bytes(b"")
    assert not build(village, copy).unchanged
    assert len(Index.load(copy).reports) == 1


def test_a_folder_without_an_index_is_named_with_the_command(tmp_path: Path, seeds: Path) -> None:
    for folder in (tmp_path / "nowhere", seeds, seeds / "000_4321f11eaae8b99e.txt"):
        with pytest.raises(IndexMissing, match=rf"{folder.name}.*xiangwen build"):
            Index.load(folder)


def test_an_index_of_another_format_is_refused(copy: Path) -> None:
    manifest = in_use(copy) / "manifest.json"
    data = json.dumps({**json.loads(manifest.read_bytes()), "format": 0}).encode()
    manifest.write_bytes(data)
    (copy / "current").write_text(f"{in_use(copy).name} {hashlib.sha256(data).hexdigest()}\n", encoding="utf-8")
    with pytest.raises(IndexOutdated, match="xiangwen build --rebuild"):
        Index.load(copy)


def test_an_index_of_another_model_is_refused_in_plain_words(village: Path, tiny_model: Path, tmp_path: Path) -> None:
    directory = tmp_path / "index"
    build(village, directory, str(tiny_model))
    similarity = Index.load(directory, str(tiny_model)).similarity("调解纠纷")
    assert similarity.shape == (4,) and similarity.max() <= 1.001  # cosines, although its vectors have any length
    with pytest.raises(IndexOutdated, match=f"{tiny_model}.*xiangwen build --model {DEFAULT_MODEL}"):
        Index.load(directory, DEFAULT_MODEL)


def test_a_model_folder_is_found_again_from_another_working_folder(
    village: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_model.parent)
    build(village, tmp_path / "index", "tiny")
    monkeypatch.chdir("/")
    assert Index.load(tmp_path / "index").encoder is not None


def test_a_model_trained_on_since_is_refused(village: Path, tiny_model: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    directory = tmp_path / "index"
    build(village, directory, str(tiny_model))
    changed = SentenceTransformer(str(tiny_model), device="cpu")
    changed[0].embedding.weight.data += 0.1
    changed.save(str(tiny_model))
    with pytest.raises(IndexOutdated, match="xiangwen build --rebuild"):
        Index.load(directory).similarity("调解纠纷")


def test_the_model_is_known_without_being_loaded(index: Index) -> None:
    assert index.model == DEFAULT_MODEL


def test_paths_in_chinese_with_blanks_work(village: Path, tmp_path: Path) -> None:
    directory = tmp_path / "二〇二四年 索引" / "第一版"
    build(village, directory)
    assert Index.load(directory).reports[0].file == "万灵镇.txt"


def test_a_second_build_at_the_same_time_is_refused_and_harms_nothing(copy: Path, village: Path) -> None:
    with FileLock(copy / ".lock"), pytest.raises(IndexProblem, match="Another build"):
        build(village, copy)
    assert len(Index.load(copy).reports) == 5


def test_of_two_builds_at_once_the_second_is_refused_and_the_first_completes(
    village: Path, tmp_path: Path, encoder: BundledEncoder
) -> None:
    refused: list[str] = []

    def second(stage: str, done: int, total: int) -> None:
        with pytest.raises(IndexProblem, match="Another build") as told:
            build(village, tmp_path / "index", encoder=encoder)
        refused.append(str(told.value))

    assert build(village, tmp_path / "index", encoder=encoder, progress=second).reports == 1
    assert refused and len(Index.load(tmp_path / "index").reports) == 1


def test_the_index_can_be_opened_at_any_moment_while_builds_come_and_go(
    village: Path, tiny_model: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "index"
    build(village, directory, str(tiny_model))
    with ThreadPoolExecutor() as pool:
        builds = pool.submit(lambda: [build(village, directory, str(tiny_model), rebuild=True) for _ in range(15)])
        opened = 0
        while not builds.done():
            assert len(Index.load(directory).passages) == 4
            opened += 1
    assert len(builds.result()) == 15 and opened


def test_an_index_folder_that_cannot_be_written_is_named(village: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    for folder in (tmp_path / "taken", Path("/sys/index")):  # in the second not even root may make one
        with pytest.raises(IndexProblem, match=folder.name):
            build(village, folder)


def test_a_build_that_fails_leaves_nothing_behind(village: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").touch()
    for folder in (tmp_path / "new", tmp_path / "mine"):
        with pytest.raises(EncoderError):
            build(village, folder, "no/such/model")
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["README.md"]


def test_reports_without_a_sentence_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dots.txt").write_text("。。。\n——\n", encoding="utf-8")
    with pytest.raises(UnreadableFile):
        build(tmp_path, tmp_path / "index")


def test_a_failed_build_leaves_the_index_as_it_was(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        build(tmp_path / "nowhere", copy)
    assert len(Index.load(copy).reports) == 5
