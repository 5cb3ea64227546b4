"""What stands around a report's body: the title, the 索引号 block, the signature and its date.

A title may be spread over several lines and is told by its end (报告, 总结, 汇报 …); lines of the 索引号 block and of
the site's frame are none of it. The signature (落款) names the office and, mostly in the year after, the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xiangwen.language.characters import HAN
from xiangwen.language.list_marks import FIRST_NUMBER
from xiangwen.language.word_lists import word_list

_DATA = word_list("xiangwen.reports", "front_matter.toml")
_FIELD_NAMES: tuple[str, ...] = tuple(name for names in _DATA["fields"].values() for name in names)
_ISSUER = frozenset(_DATA["fields"]["issuer"])
_DATED = frozenset(_DATA["fields"]["date"])
_TITLED = tuple(_DATA["fields"]["title"])


def _spaced(names: Iterable[str]) -> str:
    return "|".join(r"[ \u3000]{0,4}".join(name) for name in sorted(names, key=len, reverse=True))


_BLANKS = r"[ \u3000]{0,4}"
_FIELD = re.compile(
    rf"(?<![\u4e00-\u9fff])[\[【(（]?{_BLANKS}(?:({_spaced(_FIELD_NAMES)}){_BLANKS}[\]】]?{_BLANKS}(?:[:：]|\t|\|)"
    # Saved tables lose what parted the cells: 「发布机构安平县青石镇人民政府」, 「发布机构 青石镇」.
    rf"|({_spaced(name for name in _ISSUER if len(name) > 3)}){_BLANKS}"
    r"(?=[\u4e00-\u9fff]{2,20}(?:府|处|会|局|镇|乡|街道)(?![\u4e00-\u9fff])))"
)
_TITLE = re.compile(
    r"(?:法治|依法|法制|普法).{0,60}(?:报告|報告|总结|總結|汇报|匯報|情况|情況|要点|小结|公告|公示|通报|通報|函|纪要|白皮书|说明)"
    r"(?:[及和暨与]20\d\d ?年?度?.{0,12}(?:计划|打算|安排|思路|要点))?"
    r"(?:的(?:报告|报|汇报|通知|公告))?(?:[（(].{0,12}[)）])?$"
)
_PLAIN_TITLE = re.compile(r"20\d\d.{0,40}(?:工作报告|年度报告|工作总结|情况报告|工作汇报)$")
_STOP = re.compile(r"[。；;:：，,！!？?]$|[。；>＞|｜]|^[\[【]")
_DOCUMENT_NUMBER = re.compile(r"[〔\[［(（]20\d\d[〕\]］)）]\s?第?\s?\d{1,4}\s?号|^20\d\d年第?\d+号$")
_DATE = re.compile(
    r"(20\d\d)[ \u3000]{0,2}(?:年|-|/|\.)[ \u3000]{0,2}(\d{1,2})[ \u3000]{0,2}(?:月|-|/|\.)"
    r"[ \u3000]{0,2}\d{1,2}[ \u3000]{0,2}日?"
)
_SIGNED = re.compile(
    rf"{HAN}{{2,40}}(?:人民政府|政府|办事处|委员会|管委会|党委|党工委|乡|镇|街道|苏木|农场|林场|牧场|领导小组|局|办公室|院)"
)
_SIGNED_BEHIND = re.compile(
    rf"(?:^|[。 \u3000])({HAN}{{2,30}}(?:人民政府|办事处|委员会|局))"
    r"[ \u3000]*(20\d\d)年[ \u3000]?(\d{1,2})月[ \u3000]?\d{1,2}日[ \u3000]*$"
)
_OWNER = re.compile(
    r"(?:人民政府|办事处|管委会|管理委员会|委员会|党委|党工委|乡|镇|街道|苏木|农场|林场|牧场|局|省|市|州|盟|县|区|旗)$"
)
_CONTINUES = re.compile(
    r"^关于|^推进|(?:局|政府|办事处|管委会|委员会)关于|(?:关于(?:报送|上报|呈报|呈送|印发)?|年度?|法治政府建设|工作|情况|的|依法行政|法治建设)$"
)
# A title that names its issuer itself is complete: what stands above it is the site's name.
_COMPLETE = re.compile(
    rf"(?!关于|推进){HAN}{{2,24}}?(?:[镇乡局委府处会县区市旗场]|街道|苏木)(?:关于)?"
    r"20\d\d ?年?度?(?:推进|全面|依法|法治)"
)
_AROUND = "\ufeff \t\r\u3000\xa0#*"
_CRUMBS = re.compile(
    r"(?:当前|所在|您的)的?位置|首页[ \u3000]*[>＞»/]|[>＞»][^>＞»\n]{2,20}[>＞»]|^首页$|^[>＞»]"
    r"|\S ?(?:--|/) ?\S[^。，\n]*? (?:--|/) \S"
)
_BULLET = re.compile(r"[•·\-–>|]+[ \u3000]*|\[[^\]]{2,20}号\]|(?:标题|信息名称|文件名称)[ \u3000]+")
_BEHIND_TITLE = re.compile(
    r"[ \u3000\t|]*(?:[（(\[]?20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ \d:：)）\]]*"
    r"|[_－][^_\n]{2,30}(?:网站|门户|平台|文件|网|人民政府)(?:_.*)?|_[^_\n]{2,30}_.*)$"
)
_RUN_ON = re.compile(
    r"((?!现将|根据|按照|为|依照)[^。，,；;：:！？>＞|]{4,50}?(?:法治|依法|法制)[^。，,；;：:！？>＞|]{0,40}?"
    r"(?:报告|总结|汇报)(?!制度|工作)(?:[（(].{0,12}[)）])?)"
    r"(?=[ \u3000]*\1|[ \u3000]*20\d\d ?年|[ \u3000]*(?:今年|一年来|近年|本年|为)|[\u4e00-\u9fff、]{2,16}[:：])"
)
_LETTERHEAD_ENDS = ("文件", "人民政府", "办事处", "委员会", "局")
_LONGEST_FRONT = 6_000
"""Characters from the start in which all lines around the body stand, fields and crumbs of a web page counted."""
_LONGEST_START = 2_000
"""Characters in which the first line stands."""
_LONGEST_RUN_ON = 1_500
"""Characters of a line that holds all of a report, in which its title stands."""
_LONGEST_TITLE_LINE = 60
"""Characters; longer lines are paragraphs."""
_LONGEST_UPPER_LINE = 45
"""Characters of a line that leads to the rest of its title."""
_SHORTEST_BEFORE_FIELD = 8
"""Characters that a title on a line with fields has at least."""
_LEADING_LINES, _MOST_TITLE_LINES = 3, 6
"""Lines above the last one of a title within which it begins to read like one, and lines that it has at most."""
_SIGNATURE_LINES = 80
"""Lines from the end in which the signature stands: attachments follow it."""
_SIGNATURE_END = 80
"""Characters at the end of a report of one line that hold its signature."""
_LONGEST_DATE_LINE = 60
"""Characters of a line that ends in the date of signing."""
_LONGEST_FIELDS = 150
"""A longer line with fields or crumbs holds more than these."""
_MOST_LINES = 40
"""Lines around the body that are looked at."""


class FrontMatter(NamedTuple):
    """What the lines around the body say."""

    title: str | None
    """As it stands in the text, line breaks included."""
    signature: str
    """The office that signs, empty where none does."""
    issuers: tuple[str, ...]
    """Offices that the 索引号 block or the letterhead name."""
    crumbs: tuple[str, ...]
    """The steps of 「当前位置：首页 > 乡镇街 > 殷祖镇」."""
    dates: tuple[tuple[int, int], ...]
    """Year and month of the signature or of publication, the signature first."""


class _FrontLine(NamedTuple):
    start: int
    end: int
    words: str


def read_front_matter(text: str, plain: str, body_start: int, fields: Sequence[tuple[str, str]] = ()) -> FrontMatter:
    """Title, offices and dates of a report.

    Args:
        text: the report.
        plain: the same with years in ASCII digits, character for character.
        body_start: where the first numbered heading stands.
        fields: what the file says beside its text, (name, value).
    """
    around = _LinesAround([("".join(name.split()), value.strip()) for name, value in fields])
    for line in _front_lines(plain, body_start):
        around.take(line)
    span = _title_span(around.titled)
    office, signed = _signature(plain)
    dates = [*([signed] if signed else []), *around.dates()]
    return FrontMatter(
        text[span[0] : span[1]] if span else around.title_stated(),
        office or "",
        (*around.issuers_stated(), *around.letterheads()),
        tuple(step.strip() for step in around.crumbs if step.strip()),
        tuple((year, month) for year, month in dates if 1 <= month <= 12),
    )


@dataclass
class _LinesAround:
    """The lines around a report's body, each sorted by what it says."""

    stated: list[tuple[str, str]]
    """Names and values of fields."""
    crumbs: list[str] = field(default_factory=list)
    titled: list[_FrontLine] = field(default_factory=list)
    """Lines that may be of a title, and full stops for those beyond which none goes on."""
    waiting: str = ""
    """The field that the line before names without a value."""

    def take(self, line: _FrontLine) -> None:
        """Sort the next line."""
        pairs = _fields_of(line.words)
        self.stated += pairs
        if not pairs and self.waiting and not _TITLE.search(line.words):
            # 「• 发布机构:」 with its value on the next line.
            self.stated.append((self.waiting, line.words))
            self._stop_at(line)
        elif _CRUMBS.search(line.words):
            self.crumbs += re.split(r"[>＞»/|:：]+|--", line.words)
            self._stop_at(line)
        elif kept := _outside_fields(line):
            self.titled.append(kept)
        elif _FIELD.search(line.words):
            self._stop_at(line)
        self.waiting = pairs[-1][0] if pairs and not pairs[-1][1] else ""

    def _stop_at(self, line: _FrontLine) -> None:
        """No title goes on beyond a field or the site's frame."""
        self.titled.append(line._replace(words="。"))

    def title_stated(self) -> str | None:
        """What a field gives as the title, by the order of the names of such fields."""
        return next((value for wanted in _TITLED for name, value in self.stated if name == wanted and value), None)

    def issuers_stated(self) -> list[str]:
        """What fields give as the office."""
        return [value for name, value in self.stated if name in _ISSUER and value]

    def letterheads(self) -> list[str]:
        """Lines that are an office's name or its letterhead."""
        return [line.words for line in self.titled if line.words.endswith(_LETTERHEAD_ENDS)]

    def dates(self) -> list[tuple[int, int]]:
        """Year and month of each field with a date."""
        dated = [_DATE.search(value) for name, value in self.stated if name in _DATED]
        return [(int(date[1]), int(date[2])) for date in dated if date]


def first_line(text: str) -> str | None:
    """The first line where it may be a title: a heading of Markdown, or a line that is no sentence."""
    words = text[:_LONGEST_START].lstrip("\ufeff \t\n\u3000\xa0").partition("\n")[0].strip("\ufeff \t\r\u3000\xa0#*")
    is_title = 1 < len(words) <= _LONGEST_TITLE_LINE and not _STOP.search(words) and not FIRST_NUMBER.match(words)
    return words if is_title and not _FIELD.search(words) and not _CRUMBS.search(words) else None


def _front_lines(plain: str, body_start: int) -> list[_FrontLine]:
    """The lines above the first paragraph or numbered heading; of a line that holds all of it, its pieces."""
    lines: list[_FrontLine] = []
    for match in re.finditer(r"[^\n]+", plain[: min(body_start, _LONGEST_FRONT)]):
        words = match[0].strip(_AROUND)
        if not words:
            continue
        start = match.start() + match[0].index(words)
        if (len(words) <= _LONGEST_TITLE_LINE and not words.endswith("。")) or (
            len(words) <= _LONGEST_FIELDS and (_FIELD.search(words) or _CRUMBS.search(words))
        ):
            lines.append(_FrontLine(start, start + len(words), words))
        elif not (words.endswith("。") and len(words) <= _LONGEST_TITLE_LINE):
            pieces = _pieces(words, start)
            lines += pieces
            if not pieces or pieces[-1].end < start + len(words):
                break
        elif not _DATE.search(words):
            break
        if len(lines) >= _MOST_LINES:
            break
    return lines[:_MOST_LINES]


def _pieces(words: str, start: int) -> list[_FrontLine]:
    """What stands before the first sentence of a line, piece by piece."""
    if title := _RUN_ON.match(words):
        return [_FrontLine(start, start + title.end(1), title[1])]
    pieces = []
    for match in re.finditer(r"[^ \u3000\t>＞]+", words[:_LONGEST_RUN_ON]):
        piece = match[0]
        if len(piece) > _LONGEST_TITLE_LINE or re.search(r"[。，,；]", piece):
            break
        pieces.append(_FrontLine(start + match.start(), start + match.end(), piece))
    return pieces


def _outside_fields(line: _FrontLine) -> _FrontLine | None:
    """The part of a line that may be a title: without a field, a date or the site's name behind it."""
    words = line.words
    if found := _FIELD.search(words):
        words = words[: found.start()]
        if len(words.strip()) < _SHORTEST_BEFORE_FIELD:
            return None
    bullet = _BULLET.match(words)
    start = bullet.end() if bullet else 0
    kept = _BEHIND_TITLE.sub("", words[start:]).rstrip(_AROUND + "|")
    return _FrontLine(line.start + start, line.start + start + len(kept), kept) if kept else None


def _fields_of(words: str) -> list[tuple[str, str]]:
    """「索引号: … 发布机构: …」 on one line to its pairs."""
    names = list(_FIELD.finditer(words))
    pairs = []
    for i, match in enumerate(names):
        end = names[i + 1].start() if i + 1 < len(names) else len(words)
        name = match[1] or match[2]
        pairs.append(("".join(name.split()), words[match.end() : end].strip(" \t\u3000[]【】|•-")))
    return pairs


def _title_span(lines: Sequence[_FrontLine]) -> tuple[int, int] | None:
    words = [line.words for line in lines]
    for pattern in (_TITLE, _PLAIN_TITLE):
        for first, last in title_lines(words, pattern):
            return lines[first].start, lines[last].end
    return None


def title_lines(lines: Sequence[str], pattern: re.Pattern[str] = _TITLE) -> Iterator[tuple[int, int]]:
    """Where titles stand among a text's lines, as (first, last): a line that ends like one, those that lead to it."""
    behind = 0
    for last, line in enumerate(lines):
        if len(line) > _LONGEST_TITLE_LINE or _STOP.search(line) or _DOCUMENT_NUMBER.search(line):
            continue
        for first in range(last, max(last - _LEADING_LINES - 1, behind - 1), -1):
            if first < last and not _leads_on(lines[first]):
                break
            if pattern.search("".join("".join(lines[first : last + 1]).split())):
                while (
                    not (first == last and _COMPLETE.match(line))
                    and first > behind
                    and last - first < _MOST_TITLE_LINES - 1
                    and _leads_on(lines[first - 1])
                ):
                    first -= 1
                below = lines[last + 1] if last + 1 < len(lines) else ""
                end = last + 1 if re.fullmatch(r"[（(]20\d\d年度?[)）]", below) else last
                yield first, end
                behind = end + 1
                break


def is_frame(words: str) -> bool:
    """Whether a line belongs to what stands above a title: the 索引号 block, the letterhead, the document's number."""
    return bool(_FIELD.search(words) or _DOCUMENT_NUMBER.search(words) or words.endswith("文件"))


def _leads_on(words: str) -> bool:
    """Whether the line may be the upper part of a title."""
    if (
        len(words) > _LONGEST_UPPER_LINE
        or _STOP.search(words)
        or re.search(r"[:：，,]", words)
        or _DOCUMENT_NUMBER.search(words)
    ):
        return False
    if _TITLE.search(words) and not words.endswith(("情况", "情況")):
        return False  # a title of its own: the same one above, or the page's name
    return bool(_OWNER.search(words) or (_CONTINUES.search(words) and re.search(r"关于|法治|依法|20\d\d", words)))


def _signature(plain: str) -> tuple[str | None, tuple[int, int] | None]:
    """The office that signs and the year and month, from a date that stands alone at a line's end."""
    lines = [line.strip() for line in plain.split("\n") if line.strip()]
    for n in reversed(range(max(len(lines) - _SIGNATURE_LINES, 1), len(lines))):
        line = lines[n]
        date = _DATE.search(line)
        if (
            date is None
            or len(line) > _LONGEST_DATE_LINE
            or date.end() < len(line.rstrip("）) "))
            or _FIELD.search(line)
        ):
            continue
        before = line[: date.start()].strip()
        above = "".join(lines[n - 1].split())
        office = before if before else above
        signed = re.fullmatch(_SIGNED, "".join(office.split()))
        if signed or not before:
            return (signed[0] if signed else None), (int(date[1]), int(date[2]))
    last = lines[-1] if lines else ""
    if behind := _SIGNED_BEHIND.search(last[-_SIGNATURE_END:]):
        return behind[1], (int(behind[2]), int(behind[3]))
    last = "".join(last.split())
    return (last if len(lines) > 3 and _SIGNED.fullmatch(last) else None), None
