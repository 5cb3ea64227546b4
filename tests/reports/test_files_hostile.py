"""What a folder may hold besides reports: nothing of it stops, blocks or fills the machine, and each is named."""

from __future__ import annotations

import io
import os
import random
import signal
import threading
from pathlib import Path

import docx
import pytest
import report_formats
from PIL import Image

from xiangwen.reports import UnreadableFile, changes_since, list_files, read_folder
from xiangwen.reports.formats import archive, extract
from xiangwen.reports.isolation import Workers

pytestmark = pytest.mark.slow

REPORT = "万灵镇2024年法治政府建设情况报告\n\n一、主要举措\n全年调解矛盾纠纷163件，成功率98%。\n"
SEED = 20241121
_BOMB_ENTITIES = "<!DOCTYPE w [<!ENTITY a0 '法'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_with(document: str) -> bytes:
    return report_formats.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def body(words: str) -> str:
    return f"<w:document {_W}><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"


def looping_pdf() -> bytes:
    """A PDF whose page tree leads back to itself."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 100000000 /Parent 2 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>",
    ]
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 4\n0000000000 65535 f \n%strailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(data),
    )


def test_every_hostile_file_is_named_and_the_build_goes_on(tmp_path: Path) -> None:
    root = tmp_path / "reports"
    root.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    (root / "good.txt").write_text(REPORT, encoding="utf-8")
    (root / "😀🏞️.txt").write_text(REPORT + "甲。", encoding="utf-8")
    (root / ("长" * 83 + "ab.txt")).write_text(REPORT + "乙。", encoding="utf-8")  # 255 bytes
    with (root / "giant.txt").open("wb") as giant:
        giant.truncate(2_000_000_000)
    with (root / "giant.pdf").open("wb") as giant:
        giant.truncate(2_000_000_000)
    (root / "bomb.zip").write_bytes(
        report_formats.zipped({"zeros.txt": b"\0" * 150_000_000, "good.txt": REPORT + "丙。"})
    )
    (root / "bomb.docx").write_bytes(word_with(body("法" * 20_000_000)))
    (root / "laughs.docx").write_bytes(word_with(_BOMB_ENTITIES + "]>" + body("&a9;")))
    entity = f"<!DOCTYPE w [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>"
    (root / "entity.docx").write_bytes(word_with(entity + body("&e;")))
    (root / "out.zip").write_bytes(
        report_formats.zipped({"../../escaped.txt": REPORT + "丁。", "/tmp/escaped.txt": "\x01"})
    )
    (root / "nested.zip").write_bytes(
        report_formats.zipped({"1.zip": report_formats.zipped({"2.zip": report_formats.zipped({"3.txt": REPORT})})})
    )
    (root / "endless.pdf").write_bytes(looping_pdf())
    for name in ("empty.txt", "empty.docx", "empty.pdf", "empty.png", "empty.zip", "empty.html", "empty.doc"):
        (root / name).write_bytes(b"")
    (root / "program.exe").write_bytes(b"MZ")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "round.txt").symlink_to(root / "round.txt")
    (root / "device.txt").symlink_to("/dev/zero")
    (root / "outside.txt").symlink_to(secret)
    os.mkfifo(root / "pipe.txt")
    os.mkfifo(root / "pipe.pdf")

    collection = read_folder(root)
    reasons = {skipped.file: skipped.reason for skipped in collection.skipped}
    read = {report.file for report in collection.reports}
    assert read == {
        "good.txt",
        "😀🏞️.txt",
        "长" * 83 + "ab.txt",
        "bomb.zip/good.txt",
        "out.zip/escaped.txt",
    }
    expected = {
        **dict.fromkeys(("giant.txt", "giant.pdf"), "too large"),
        **dict.fromkeys(("bomb.zip/zeros.txt", "bomb.docx"), "unpacks"),
        **dict.fromkeys(("laughs.docx", "entity.docx"), "entities"),
        "out.zip/tmp/escaped.txt": "not a text file",
        "nested.zip/1.zip/2.zip": "within archives",
        "endless.pdf": "no text",
        **dict.fromkeys((path.name for path in root.glob("empty.*") if path.suffix != ".zip"), "empty"),
        "empty.zip": "damaged",
        "program.exe": "Not a format",
        "loop": "link to a folder",
        "round.txt": "cannot be opened",
        **dict.fromkeys(("device.txt", "outside.txt"), "outside the folder"),
        **dict.fromkeys(("pipe.txt", "pipe.pdf"), "pipe or a device"),
    }
    assert set(reasons) == set(expected)
    for file, words in expected.items():
        assert words in reasons[file], (file, reasons[file])
        assert "\n" not in reasons[file] and reasons[file].endswith(".")
    assert not any("机密" in report.text for report in collection.reports)
    assert [p.name for p in tmp_path.rglob("*escaped*")] == []  # members are never written


def test_a_name_in_gbk_is_shown_as_its_author_wrote_it(tmp_path: Path) -> None:
    place = os.fsencode(tmp_path) + b"/" + "万灵镇.txt".encode("gbk")
    Path(os.fsdecode(place)).write_text(REPORT, encoding="utf-8")
    (report,) = read_folder(tmp_path).reports
    assert report.file == "万灵镇.txt"
    assert not changes_since({report.file: report.sha256}, tmp_path).new
    (tmp_path / "万灵镇.txt").write_text(REPORT + "甲。", encoding="utf-8")
    assert {r.file for r in read_folder(tmp_path).reports} == {"万灵镇.txt", "\\xcd\\xf2\\xc1\\xe9\\xd5\\xf2.txt"}


def test_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "a.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "2024" / "a.txt")
    assert [s.file for s in read_folder(tmp_path).skipped] == ["b.txt"]  # the same text twice


def test_files_of_archives_in_an_archive_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = report_formats.zipped({f"{n}.txt": REPORT for n in range(4)})
    data = report_formats.zipped({f"{n}.zip": inner for n in range(4)})
    monkeypatch.setattr(archive, "MOST_MEMBERS", 10)
    found = list(archive.members(data))
    assert sum(isinstance(content, bytes) for _, content in found) == 4  # of 4 + 4 more would be 12
    assert [name for name, content in found if isinstance(content, UnreadableFile)] == ["1.zip", "2.zip", "3.zip"]


def test_macros_are_never_looked_at() -> None:
    data = report_formats.zipped({"word/document.xml": body("正文。"), "word/vbaProject.bin": b"\xff" * 1000})
    assert extract(data, ".docm").text == "正文。\n"


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".png", ".zip", ".html"])
def test_a_file_cut_short_anywhere_is_read_or_refused_in_a_sentence(suffix: str) -> None:
    whole = {
        ".docx": report_formats.word(REPORT),
        ".pdf": report_formats.pdf(REPORT),
        ".png": picture(),
        ".zip": report_formats.zipped({"a.txt": REPORT}),
        ".html": report_formats.web_page(REPORT),
    }[suffix]
    dice = random.Random(SEED)
    for cut in (dice.randrange(1, len(whole)) for _ in range(25)):
        try:
            assert extract(whole[:cut], suffix).text
        except UnreadableFile as problem:
            assert str(problem).endswith(".")


def picture() -> bytes:
    data = io.BytesIO()
    Image.frombytes("L", (80, 80), random.Random(SEED).randbytes(6400)).save(data, "PNG")
    return data.getvalue()


def children() -> set[int]:
    """Ids of the processes that this thread has started and that are there."""
    task = f"/proc/{os.getpid()}/task/{threading.get_native_id()}"
    return set(map(int, Path(task, "children").read_text(encoding="ascii").split()))


def test_what_breaks_or_hangs_a_worker_costs_only_itself(tmp_path: Path) -> None:
    stuck, good = tmp_path / "stuck.docx", tmp_path / "good.docx"
    good.write_bytes(report_formats.word(REPORT))
    stuck.write_bytes(report_formats.zipped({"word/document.xml": body("法" * 10)}))
    before = children()
    with Workers(1, seconds=60) as workers:
        assert workers.read(good).documents[0].extraction
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)
        (broken,) = workers.read(stuck).documents
        assert broken.problem and "broke" in broken.problem
        assert workers.read(good).documents[0].extraction
        (worker,) = children() - before
        os.kill(worker, signal.SIGSTOP)
        workers.seconds = 1
        (slow,) = workers.read(stuck).documents
        assert slow.problem and "stopped" in slow.problem
        workers.seconds = 60
        assert workers.read(good).documents[0].extraction


def test_a_worker_has_no_more_memory_than_it_is_given(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(REPORT)
    (tmp_path / "a.docx").write_bytes(report_formats.saved(document))
    before = children()
    with Workers(1) as workers:
        workers.read(tmp_path / "a.docx")
        (worker,) = children() - before
        limits = Path(f"/proc/{worker}/limits").read_text(encoding="ascii")
    assert "Max address space         4000000000" in limits


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="Windows knows no other users")
def test_a_folder_that_may_not_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "a.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "good.txt").write_text(REPORT, encoding="utf-8")
    above = [p for p in (tmp_path, *tmp_path.parents) if p.stat().st_uid == os.geteuid() and p != Path("/")]
    modes = {p: p.stat().st_mode for p in above}
    root = os.geteuid() == 0
    try:
        if root:  # no folder is closed to root
            for path in above:
                path.chmod(0o755)
            os.seteuid(65534)
        assert [path.name for path in list_files(tmp_path)] == ["closed", "good.txt"]
        (skipped,) = read_folder(tmp_path).skipped
        assert skipped.file == "closed" and "cannot be opened" in skipped.reason
    finally:
        if root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)
        (tmp_path / "closed").chmod(0o755)
