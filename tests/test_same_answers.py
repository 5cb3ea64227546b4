"""A report gets the same answers whatever format it comes in, scans at two resolutions among them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import report_formats

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.index import Index, build

QUESTIONS = [
    "白土乡2024年录入多少件矛盾纠纷？",
    "白土乡有多少名行政执法人员？",
    "白土乡召开了几次专题研究法治政府建设的会议？",
    "白土乡存在哪些问题？",
    "白土乡下一步有什么计划？",
    "哪些乡镇落实了法律顾问制度？",
    "哪些乡镇建立了权力清单？",
    "哪些乡镇推行了河长制？",
    "白土乡如何开展法治宣传教育？",
    "Did Baitu Township resolve disputes?",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """The same report in every format, each in a folder of its own."""
    root = tmp_path_factory.mktemp("formats")
    text = sorted(seeds.glob("*.txt"))[0].read_text(encoding="utf-8-sig")
    printed = report_formats.pdf(text)
    word = report_formats.word(text)
    variants = {
        "a.txt": text.encode(),
        "a.docx": word,
        "a.doc": report_formats.legacy_word(word, root),
        "a.html": report_formats.web_page(text),
        "a.pdf": printed,
    }
    for dpi, degrees in ((150, 0.8), (300, -0.6)):
        variants[f"scan{dpi}.pdf"] = report_formats.scanned_pdf(report_formats.scans(printed, dpi, degrees), dpi)
    for name, data in variants.items():
        (root / name.replace(".", "_")).mkdir()
        (root / name.replace(".", "_") / name).write_bytes(data)
    return root


def answers(folder: Path, index: Path) -> list[Answer]:
    build(folder, index)
    assistant = Assistant(Index.load(index))
    return [assistant.ask(question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def plain_answers(folder: Path) -> list[Answer]:
    return answers(folder / "a_txt", folder / "index_txt")


@pytest.mark.parametrize("variant", ["a_docx", "a_doc", "a_html", "a_pdf", "scan150_pdf", "scan300_pdf"])
def test_ten_questions_get_the_same_answers_in_every_format(
    variant: str, folder: Path, plain_answers: list[Answer]
) -> None:
    for got, wanted in zip(answers(folder / variant, folder / f"index_{variant}"), plain_answers, strict=True):
        assert got.answered == wanted.answered
        assert [v.verdict for v in got.verdicts] == [v.verdict for v in wanted.verdicts]
        assert [squeezed(c.quote) for c in got.citations] == [squeezed(c.quote) for c in wanted.citations]
        pages = [c.page for c in got.citations]
        assert all(page and page > 0 for page in pages) if "pdf" in variant else pages == [None] * len(pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
