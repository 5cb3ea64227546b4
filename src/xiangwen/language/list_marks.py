"""What items of lists, paragraphs and sections begin with: 一是, 其一, 首先, （一）, 1., 第一章, ①, ●.

Here such a mark is only seen; which style and value the number of a heading has is read in `segmentation.numbering`.
"""

from __future__ import annotations

import re

BLANK = r"[ \t\u3000\xa0]"
"""A blank inside a line."""
_COUNT = "[一二三四五六七八九十]"
_HUNDREDS = "[一二三四五六七八九十百]"
_EITHER = r"[一二三四五六七八九十\d]"
_EITHER_TO_HUNDREDS = r"[一二三四五六七八九十百\d]"
_DIGITS = r"\d{1,2}[.．、](?!\d)"
"""「1.」, 「2、」; 「1.5」 is a number."""

BULLETS = "●◆■★▪▲◎•►➤☆□◇"
"""What typesetters set before items without a number."""
ITEM_MARK = re.compile(
    rf"第?{_COUNT}+(?:是|要|则|者|[件个点条项步]?[、，]|[.．])|其{_COUNT}|首先|其次"
    rf"|[（(]?{_EITHER}{{1,2}}[)）]|{_DIGITS}"
)
"""Begins an item of a list: 「一是」, 「第一件，」, 「其二」, 「（三）」, 「4)」, 「5.」."""
LEADING_ITEM_MARK = re.compile(
    rf"第{_COUNT}+[件个点条项步]?[，、]|{_COUNT}+(?:是|要|则)|其{_COUNT}|首先|其次|[（(]?{_EITHER}{{1,2}}[)）.、．](?!\d)"
)
"""Begins an item that leads the sentences behind it, which are read with it: fewer marks than those of any item."""
FIRST_ITEM_MARK = re.compile(rf"{BLANK}*(?:一是|一要|一方面|首先|其一|[(（]?[1一][)）、.．]|①)")
"""Begins the first item of a list, or its only one."""
LINE_MARK = re.compile(
    rf"(?:\[bookmark:[^\]\n]*\])?(?:[（(]?{_EITHER_TO_HUNDREDS}{{1,3}}(?:[、．）)]|[.](?!\d))"
    rf"|第{_EITHER_TO_HUNDREDS}{{1,3}}[章节部条，,、]|[①-⑳{BULLETS}#*>·]|[-—–]|附[件：:])|20\d\d年\d{{1,2}}月\d{{1,2}}日$"
)
"""Begins a line that does not go on with the one before it: something of its own, or the date below a report."""
PARAGRAPH_MARK = re.compile(
    rf"(?:第?{_HUNDREDS}+[、，.．]|[（(]{_EITHER}{{1,3}}[)）]|\d{{1,2}}[、．]|\d{{1,2}}\.(?!\d)"
    rf"|{_COUNT}{{1,2}}是|[①-⑳]|第{_HUNDREDS}+[章节条])"
)
"""Begins a paragraph of its own on a page, behind the end of a sentence."""
SECTION_NUMBER = rf"{BLANK}*(?:[（(]?{_EITHER}{{1,3}}[）)、.．]{BLANK}*)?"
"""What number a section may have: the pattern of one, or of none."""
FIRST_NUMBER = re.compile(
    r"^[ \t\u3000]*(?:[#*]{1,6}[ \t]*)?"
    r"(?:[一壹1１][ \t\u3000]?[、.．，：)）]|[（(〔【][ \u3000]?[一壹1１][ \u3000]?[)）〕】]|[一1][ \t\u3000]"
    r"|第一(?:部分|章|节|、)|Ⅰ|I[、.．]|[⒈①⑴㈠])",
    re.M,
)
"""The number that the body of a report starts to count with."""
