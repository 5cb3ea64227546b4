"""Web pages saved from government sites: the article, and the 索引号 table of its header as fields.

The article is the smallest element that holds most of the page's prose; menus, related links and footers hold links,
not sentences. General extractors (trafilatura, readability) drop short paragraphs, tables and repeated lines to be
clean; here nothing of the report may be lost, and the header table is wanted on its own.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from xiangwen.reports.formats.plain_text import decode
from xiangwen.reports.report import Extraction, UnreadableFile

FIELDS = (
    "索引号",
    "发布机构",
    "发文机关",
    "发文机构",
    "公开机构",
    "公开责任部门",
    "发文字号",
    "文号",
    "成文日期",
    "发文日期",
    "发布日期",
    "公开日期",
    "生成日期",
    "信息来源",
    "来源",
    "标题",
    "名称",
    "信息名称",
    "主题分类",
    "体裁分类",
    "组配分类",
    "主题词",
    "有效性",
    "失效日期",
)
"""What the header tables of government sites (《政府信息公开目录系统实施指引》) call their cells, without spaces."""
_META_FIELDS = {"ArticleTitle": "标题", "PubDate": "发布日期", "ContentSource": "来源"}
"""Names of <meta> elements that government sites have to set (《政府网站发展指引》), as fields."""
_OUTSIDE = frozenset(
    {"script", "style", "noscript", "nav", "footer", "header", "aside", "button", "select", "option", "iframe"}
    | {"svg", "template", "object", "head"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "h1"}
    | {"h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "tfoot"}
    | {"thead", "tr", "ul"}
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_LABEL = re.compile(r"^[\[【\s]*(.{2,12}?)[\]】\s]*[:：]?$")
_MOST = 0.8
"""Share of the page's prose that the article holds at least."""
_DEEPEST = 200


def extract_web_page(data: bytes) -> Extraction:
    """The article of an .html page and its header fields.

    Raises:
        UnreadableFile: if it is no text or holds none.
    """
    root = _parse(_decode(data))
    fields = dict(_fields(root))
    title = _title(root, fields)
    _drop_outside(root)
    lines = list(_lines(_article(root)))
    # The lines of the header table are fields already.
    if title and not any(_squeezed(title) in _squeezed("".join(lines[i : i + 4])) for i in range(min(4, len(lines)))):
        lines.insert(0, title)
    return Extraction("\n".join(lines) + "\n" if lines else "", fields=tuple(fields.items()))


def extract_web_archive(data: bytes) -> Extraction:
    """The article of an .mht page: the first HTML part of the mail-like file.

    Raises:
        UnreadableFile: if there is none.
    """
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                charset = part.get_content_charset()
                head = f'<meta charset="{charset}">'.encode() if charset else b""
                return extract_web_page(head + page)
    raise UnreadableFile("文件里没有网页，请另存为 .html。 There is no page in it: save it as .html.")


def _decode(data: bytes) -> str:
    declared = _CHARSET.search(data[:8192])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii").lower()
        # Pages that call themselves GB2312 hold characters of its successors.
        name = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else name
        try:
            return data.decode(name).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _parse(page: str) -> etree._Element:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = lxml_html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise UnreadableFile("网页里没有文字。 There is no text in the page.") from error
    return root


def _fields(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Name and value of the header: cells side by side, 「名称：值」 in one, and what <meta> elements say."""
    seen: set[str] = set()
    for cell in root.iter("td", "th", "li", "dt", "span", "p", "div", "strong", "b", "em", "label"):
        text = _own_text(cell)
        if not text or len(text) > 300:
            continue
        name, _, value = re.sub(r"[【】\[\]]", " ", text).partition("：" if "：" in text else ":")
        name = _squeezed(name)
        value = value.strip()
        if name in FIELDS and not value:
            following = cell.getnext()
            if following is None and cell.tag in ("strong", "b", "em", "span", "label"):
                # 「<td><b>索引号</b></td><td>…</td>」 and 「<li><b>索引号：</b>…</li>」
                parent = cell.getparent()
                value = (cell.tail or "").strip()
                following = parent.getnext() if parent is not None and not value else None
            elif cell.tail and cell.tail.strip():
                value, following = cell.tail.strip(), None
            value = _own_text(following) if following is not None else value
        if name in FIELDS and name not in seen and value and _squeezed(value).rstrip("：:") not in FIELDS:
            seen.add(name)
            yield name, value[:300]
    for meta in root.iter("meta"):
        name = _META_FIELDS.get(meta.get("name") or "", "")
        value = (meta.get("content") or "").strip()
        if name and value and name not in seen:
            seen.add(name)
            yield name, value[:300]


def _title(root: etree._Element, fields: dict[str, str]) -> str:
    """The article's title, which most sites put above the article's own element."""
    headings = [_own_text(h) for h in root.iter("h1")]
    for title in (fields.get("标题"), *headings):
        if title and len(title) > 6:
            return title
    page = root.find(".//title")
    text = _own_text(page) if page is not None else ""
    # 「某某报告_政务公开_某某人民政府」
    return re.split(r"\s*[_|]\s*|\s+-+\s+|--", text)[0].strip()


def _drop_outside(root: etree._Element) -> None:
    for element in list(root.iter()):
        outside = element.tag in _OUTSIDE or _HIDDEN.search(element.get("style") or "")
        if outside and element.getparent() is not None:
            element.drop_tree()


def _article(root: etree._Element) -> etree._Element:
    """The smallest element that holds `_MOST` of the prose."""
    body = root.find("body")
    element = body if body is not None else root
    prose: dict[etree._Element, int] = {}
    for one in reversed(list(element.iter())):
        prose[one] = prose.get(one, 0) + _prose(one.text)
        parent = one.getparent()
        if parent is not None:
            # A link's words are a menu's, unless it stands inside a sentence, and then they hardly matter.
            own = 0 if one.tag == "a" else prose[one]
            prose[parent] = prose.get(parent, 0) + own + _prose(one.tail)
    whole = prose.get(element, 0)
    while True:
        inner = next((child for child in element if whole and prose.get(child, 0) >= _MOST * whole), None)
        if inner is None or inner.tag in ("p", "span", "tr", "tbody", "font"):
            return element
        element = inner


def _prose(text: str | None) -> int:
    """Characters that belong to sentences: menus have neither commas nor full stops."""
    stripped = (text or "").strip()
    return len(stripped) if len(stripped) > 25 or re.search("[，。；：、]", stripped) else 0


def _lines(article: etree._Element) -> Iterator[str]:
    """The article's paragraphs; a table's row is a line with its cells apart by tabs."""
    words: list[str] = []
    _collect(article, words, 0)
    for line in "".join(words).split("\n"):
        line = re.sub(r"[ \u00a0\u3000\u200b\ufeff]+", " ", line).strip()
        line = re.sub(r" ?\t[ \t]*", "\t", line).strip("\t")
        # 「二、 存在的问题」: a space between Chinese characters is the page's layout, not the report's.
        if line:
            yield line


def _collect(element: etree._Element, words: list[str], depth: int, row: bool = False) -> None:
    if not isinstance(element.tag, str) or depth > _DEEPEST:
        return
    tag = element.tag
    if tag == "br":
        words.append(" " if row else "\n")
    block = tag in _BLOCKS and not (row and tag != "tr")
    if block:
        words.append("\n")
    if tag in ("td", "th"):
        # A table with long cells arranges the page.
        row = len(_own_text(element)) < 200
        if not row:
            words.append("\n")
    words.append(re.sub(r"\s+", " ", element.text or ""))
    for child in element:
        _collect(child, words, depth + 1, row)
        words.append(re.sub(r"\s+", " ", child.tail or "") if tag != "tr" else "")
    if tag in ("td", "th"):
        words.append("\t")
    if block:
        words.append("\n")


def _own_text(element: etree._Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u3000\u00a0]+", "", text)
