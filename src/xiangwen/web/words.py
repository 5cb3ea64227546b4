"""The page's own words, Chinese first; an English question gets the English word beside the Chinese one."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "yes": ("有", "yes"),
    "partial": ("部分", "partly"),
    "no": ("无", "no"),
    "silent": ("未提及", "not mentioned"),
    "plan": ("计划", "plan"),
    "shortcoming": ("不足", "shortcoming"),
    "sure": ("很有把握", "very sure"),
    "fairly sure": ("较有把握", "fairly sure"),
    "unsure": ("把握不大", "not sure"),
    "township": ("乡镇", "Township"),
    "verdict": ("结论", "Verdict"),
    "evidence": ("原文依据", "Evidence"),
    "confidence": ("把握", "Confidence"),
    "value": ("数值", "Value"),
    "not answered": ("没有找到答案", "No answer found"),
    "nearest": ("下面是最接近的原文，不是答案", "The nearest passages, not an answer"),
    "no sentence": ("报告中没有相关语句", "no sentence on it"),
    "contents": ("目录", "Contents"),
    "citation": ("依据", "Citation"),
    "nearest passage": ("接近的原文（不是答案）", "Near, not an answer"),
    "all reports": ("全部报告", "All reports"),
    "previous": ("上一条依据", "previous citation"),
    "next": ("下一条依据", "next citation"),
    "close": ("关闭原文（Esc）", "close"),
    "no heading": ("开头（无标题）", "Opening, no heading"),
    "report gone": ("这份报告已不在索引中，请重新提问。", "That report is no longer indexed: ask again."),
    "copy": ("复制答案", "Copy"),
}


def word(key: str, language: Language = "zh") -> str:
    """The page's word, in Chinese, or in Chinese and English."""
    chinese, english = _WORDS[key]
    return chinese if language == "zh" else f"{chinese} {english}"


def more_rows(count: int, language: Language) -> str:
    """The heading of folded table rows."""
    return f"其余 {count} 个乡镇" + (f" · {count} more" if language == "en" else "")


def silent_rows(count: int, language: Language) -> str:
    """The heading of the folded reports that say nothing."""
    return f"未提及：{count} 份报告" + (f" · not mentioned in {count}" if language == "en" else "")


def no_number_rows(count: int, language: Language) -> str:
    """The heading of the folded reports that give no number."""
    return f"没有给出数字：{count} 份报告" + (f" · no number in {count}" if language == "en" else "")


def checked(reports: int, of: int, passages: int, language: Language) -> str:
    """「已检查 5/5 份报告、339 句」."""
    if language == "en":
        return f"已检查 Checked {reports}/{of} 份报告 reports · {passages:,} 句 sentences"
    return f"已检查 {reports}/{of} 份报告、{passages:,} 句"


def checking(of: int) -> str:
    """Shown until the answer is there."""
    return f"正在检查 {of} 份报告……"
