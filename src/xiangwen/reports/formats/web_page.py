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

from xiangwen.language.common_forms import superscript
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
_SHOWN = re.compile(r"display\s*:", re.I)
_MEDIA = re.compile(r"@[^{}]{0,200}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]{1,1000})\{([^{}]*)\}")
_LONGEST_SHEET = 100_000
"""Characters of a style sheet that are read: patterns take longer than their length."""
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "h1"}
    | {"h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "tfoot"}
    | {"thead", "tr", "ul"}
)
_CHARSET_WITHIN = 8_192
"""Bytes from the start of a page in which its encoding is named."""
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_SOURCE_LINE = re.compile(
    "(?<=[\u2e80-\u9fff\u3001-\u3017\uff01-\uff60”])[ \\t]*\\n\\s*(?=[\u2e80-\u9fff\uff01-\uff60“])"
)
_LONGEST_FIELD = 300
"""Characters of an element that names a field, and of a value."""
_SHORTEST_TITLE = 7
"""Characters; a shorter heading is a section of the site."""
_TITLE_LINES = 4
"""Lines at the start of an article in which its title stands, if it does."""
_SHORTEST_PROSE = 26
"""Characters of a text without a comma that is no entry of a menu."""
_MOST = 0.8
"""Share of the page's prose that the article holds at least."""
_DEEPEST = 200
"""Elements in elements; a page with more is broken."""
_LONGEST_CELL = 200
"""Characters; a table with longer cells arranges the page."""
_MOST_COLUMNS = 100
"""Columns of a table, whatever its cells say that they span."""
_CELL = "\x1f"
"""Parts the cells of a row until its line is made."""


def extract_web_page(data: bytes) -> Extraction:
    """The article of an .html page and its header fields.

    Raises:
        UnreadableFile: if it is no text or holds none.
    """
    root = _parse(_decode(data))
    for raised in root.iter("sup"):
        for element in raised.iter():
            element.text = superscript(element.text or "")
    fields = dict(_fields(root))
    title = _title(root, fields)
    _drop_outside(root, _hiding(root))
    lines = list(_lines(_article(root)))
    # The lines of the header table are fields already.
    if title and not any(
        _squeezed(title) in _squeezed("".join(lines[i : i + _TITLE_LINES]))
        for i in range(min(_TITLE_LINES, len(lines)))
    ):
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
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
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
    for name, value in (*_fields_in_cells(root), *_fields_in_meta(root)):
        if name not in seen and value:
            seen.add(name)
            yield name, value[:_LONGEST_FIELD]


def _fields_in_cells(root: etree._Element) -> Iterator[tuple[str, str]]:
    for cell in root.iter("td", "th", "li", "dt", "span", "p", "div", "strong", "b", "em", "label"):
        text = _own_text(cell)
        if not text or len(text) > _LONGEST_FIELD:
            continue
        name, _, value = re.sub(r"[【】\[\]]", " ", text).partition("：" if "：" in text else ":")
        name = _squeezed(name)
        if name in FIELDS:
            value = value.strip() or _value_behind(cell)
            if _squeezed(value).rstrip("：:") not in FIELDS:  # the next field's name, where this one is empty
                yield name, value


def _value_behind(cell: etree._Element) -> str:
    """What stands behind the element that names a field: in the next cell, or as text before it."""
    if tail := (cell.tail or "").strip():
        return tail
    following = cell.getnext()
    if following is None and cell.tag in ("strong", "b", "em", "span", "label"):
        # 「<td><b>索引号</b></td><td>…</td>」 and 「<li><b>索引号：</b>…</li>」
        parent = cell.getparent()
        following = parent.getnext() if parent is not None else None
    return _own_text(following) if following is not None else ""


def _fields_in_meta(root: etree._Element) -> Iterator[tuple[str, str]]:
    for meta in root.iter("meta"):
        if name := _META_FIELDS.get(meta.get("name") or ""):
            yield name, (meta.get("content") or "").strip()


def _title(root: etree._Element, fields: dict[str, str]) -> str:
    """The article's title, which most sites put above the article's own element."""
    headings = [_own_text(h) for h in root.iter("h1")]
    for title in (fields.get("标题"), *headings):
        if title and len(title) >= _SHORTEST_TITLE:
            return title
    page = root.find(".//title")
    text = _own_text(page) if page is not None else ""
    # 「某某报告_政务公开_某某人民政府」
    return re.split(r"\s*[_|]\s*|\s+-+\s+|--", text)[0].strip()


def _hiding(root: etree._Element) -> frozenset[str]:
    """The classes (「.name」) and ids (「#name」) that the page's own style sheets hide, whatever the medium."""
    sheets = "".join(style.text_content() for style in root.iter("style"))
    sheets = _COMMENT.sub("", _MEDIA.sub("", sheets[:_LONGEST_SHEET]))
    hidden: set[str] = set()
    for selectors, rules in _RULE.findall(sheets):
        if _HIDDEN.search(rules):
            hidden.update(s for s in map(str.strip, selectors.split(",")) if re.fullmatch(r"[.#][\w-]+", s))
    return frozenset(hidden)


def _is_hidden(element: etree._Element, hiding: frozenset[str]) -> bool:
    style = element.get("style") or ""
    if _HIDDEN.search(style) or element.get("hidden") is not None:
        return True
    if not hiding or _SHOWN.search(style):
        return False
    names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    return bool(names & hiding)


def _drop_outside(root: etree._Element, hiding: frozenset[str]) -> None:
    for element in list(root.iter()):
        outside = element.tag in _OUTSIDE or _is_hidden(element, hiding)
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
    return len(stripped) if len(stripped) >= _SHORTEST_PROSE or re.search("[，。；：、]", stripped) else 0


def _lines(article: etree._Element) -> Iterator[str]:
    """The article's paragraphs; a table's row is a line with its cells apart by tabs."""
    words: list[str] = []
    _collect(article, words, 0)
    for line in "".join(words).split("\n"):
        line = re.sub(r"[ \u00a0\u3000\u200b\ufeff]+", " ", line).strip()
        line = re.sub(r" ?\t[ \t]*", "\t", line).strip("\t")
        if _CELL in line:
            line = re.sub(f" ?{_CELL} ?", "\t", line).rstrip("\t")
        # 「二、 存在的问题」: a space between Chinese characters is the page's layout, not the report's.
        if line:
            yield line


def _collect(element: etree._Element, words: list[str], depth: int, row: bool = False) -> None:
    if not isinstance(element.tag, str) or depth > _DEEPEST:
        return
    tag = element.tag
    if tag == "table" and not row and _is_grid(element):
        words.extend(_grid(element, depth))
        return
    if tag == "br":
        words.append(" " if row else "\n")
    block = tag in _BLOCKS and not (row and tag != "tr")
    if block:
        words.append("\n")
    if tag in ("td", "th"):
        # A table with long cells arranges the page.
        row = len(_own_text(element)) < _LONGEST_CELL
        if not row:
            words.append("\n")
    words.append(_flowed(element.text, tag))
    for child in element:
        _collect(child, words, depth + 1, row)
        words.append(_flowed(child.tail, tag) if tag != "tr" else "")
    if tag in ("td", "th"):
        words.append("\t")
    if block:
        words.append("\n")


def _is_grid(table: etree._Element) -> bool:
    """Whether a table holds a row of short cells, and no table inside."""
    cells = [cell for cell in table.iter("td", "th", "table") if cell is not table]
    return all(cell.tag != "table" and len(_own_text(cell)) < _LONGEST_CELL for cell in cells) and any(
        len(row.findall("td")) + len(row.findall("th")) > 1 for row in table.iter("tr")
    )


def _grid(table: etree._Element, depth: int) -> Iterator[str]:
    """A table's rows on lines of their own; a cell's words stand in all rows and columns that it covers."""
    for caption in table.iter("caption"):
        yield f"\n{_own_text(caption)}\n"
    below: dict[int, tuple[int, str]] = {}  # by column: for how many more rows a cell from above reaches into it
    for row in table.iter("tr"):
        line: list[str] = []
        own = [cell for cell in row if cell.tag in ("td", "th")]
        for cell in own:
            _fill(line, below)
            words: list[str] = []
            _collect(cell, words, depth + 1, row=True)
            said = re.sub(r"[\s\x1f]+", " ", "".join(words)).strip()
            columns, rows = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
            for column in range(len(line), min(len(line) + columns, _MOST_COLUMNS)):
                line.append(said)
                if rows > 1:
                    below[column] = (rows - 1, said)
        _fill(line, below)
        title = len(own) == 1 and len(set(line)) == 1
        if any(line):
            yield "\n" + _CELL.join(line[:1] if title else line) + "\n"


def _fill(line: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Add what cells of the rows above say in the next columns."""
    while (column := len(line)) in below:
        left, said = below.pop(column)
        line.append(said)
        if left > 1:
            below[column] = (left - 1, said)


def _span(value: str | None) -> int:
    return min(int(value), _MOST_COLUMNS) if value and value.isdecimal() and int(value) > 0 else 1


def _flowed(text: str | None, tag: str) -> str:
    """Words as a browser shows them: a line end of the source is a space, but nothing between Chinese characters."""
    if tag == "pre":
        return re.sub(r"[^\S\n]+", " ", text or "")
    return re.sub(r"\s+", " ", _SOURCE_LINE.sub("", text or ""))


def _own_text(element: etree._Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u3000\u00a0]+", "", text)
