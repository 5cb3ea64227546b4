"""Which lines of a report are headings.

No table of styles decides, the document does: numbers that count on together are one run, and a run is of headings or
of list items as a whole, by what follows its numbers. Headings without a number are short lines between paragraphs.
Tables of contents, page numbers and lists of attachments are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from xiangwen.language.list_marks import BLANK, BULLETS, FIRST_ITEM_MARK
from xiangwen.segmentation.numbering import PARENTHESISED, read_number

_LONGEST = 60
"""A heading has at most so many characters; the longest among the reports at hand has 49."""
_LONGEST_BARE = 30
"""A heading without a number has at most so many characters."""
_LONGEST_LINE = 400
"""A longer line may hold several paragraphs, as a page saved without its line breaks does."""
_LONGEST_CUT = 30
"""Characters of a heading that a colon or a blank, not a full stop, parts from its paragraph."""
_SHORTEST_PARAGRAPH = 15
"""Characters; a shorter line may be a heading, a salutation, a signature."""
_LONGEST_PAGE_NUMBER = 23
"""Characters of a line that only numbers its page, dashes and blanks counted."""
_LONGEST_ENTRY = 70
"""Characters of an entry in a table of contents: a heading, its dots and its page."""
_SHORTEST_ENTRY = 4
"""Characters of an entry where no 「目录」 stands above it: shorter lines come twice by chance."""
_LEAST_ENTRIES = 3
"""Lines one below the other that come again make a table of contents; fewer may do so by chance."""
_LEAST_BARE, _LEAST_BARE_AMONG_NUMBERED = 2, 3
"""Headings without a number come in such numbers at least; a single one is a line of its own."""
_END = "。！？!?"
_COLONS = "：:"
_SENTENCE_END = "。！？!?：:；;”’」』）)》…."
# What stands before a number and belongs to it no more than an indent does: Word's bookmarks, bullets, bold marks.
_MARKS = re.compile(rf"(?:\[bookmark:[^\]\n]{{0,200}}\]|\*\*|__|[{BULLETS}\uf000-\uf0ff]|{BLANK})+")
_HASHES = re.compile(rf"(#{{1,6}}){BLANK}+")
_PAGE = re.compile(r"[-—–―·~\s]{0,6}(?:第\s?)?\d{1,3}(?:\s?页)?(?:\s?[/／,，]?\s?共?\s?\d{1,3}\s?页)?[-—–―·~\s]{0,6}")
_LEADER = re.compile(r"(?:\.{3,}|…+|·{3,}|．{3,}|_{3,}|-{3,}|—{2,}|\t| {2,}|\u3000{2,})[ .…·\t\u3000]*\d{1,3}$")
# Where a section begins inside a line: only numbers that are hardly anything else, behind a sentence or a heading.
_INNER = re.compile(rf"(?<=\S){BLANK}+(?=[一二三四五六七八九十]{{1,2}}、|[（(][一二三四五六七八九十]{{1,2}}[)）])")
_FRAMED = re.compile(
    rf"[【〔［]{BLANK}{{0,3}}[^】〕］\n。；，]{{2,24}}[】〕］](?!第?\d+号)"
    rf"|(?P<alone>[●◆■★▪▲◎►➤□◇]{BLANK}{{0,3}}[\u4e00-\u9fff][^。；，：:？！\n]{{1,15}})"
)
"""What brackets or a bullet set off at the beginning of a line; behind a bullet only where the line ends with it."""
_LEAST_FRAMED = 3
"""Fewer are no headings of a report but a remark, a case or a list."""
_CONTENTS = re.compile(rf"目{BLANK}*[录錄次]|CONTENTS|Contents")
_ATTACHMENT = re.compile(
    rf"附{BLANK}*[件表录錄]{BLANK}*[:：]?{BLANK}*[0-9０-９一二三四五六七八九]{{0,2}}{BLANK}*[:：]?"
)
# Sections that nearly every report has, by the words they are headed with.
_KNOWN = re.compile(
    r".{0,14}(?:存在.{0,8}(?:问题|問題|不足|困难|困難|短板|差距|原因)|(?:问题|問題|不足|困难|困難)(?:[与與和及、].{1,6})?)"
    r"|.{0,12}(?:下一?步|下阶段|下階段|今后|今後|明年|来年|下一?年度?|20\d\d年度?).{0,14}"
    r"(?:打算|计划|計劃|安排|思路|工作|举措|舉措|措施|重点|重點|方向)"
    r"|.{0,16}(?:工作(?:开展|開展|推进|总体)?情况|工作情況|基本情况|总体情况|基本情況|總體情況)"
    r"|.{0,20}(?:做法|举措|舉措|成效|成绩|亮点)|.{0,30}(?:履职|履職|职责|職責|履行)情[况況]"
    r"|工作(?:打算|计划|安排|思路|总结|回顾|措施)|.{0,6}意见(?:和|及|与)?建议"
)
_NO_HEADING = re.compile(
    r"\d年\d|\d月\d|特此|此致|敬礼|附[件：:]|联系|打印|关闭|上一|下一[篇页]|来源|发布|责任编辑|扫|分享|版权|主办|承办|[图表]\d|http|www"
)
_OFFICE = re.compile(r"(?:政府|办事处|委员会|司法所|司法局|党委|办公室|管委会|乡|镇|街道|苏木|日)$")


class Heading(NamedTuple):
    """A heading ``text[start:end]`` on the line that begins at ``line_start``."""

    line_start: int
    start: int
    end: int
    style: str
    """One of `xiangwen.segmentation.numbering.ORDER`."""
    number: int


class _LineOrPiece(NamedTuple):
    start: int
    end: int
    """Without blanks at its ends."""
    line_start: int
    piece: bool = False
    """Whether it is a piece of a line of several paragraphs, where blanks part what line breaks do elsewhere."""


@dataclass
class _Lead:
    """A numbered line and its lead phrase, the first sentence of the line."""

    line: int
    """Its number among the lines that are read."""
    line_start: int
    start: int
    words: int
    """Where the number ends."""
    end: int
    line_end: int
    style: str
    number: int
    weak: bool
    vote: Literal["heading", "item", "open"] = "open"
    cut: int | None = None
    """Where a colon or a blank would part the heading from its paragraph."""
    followed: bool = False
    """Whether something stands between it and the next number, or that one begins a level below."""

    @property
    def runs_on(self) -> bool:
        return self.line_end > self.end


def find_headings(text: str) -> list[Heading]:
    """All headings of a report in its order."""
    lines = _lines(text)
    leads = [lead for number, line in enumerate(lines) if (lead := _lead(text, number, line))]
    skipped = _contents(text, lines, leads)
    lines = [line for number, line in enumerate(lines) if number not in skipped]
    marked = _marked(text, lines)
    at = {heading.line_start for heading in marked}
    numbered = [h for h in _numbered(text, lines) if h.line_start not in at]
    if len(marked) > 1:
        return sorted([*marked, *numbered])
    framed = _framed(text, lines)
    framed = [] if {h.line_start for h in framed} & {h.line_start for h in numbered} else framed
    others = [*_attachments(text, lines, numbered), *(framed or _bare(text, lines, numbered))]
    return sorted([*marked, *numbered, *(h for h in others if h.line_start not in at)])


def _lines(text: str) -> list[_LineOrPiece]:
    """The lines with words on them; page numbers are none."""
    lines = []
    for match in re.finditer(r"[^\n]+", text):
        words = match[0].strip()
        if not words or (len(words) <= _LONGEST_PAGE_NUMBER and _PAGE.fullmatch(words)):
            continue
        breaks = [m.end() for m in _INNER.finditer(match[0])] if len(words) > _LONGEST_LINE else []
        ends = [*breaks, len(match[0])] if len(breaks) > 1 else [len(match[0])]
        for first, last in pairwise((0, *ends)):
            words = match[0][first:last].strip()
            start = match.start() + match[0].index(words, first)
            lines.append(_LineOrPiece(start, start + len(words), match.start() + first, first > 0))
    return lines


def _lead(text: str, at: int, line: _LineOrPiece) -> _Lead | None:
    marks = _MARKS.match(text, line.start, line.end)
    start = marks.end() if marks else line.start
    number = read_number(text, start, line.end)
    if number is None:
        return None
    bold = text.find("**", number.end, line.end) if marks and "**" in marks[0] else -1
    end = bold if bold > 0 else _sentence_end(text, number.end, line.end)
    cut = _cut(text, number.end, end)
    if line.piece and cut and text[cut].isspace():
        end, cut = cut, None
    if end - number.end < (0 if number.style in ("part", "clause") else 2):
        return None
    line_end = line.end
    while bold > 0 and line_end > end and text[line_end - 1] in "* ":
        line_end -= 1
    return _Lead(
        at, line.line_start, start, number.end, end, line_end, number.style, number.value, number.weak,
        cut=cut,
    )  # fmt: skip


def _sentence_end(text: str, start: int, stop: int) -> int:
    match = re.compile(rf"[{_END}][”’」』）)]?").search(text, start, stop)
    return match.end() if match else stop


def _cut(text: str, start: int, end: int) -> int | None:
    match = re.compile(rf"[：:]|{BLANK}+(?=[\u4e00-\u9fff])").search(text, start + 2, min(end, start + _LONGEST_CUT))
    if match is None or match.end() >= end:
        return None
    return match.end() if match[0] in _COLONS else match.start()


def _contents(text: str, lines: list[_LineOrPiece], leads: list[_Lead]) -> set[int]:
    """The lines of a table of contents: what has a page number behind dots, or is said again where its section is."""
    numbered = {lead.line: lead for lead in leads}
    keys = [_key(text, line, numbered.get(n)) for n, line in enumerate(lines)]
    left = Counter(keys)
    found: set[int] = set()
    block: list[int] = []
    listing = False
    for n, line in enumerate(lines):
        left[keys[n]] -= 1
        words = text[line.start : line.end]
        if _CONTENTS.fullmatch(words):
            listing = True
            found.add(n)
            continue
        short = len(words) <= _LONGEST_ENTRY
        if (short and (n in numbered or listing) and _LEADER.search(words)) or (
            listing and short and left[keys[n]] > 0
        ):
            found.add(n)
        else:
            listing = False
        # Without 「目录」 above it: at least three numbered lines one below the other that all come again.
        if short and n in numbered and left[keys[n]] > 0 and len(words) >= _SHORTEST_ENTRY:
            block.append(n)
        else:
            if len(block) >= _LEAST_ENTRIES:
                found.update(block)
            block = []
    return found


def _key(text: str, line: _LineOrPiece, lead: _Lead | None) -> str:
    words = text[line.start : min(lead.end if lead else line.end, line.start + _LONGEST + 20)]
    return re.sub(r"[\s.…·．_—-]*\d{0,3}$", "", "".join(words.rstrip(_END).split()))


def _marked(text: str, lines: list[_LineOrPiece]) -> list[Heading]:
    """Markdown's headings but for the title, which comes first and alone on its level."""
    found = []
    for line in lines:
        if (hashes := _HASHES.match(text, line.start, line.end)) and line.end - hashes.end() <= _LONGEST:
            marks = _MARKS.match(text, hashes.end(), line.end)
            start = marks.end() if marks else hashes.end()
            end = line.end - (2 if text.endswith("**", start, line.end) else 0)
            found.append(Heading(line.line_start, start, end, f"mark{len(hashes[1])}", 1))
    if found and sum(h.style == found[0].style for h in found) == 1 and read_number(text, *found[0][1:3]) is None:
        found = found[1:]
    return found


def _numbered(text: str, lines: list[_LineOrPiece]) -> list[Heading]:
    leads = [lead for number, line in enumerate(lines) if (lead := _lead(text, number, line))]
    listed = _listed_attachments(text, lines)
    leads = [lead for lead in leads if lead.line not in listed]
    for i, lead in enumerate(leads):
        following = leads[i + 1] if i + 1 < len(leads) else None
        nearer = following.line if following else len(lines)
        below = following is not None and following.style != lead.style and following.number == 1
        lead.followed = nearer > lead.line + 1 or below
        lead.vote = _vote(text, lead)
    headings: list[_Lead] = []
    for run in _runs(leads):
        headings += _headings_of_run(text, run)
    headings.sort(key=lambda lead: lead.line)
    return [Heading(lead.line_start, lead.start, lead.end, lead.style, lead.number) for lead in headings]


def _listed_attachments(text: str, lines: list[_LineOrPiece]) -> set[int]:
    """Lines of 「附件：1.…」 and the numbers below it."""
    listed: set[int] = set()
    for n, line in enumerate(lines):
        above = n - 1 in listed and line.end - line.start < _LONGEST and read_number(text, line.start, line.end)
        head = _ATTACHMENT.match(text, line.start, line.end)
        if above or (head and ":" in head[0].replace("：", ":")):
            listed.add(n)
    return listed


def _vote(text: str, lead: _Lead) -> Literal["heading", "item", "open"]:
    """What the line itself says: a heading is short and introduces something."""
    phrase = text[lead.start : lead.end]
    if len(phrase) > _LONGEST or phrase[-1] in "；;，," or "；" in phrase:
        return "item"
    if lead.runs_on:
        # 「（三）深入开展…活动。乡平安办认真…」 is a heading run into its paragraph. 「1.建立调委会1个，聘请3名。2.组织
        # 测试2次。3.…」 is a list in one line, its items sentences of their own.
        rest = lead.end + (2 if text.startswith("**", lead.end) else 0)
        while rest < lead.line_end and text[rest].isspace():
            rest += 1
        number = read_number(text, rest, lead.line_end)
        return "item" if number and number.style == lead.style else "heading"
    return "open" if phrase[-1] in _END else "heading"


def _runs(leads: list[_Lead]) -> list[list[_Lead]]:
    """Numbers that count on together; a number of a run further out ends those inside it."""
    runs: list[list[_Lead]] = []
    inside: list[list[_Lead]] = []  # the open runs, outermost first
    for lead in leads:
        depth = next(
            (d for d in reversed(range(len(inside))) if inside[d][-1].style == lead.style),
            next((d for d in reversed(range(len(inside))) if _counts_on(inside[d][-1], lead)), None),
        )
        if depth is not None:
            del inside[depth + 1 :]
            last = inside[depth][-1]
            if lead.number > 1 or last.number == 1:
                inside[depth].append(lead)
                continue
            del inside[depth]
        runs.append([lead])
        inside.append(runs[-1])
    return runs


def _counts_on(last: _Lead, lead: _Lead) -> bool:
    """「（5）」 after 「（四）」 and 「2、」 after 「一、」 go on counting in another style."""
    alike = (lead.style in PARENTHESISED) == (last.style in PARENTHESISED)
    return alike and not lead.weak and lead.number == last.number + 1


def _headings_of_run(text: str, run: list[_Lead]) -> list[_Lead]:
    """Which numbered lines of a run are headings: what the first of `_RULES` says that knows it."""
    return next(found for rule in _RULES if (found := rule(text, run)) is not None)


def _none_of_weak(text: str, run: list[_Lead]) -> list[_Lead] | None:
    """None, where the numbers are words and amounts that do not count on: 「二 工作」, 「3,」."""
    return [] if all(lead.weak for lead in run) and not _is_count(run) else None


def _none_of_one_sentence(text: str, run: list[_Lead]) -> list[_Lead] | None:
    """None, where the run is but a sentence with a number: 「5、6月开展检查。」 counts nothing."""
    lead = run[0]
    alone = len(run) == 1 and lead.number > 1 and lead.style not in PARENTHESISED
    return [] if alone and text[lead.end - 1] in _END else None


def _all_cut_at_blanks(text: str, run: list[_Lead]) -> list[_Lead] | None:
    """All, where each is parted by a blank from its paragraph: 「一、组织领导 乡党委…。」."""
    cuts = [
        lead.cut for lead in run if lead.cut and text[lead.cut] not in _COLONS and text[lead.cut - 1] not in _COLONS
    ]
    if not len(cuts) == len(run) > 1 or not all(text[lead.line_end - 1] in _END for lead in run):
        return None
    for lead, cut in zip(run, cuts, strict=True):
        lead.end, lead.vote = cut, "heading"
    return run


def _none_of_list(text: str, run: list[_Lead]) -> list[_Lead] | None:
    """None, where nothing stands below any of them: a list, the rows of a table."""
    return [] if len(run) > 1 and not any(lead.followed or lead.runs_on for lead in run[:-1]) else None


def _by_votes(text: str, run: list[_Lead]) -> list[_Lead]:
    """Those whose lines say that they are; sentences that stand alone are what most of their run are."""
    for lead in run:
        _cut_at_colon(text, lead)
    sure = [lead for lead in run if lead.vote == "heading"]
    sentences = [lead for lead in run if lead.vote == "open"]
    introducing = sum(lead.followed for lead in sentences)
    most_are_none = 2 * (len(sure) + introducing) <= len(run)
    if not sentences or most_are_none or (sentences[0] is run[0] and not run[0].followed and not sure):
        return sure
    return [lead for lead in run if lead.vote == "heading" or (lead.vote == "open" and (lead.followed or sure))]


def _cut_at_colon(text: str, lead: _Lead) -> None:
    """Make a heading of what stands before a colon, where a list follows it or every report has that section."""
    if lead.cut and text[lead.cut - 1] in _COLONS:
        known = lead.vote == "item" and _KNOWN.fullmatch(text, lead.words, lead.cut - 1)
        if known or FIRST_ITEM_MARK.match(text, lead.cut, lead.line_end):
            lead.end, lead.vote = lead.cut, "heading"


_RULES: tuple[Callable[[str, list[_Lead]], list[_Lead] | None], ...] = (
    _none_of_weak,
    _none_of_one_sentence,
    _all_cut_at_blanks,
    _none_of_list,
    _by_votes,
)
"""What a run may be, the surest first; the last one always knows."""


def _is_count(run: list[_Lead]) -> bool:
    """Whether weak numbers count from one, with words between them."""
    below = sum(lead.followed or lead.runs_on for lead in run)
    return len(run) > 1 and run[0].number == 1 and run[1].number <= 3 and 2 * below > len(run)


def _attachments(text: str, lines: list[_LineOrPiece], numbered: list[Heading]) -> list[Heading]:
    """「附件1」 alone on a line below the report's sections."""
    if not numbered:
        return []
    found: list[Heading] = []
    for line in lines:
        if line.line_start > numbered[-1].line_start and _ATTACHMENT.fullmatch(text, line.start, line.end):
            words = text[line.start : line.end]
            if not words.endswith((":", "：")):
                found.append(Heading(line.line_start, line.start, line.end, "attachment", len(found) + 1))
    return found


def _framed(text: str, lines: list[_LineOrPiece]) -> list[Heading]:
    """Headings that brackets or a bullet set off: 「【组织】」, 「■ 欠缺」, each on a line of its own or before its
    paragraph, several in one report and something below most of them."""
    found: dict[str, list[tuple[int, Heading]]] = {}
    for n, line in enumerate(lines):
        match = _FRAMED.match(text, line.start, line.end)
        if match and (match["alone"] is None or match.end() == line.end):
            heading = Heading(line.line_start, match.start(), match.end(), "title", 1)
            found.setdefault(match[0][0], []).append((n, heading))
    for headings in found.values():
        at = {n for n, _ in headings}
        filled = sum(h.end < lines[n].end or (n + 1 < len(lines) and n + 1 not in at) for n, h in headings)
        if len(headings) >= _LEAST_FRAMED and filled >= len(headings) - 1:
            return [heading for _, heading in headings]
    return []


def _bare(text: str, lines: list[_LineOrPiece], numbered: list[Heading]) -> list[Heading]:
    """Headings without a number: short lines that stop nowhere, a paragraph before and below them."""
    at = {heading.line_start: heading for heading in numbered}
    found = _with_text_below(text, lines, at, _short_lines(text, lines, at))
    known = {n for n in found if _KNOWN.fullmatch(text, lines[n].start, lines[n].end)}
    others = found - known
    if len(found) < (_LEAST_BARE_AMONG_NUMBERED if numbered else _LEAST_BARE):
        others = {n for n in others if lines[n + 1].line_start in at}
    heads = sorted(known | others)
    # 「工作开展情况」 directly above 「组织领导」: two levels, the known sections being of the upper one.
    upper = {n for n in heads if n + 1 in heads}
    titles = upper | known if upper else set(heads)
    return [
        Heading(lines[n].line_start, lines[n].start, lines[n].end, "title" if n in titles else "bare", 1) for n in heads
    ]


def _short_lines(text: str, lines: list[_LineOrPiece], at: Mapping[int, Heading]) -> list[int]:
    """Lines behind the first paragraph that may head one, each behind a full stop or another heading."""
    begun = next((n for n, line in enumerate(lines) if _is_paragraph(text, line)), len(lines))
    found: list[int] = []
    for n in range(begun + 1, len(lines) - 1):
        before, line = lines[n - 1 : n + 1]
        closed = text[before.end - 1] in _SENTENCE_END or before.line_start in at or n - 1 in found
        if closed and line.line_start not in at and _may_head(text[line.start : line.end]):
            found.append(n)
    return found


def _with_text_below(text: str, lines: list[_LineOrPiece], at: Mapping[int, Heading], short: Sequence[int]) -> set[int]:
    """Those short lines that a paragraph, a first number or another heading stands below."""
    found: set[int] = set()
    for n in reversed(short):
        below = lines[n + 1]
        heading = at.get(below.line_start)
        if n + 1 in found or (heading.number == 1 if heading else _is_paragraph(text, below)):
            found.add(n)
    return found


def _is_paragraph(text: str, line: _LineOrPiece) -> bool:
    return line.end - line.start >= _SHORTEST_PARAGRAPH and text[line.end - 1] in _SENTENCE_END


def _may_head(words: str) -> bool:
    return (
        2 < len(words) <= _LONGEST_BARE
        and words[-1] not in "。！？；;：:，,、!?.|"
        and not re.search(r"[。；;：:\t|@]|[ \u3000]{2}", words)
        and len(re.findall(r"[\u4e00-\u9fff]", words)) * 2 > len(re.sub(r"20\d\d", "", words))
        and not _NO_HEADING.search(words)
        and not _OFFICE.search(words)
    )
