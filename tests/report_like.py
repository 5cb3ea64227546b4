"""Texts of the pieces that reports are made of, in any order, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

# Pieces of which headings, paragraphs and lists are made, in any order: what no author writes, a scanner may.
PIECES = (
    *(
        "一、",
        "二、",
        "十二、",
        "（一）",
        "(二)",
        "1.",
        "2、",
        "（1）",
        "①",
        "第一，",
        "第二部分",
        "一是",
        "[bookmark: _Toc1]",
    ),
    *("推进依法行政", "全年调解纠纷163件", "。", "；", "，", "！", "”", "\n", "\n\n", " ", "　　", "\t"),
)
REPORT_LIKE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
