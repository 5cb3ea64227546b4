"""What stands around a report's body: the title, the 索引号 block, the signature and its date.

A title may be spread over several lines and is told by its end (报告, 总结, 汇报 …); lines of the 索引号 block and of
the site's frame are none of it. The signature (落款) names the office and, mostly in the year after, the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_FIELD_NAMES = (
    *(
        "索引号",
        "索引码",
        "发布机构",
        "发文机关",
        "发文单位",
        "发布单位",
        "公开主体",
        "公开单位",
        "制发机关",
        "责任部门",
    ),
    *(
        "信息来源",
        "文章来源",
        "来源",
        "作者",
        "供稿单位",
        "发文日期",
        "成文日期",
        "生成日期",
        "发布日期",
        "发布时间",
        "公开日期",
    ),
    *(
        "印发日期",
        "有效期",
        "时间",
        "日期",
        "信息名称",
        "文件名称",
        "名称",
        "标题",
        "主题分类",
        "信息分类",
        "分类",
        "体裁分类",
    ),
    *(
        "主题词",
        "关键词",
        "文号",
        "发文字号",
        "发文文号",
        "公开方式",
        "公开时限",
        "公开范围",
        "有效性",
        "效力状态",
        "浏览次数",
    ),
    *(
        "浏览量",
        "阅读次数",
        "点击数",
        "点击量",
        "访问量",
        "字体",
        "字号",
        "责任编辑",
        "编辑",
        "审核",
        "内容概述",
        "信息索引",
    ),
)
_ISSUER = frozenset(
    {"发布机构", "发文机关", "发文单位", "发布单位", "公开主体", "公开单位", "制发机关", "信息来源", "文章来源", "来源",
     "作者", "供稿单位", "责任部门"}
)  # fmt: skip
_DATED = frozenset({"发文日期", "成文日期", "生成日期", "发布日期", "发布时间", "公开日期", "印发日期", "时间", "日期"})
_TITLED = ("标题", "信息名称", "文件名称", "名称")
_FIELD = re.compile(
    r"(?<![\u4e00-\u9fff])[\[【(（]?[ \u3000]{0,2}("
    + "|".join(r"[ \u3000]{0,4}".join(name) for name in sorted(_FIELD_NAMES, key=len, reverse=True))
    + r")[ \u3000]{0,4}[\]】]?[ \u3000]{0,4}(?:[:：]|\t)"
)
_TITLE = re.compile(
    r"(?:法治|依法|法制|普法).{0,60}(?:报告|報告|总结|總結|汇报|匯報|情况|情況|要点|小结|公告|公示)"
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
    r"[\u4e00-\u9fff]{2,40}(?:人民政府|政府|办事处|委员会|管委会|党委|党工委|乡|镇|街道|苏木|农场|林场|牧场|领导小组)"
)
_OWNER = re.compile(
    r"(?:人民政府|办事处|管委会|管理委员会|委员会|党委|党工委|乡|镇|街道|苏木|农场|林场|牧场|省|市|州|盟|县|区|旗)$"
)
_CONTINUES = re.compile(
    r"^关于|^推进|(?:关于(?:报送|上报|呈报|呈送|印发)?|年度?|法治政府建设|工作|情况|的|依法行政|法治建设)$"
)
FIRST_NUMBER = re.compile(
    r"^[ \t\u3000]*(?:[#*]{1,6}[ \t]*)?"
    r"(?:[一壹1１][ \t\u3000]?[、.．，：)）]|[（(〔【][ \u3000]?[一壹1１][ \u3000]?[)）〕】]|[一1][ \t\u3000]"
    r"|第一(?:部分|章|节|、)|Ⅰ|I[、.．]|[⒈①⑴㈠])",
    re.M,
)
"""The number that the body of a report starts to count with."""
_LONGEST_TITLE_LINE = 60
_MOST_LINES = 40


class FrontMatter(NamedTuple):
    """What the lines around the body say."""

    title: str | None
    """As it stands in the text, line breaks included."""
    issuers: tuple[str, ...]
    """Offices that the 索引号 block, the letterhead or the signature name, the surest first."""
    dates: tuple[tuple[int, int], ...]
    """Year and month of the signature or of publication, the signature first."""


class _Line(NamedTuple):
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
    lines = _front_lines(plain, body_start)
    stated = [("".join(name.split()), value.strip()) for name, value in fields]
    for line in lines:
        stated += _fields_of(line.words)
    titled = [line for line in lines if not _FIELD.search(line.words)]
    span = _title_span(titled)
    title = text[span[0] : span[1]] if span else next((v for n in _TITLED for m, v in stated if m == n and v), None)
    heads = [line.words for line in lines if line.words.endswith(("文件", "人民政府", "办事处", "委员会"))]
    office, signed = _signature(plain)
    issuers = [value for name, value in stated if name in _ISSUER]
    dates = [(int(m[1]), int(m[2])) for name, value in stated if name in _DATED if (m := _DATE.search(value))]
    return FrontMatter(
        title,
        tuple(o for o in (*([office] if office else []), *issuers, *heads) if o),
        tuple(d for d in (*([signed] if signed else []), *dates) if 1 <= d[1] <= 12),
    )


def _front_lines(plain: str, body_start: int) -> list[_Line]:
    """The lines above the first paragraph or numbered heading."""
    lines: list[_Line] = []
    for match in re.finditer(r"[^\n]+", plain[: min(body_start, 6000)]):
        words = match[0].strip("\ufeff \t\r\u3000\xa0#*")
        if not words:
            continue
        is_field = _FIELD.search(words)
        if not is_field and (len(words) > _LONGEST_TITLE_LINE or words.endswith("。")) and not _DATE.search(words):
            break
        start = match.start() + match[0].index(words)
        lines.append(_Line(start, start + len(words), words))
        if len(lines) == _MOST_LINES:
            break
    return lines


def _fields_of(words: str) -> list[tuple[str, str]]:
    """「索引号: … 发布机构: …」 on one line to its pairs."""
    names = list(_FIELD.finditer(words))
    pairs = []
    for i, match in enumerate(names):
        end = names[i + 1].start() if i + 1 < len(names) else len(words)
        pairs.append(("".join(match[1].split()), words[match.end() : end].strip(" \t\u3000[]【】")))
    return pairs


def _title_span(lines: Sequence[_Line]) -> tuple[int, int] | None:
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
        for first in range(last, max(last - 4, behind - 1), -1):
            if first < last and not _leads_on(lines[first]):
                break
            if pattern.search("".join("".join(lines[first : last + 1]).split())):
                while first > behind and last - first < 5 and _leads_on(lines[first - 1]):
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
    if len(words) > 45 or _STOP.search(words) or re.search(r"[:：，,]", words) or _DOCUMENT_NUMBER.search(words):
        return False
    if _TITLE.search(words) and not words.endswith(("情况", "情況")):
        return False  # a title of its own: the same one above, or the page's name
    return bool(_OWNER.search(words) or (_CONTINUES.search(words) and re.search(r"关于|法治|依法|20\d\d", words)))


def _signature(plain: str) -> tuple[str | None, tuple[int, int] | None]:
    """The office that signs and the year and month, from a date that stands alone at a line's end."""
    lines = [line.strip() for line in plain.split("\n") if line.strip()]
    for n in reversed(range(max(len(lines) - 80, 1), len(lines))):
        line = lines[n]
        date = _DATE.search(line)
        if date is None or len(line) > 60 or date.end() < len(line.rstrip("）) ")) or _FIELD.search(line):
            continue
        before = line[: date.start()].strip()
        above = "".join(lines[n - 1].split())
        office = before if before else above
        signed = re.fullmatch(_SIGNED, "".join(office.split()))
        if signed or not before:
            return (signed[0] if signed else None), (int(date[1]), int(date[2]))
    last = "".join(lines[-1].split()) if lines else ""
    return (last if len(lines) > 3 and _SIGNED.fullmatch(last) else None), None
