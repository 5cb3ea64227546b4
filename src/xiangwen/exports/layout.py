"""What all kinds of file share: headings in the language of the question, where a citation stands, clean text."""

from __future__ import annotations

import re

from xiangwen.answers.answer import Answer, Verdict
from xiangwen.answers.citation import Citation
from xiangwen.answers.issuers import Issuers, issuers_called
from xiangwen.answers.lines import STANCE_WORDS

_HEADINGS: dict[str, tuple[str, str]] = {
    "question": ("问题", "Question"),
    "conclusion": ("结论", "Conclusion"),
    "citations": ("原文依据", "Citations"),
    "nearest": ("最接近的原文（不是答案）", "Nearest passages (not an answer)"),
    "n": ("序号", "No."),
    "county": ("县区", "County"),
    "province": ("省份", "Province"),
    "year": ("年度", "Year"),
    "verdict": ("判断", "Verdict"),
    "value": ("数值", "Value"),
    "unit": ("单位", "Unit"),
    "as written": ("原文数字", "As written"),
    "sentence": ("原文", "Sentence"),
    "section": ("章节", "Section"),
    "file": ("文件", "File"),
    "page": ("页", "Page"),
    "title": ("报告标题", "Title"),
    "confidence": ("把握", "Confidence"),
    "evidence": ("依据", "Evidence"),
    "stance": ("性质", "Stance"),
}
# What XML cannot hold: control characters and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def heading(key: str, answer: Answer) -> str:
    """A word of the layout in the language of the question."""
    if key == "township":
        return issuers(answer).column(answer.language)
    if key == "townships":
        several = issuers(answer)
        return f"各{several.zh}情况" if answer.language == "zh" else several.noun("en").capitalize()
    return _HEADINGS[key][answer.language == "en"]


def issuers(answer: Answer) -> Issuers:
    """What those are called that an answer tells of."""
    told = [verdict.township for verdict in answer.verdicts]
    told += [citation.township for citation in (*answer.citations, *answer.nearest)]
    return issuers_called(told)


def clean(text: str | None) -> str:
    """The text without the characters that no document can hold."""
    return _UNPRINTABLE.sub("", text or "")


def told(answer: Answer) -> tuple[Answer, ...]:
    """What is laid out one below the other: the answer, or its parts where a message asks several questions."""
    return answer.parts or (answer,)


def conclusion(answer: Answer) -> list[str]:
    """What the answer says beside the table of its verdicts, a text for each line."""
    return [clean(answer.words_of(line)) for line in answer.conclusion]


def verdict_word(verdict: Verdict, answer: Answer) -> str:
    """「有」, "partly"."""
    return answer.word_of(verdict)


def stance_word(citation: Citation, answer: Answer) -> str:
    """「计划」, "shortcoming"; empty of a deed."""
    return STANCE_WORDS[answer.language].get(citation.stance, "")


def township(row: Verdict | Citation) -> str:
    """The township, or the file where the report does not name one."""
    return clean(row.township or row.file)


def section(citation: Citation) -> str:
    """The heading path in one line."""
    return clean(" › ".join(citation.section))


def source(citation: Citation, answer: Answer) -> str:
    """「——《标题》，土门关乡，2024，章节，文件」: where the quote stands, in one line."""
    page = citation.page
    zh = answer.language == "zh"
    parts = (
        f"《{citation.title}》" if citation.title else "",
        f"{citation.county or ''}{citation.township or ''}",
        (f"{citation.year}年" if zh else str(citation.year)) if citation.year else "",
        section(citation),
        citation.file,
        (f"第{page}页" if zh else f"p. {page}") if page is not None else "",
    )
    return " ".join(clean(("，" if zh else ", ").join(part for part in parts if part)).split())
