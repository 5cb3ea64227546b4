"""A report gets the same answers whatever format it comes in, a scan at two resolutions among them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import report_formats
from folders import DEV

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.encoding import Encoder
from xiangwen.index import Index, build
from xiangwen.reports.formats import extract

pytestmark = pytest.mark.slow

REPORT = DEV / "016.txt"
LEFT_OUT = ("县委", "（六）", "（二）白酒", "三、", "镇党委书记")
"""Paragraphs that no question asks about: two pages are left, as recognising one takes seconds."""
SILENT = "哪些乡镇开展了社区矫正？"
QUESTIONS = [
    "太平镇2024年受理多少件矛盾纠纷？",
    "太平镇有多少名持证执法人员？",
    "太平镇专题学法几次？",
    "太平镇存在哪些问题？",
    "太平镇下一步有什么计划？",
    "哪些乡镇聘请了法律顾问？",
    "哪些乡镇组建了调解队？",
    SILENT,
    "太平镇如何开展法治宣传教育？",
    "Did Taiping Town resolve disputes?",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report in every format, each in a folder of its own."""
    root = tmp_path_factory.mktemp("formats")
    lines = REPORT.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(LEFT_OUT))
    printed = report_formats.pdf(text)
    assert len(extract(printed, ".pdf").pages) == 2
    word = report_formats.word(text)
    variants = {
        "a.txt": text.encode(),
        "a.docx": word,
        "a.doc": report_formats.legacy_word(word, root),
        "a.html": report_formats.web_page(text),
        "a.pdf": printed,
    }
    fine, coarse = report_formats.scans(printed, 300, -0.6)[0], report_formats.scans(printed, 150, 0.8)[1]
    variants["scan.pdf"] = report_formats.scanned_pdf([(fine, 300), (coarse, 150)])
    for name, data in variants.items():
        (root / name.replace(".", "_")).mkdir()
        (root / name.replace(".", "_") / name).write_bytes(data)
    return root


def answers(folder: Path, index: Path, encoder: Encoder) -> list[Answer]:
    build(folder, index, encoder=encoder)
    opened = Index.load(index)
    opened.encoder = encoder
    assistant = Assistant(opened)
    return [assistant.ask(question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def plain_answers(folder: Path, encoder: Encoder) -> list[Answer]:
    found = answers(folder / "a_txt", folder / "index_txt", encoder)
    assert [question for question, answer in zip(QUESTIONS, found, strict=True) if not answer.citations] == [SILENT]
    return found


@pytest.mark.parametrize("variant", ["a_docx", "a_doc", "a_html", "a_pdf", "scan_pdf"])
def test_ten_questions_get_the_same_answers_in_every_format(
    variant: str, folder: Path, plain_answers: list[Answer], encoder: Encoder
) -> None:
    found = answers(folder / variant, folder / f"index_{variant}", encoder)
    for got, wanted in zip(found, plain_answers, strict=True):
        assert got.answered == wanted.answered
        assert [v.verdict for v in got.verdicts] == [v.verdict for v in wanted.verdicts]
        assert [squeezed(c.quote) for c in got.citations] == [squeezed(c.quote) for c in wanted.citations]
        pages = [c.page for c in got.citations]
        assert all(page and page > 0 for page in pages) if "pdf" in variant else pages == [None] * len(pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
