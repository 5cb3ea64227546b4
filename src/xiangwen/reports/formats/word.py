"""Word's .docx (and .docm, whose macros are never looked at): paragraphs, generated numbers, tables, text boxes.

The exact text has a line for each paragraph and for each table row, cells apart by a tab, raised digits as such (³).
Headers, footers, deleted and hidden text are left out, footnotes stand at the end. python-docx, docx2python and mammoth
do not count the Chinese number formats (「一、」「（一）」), so the XML is read here, with lxml.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from xiangwen.language.common_forms import superscript
from xiangwen.reports.formats.container import open_zip, read_part
from xiangwen.reports.formats.word_numbering import Numbering, W
from xiangwen.reports.report import Extraction, UnreadableFile

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_LARGEST_XML = 50_000_000
"""Bytes of one part of a document; pictures are parts of their own."""
_DEEPEST = 40
"""Tables in tables, text boxes in text boxes."""
_CELL_LINE = 200
"""Characters; a table with longer cells arranges the page, and its cells are read as paragraphs."""
_MOST_COLUMNS = 63
"""Word's own limit."""
# Deleted and moved-away text, properties, the fallback for old versions, phonetic guides above a word, comments.
_LEFT_OUT = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{_CHOICE}Fallback", f"{W}rt", f"{W}instrText"}
)
_ENTITIES = "文件含有 Word 不会写入的外部引用，为安全未读取。 It holds entities that Word never writes: left alone."
_DAMAGED = "Word 文件已损坏，请重新另存为 .docx。 The Word file is damaged: save it again as .docx."


def extract_word(data: bytes) -> Extraction:
    """The text of a .docx or .docm file.

    Raises:
        UnreadableFile: if it is damaged, no Word document, or holds entities, which Word never writes.
    """
    with open_zip(data) as archive:
        document = _part(archive, "word/document.xml")
        body = document.find(f"{W}body") if document is not None else None
        if body is None:
            raise UnreadableFile(_DAMAGED)
        styles = _part(archive, "word/styles.xml")
        text = _BlockReader(Numbering(_part(archive, "word/numbering.xml"), styles), _raised_styles(styles))
        lines = list(text.blocks(body))
        if text.notes:
            for name in ("footnotes", "endnotes"):
                notes = _part(archive, f"word/{name}.xml")
                lines += _notes(notes, text, name[:-1]) if notes is not None else []
    return Extraction("\n".join(lines) + "\n" if lines else "")


def _part(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    """The root of an XML part; None where there is no such part."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    data = read_part(archive, info, _LARGEST_XML).replace(_STRICT, _TRANSITIONAL)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    if b"<!DOCTYPE" in data:
        raise UnreadableFile(_ENTITIES)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if root.getroottree().docinfo.doctype:  # in UTF-16, say
        raise UnreadableFile(_ENTITIES)
    return root


def _raised_styles(styles: etree._Element | None) -> frozenset[str]:
    found = styles.iterfind(f"{W}style/{W}rPr/{W}vertAlign[@{W}val='superscript']") if styles is not None else ()
    return frozenset(align.getparent().getparent().get(f"{W}styleId", "") for align in found)


def _notes(root: etree._Element, text: _BlockReader, kind: str) -> Iterator[str]:
    """The notes that the text refers to, in its order."""
    notes = {note.get(f"{W}id"): note for note in root.iterfind(f"{W}{kind}")}
    for of_kind, number in list(text.notes):
        if of_kind == kind and number in notes:
            yield from text.blocks(notes[number])


@dataclass
class _BlockReader:
    """Reads blocks of a document in reading order; ``notes`` collects the (kind, id) of notes referred to."""

    numbering: Numbering
    raised: frozenset[str] = frozenset()
    """The styles that set characters above the line."""
    notes: list[tuple[str, str]] = field(default_factory=list)

    def blocks(self, parent: Iterable[etree._Element], depth: int = 0) -> Iterator[str]:
        """The lines of all paragraphs and tables directly in ``parent`` or in wrappers around them."""
        if depth > _DEEPEST:
            raise UnreadableFile(_DAMAGED)
        for element in parent:
            if element.tag == f"{W}p":
                yield from self.paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                yield from self.table(element, depth)
            elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
                yield from self.blocks(element, depth + 1)

    def paragraph(self, paragraph: etree._Element, depth: int) -> Iterator[str]:
        """A paragraph's lines with its number in front, then those of the text boxes anchored in it."""
        words: list[str] = []
        boxes: list[etree._Element] = []
        self._inline(paragraph, words, boxes)
        lines = [line.strip() for line in re.sub(r"[\x00-\x08\x0b-\x1f]", "", "".join(words)).split("\n")]
        # An empty paragraph in a list is shown without its number and not counted.
        label = self.numbering.label(paragraph) if any(lines) else ""
        for line in filter(None, lines):
            yield label + line
            label = ""
        for box in boxes:
            yield from self.blocks(box, depth + 1)

    def _inline(self, parent: etree._Element, words: list[str], boxes: list[etree._Element], depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise UnreadableFile(_DAMAGED)
        for element in parent:
            tag = element.tag
            if not isinstance(tag, str) or tag in _LEFT_OUT:
                continue
            if tag in (f"{W}t", _MATH_TEXT):
                said = (element.text or "").replace("\n", " ")
                words.append(superscript(said) if tag == f"{W}t" and self._is_raised(parent) else said)
            elif tag == f"{W}tab":
                words.append("\t")
            elif tag in (f"{W}br", f"{W}cr"):
                words.append("\n")
            elif tag == f"{W}noBreakHyphen":
                words.append("-")
            elif tag == f"{W}txbxContent":
                boxes.append(element)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self.notes.append((tag.removeprefix(W).removesuffix("Reference"), element.get(f"{W}id", "")))
            elif tag != f"{W}r" or not _is_hidden(element):
                self._inline(element, words, boxes, depth + 1)

    def _is_raised(self, run: etree._Element) -> bool:
        """Whether a run is set above the line, by itself or by its style: a note mark."""
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        own, style = properties.find(f"{W}vertAlign"), properties.find(f"{W}rStyle")
        if own is not None:
            return bool(own.get(f"{W}val") == "superscript")
        return style is not None and style.get(f"{W}val") in self.raised

    def table(self, table: etree._Element, depth: int) -> Iterator[str]:
        """A line for each row; a table that arranges the page gives the lines of its cells one after the other.

        A merged cell's words stand in every row and column that it covers; a table in a cell comes below the row.
        """
        rows = [row for row in table.iter(f"{W}tr") if _owner(row, f"{W}tbl") is table]
        cells = [
            [self._cell(cell, depth) for cell in row.iter(f"{W}tc") if _owner(cell, f"{W}tr") is row] for row in rows
        ]
        if _arranges(cells):
            yield from (line for row in cells for cell in row for line in (*cell.lines, *cell.inner))
            return
        above: list[str] = []
        for element, row in zip(rows, cells, strict=True):
            above = _spread(row, _grid_value(element.find(f"{W}trPr/{W}gridBefore"), 0), above)
            # A title over the whole table stands once.
            line = above[:1] if len(row) == 1 and not row[0].continues else above
            if any(line):
                yield "\t".join(line).rstrip("\t")
            for cell in row:
                yield from cell.inner

    def _cell(self, cell: etree._Element, depth: int) -> _TableCell:
        own: list[str] = []
        inner: list[str] = []
        for element in cell:
            lines = list(self.blocks([element], depth + 1))
            (inner if element.tag == f"{W}tbl" else own).extend(lines)
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        return _TableCell(
            own,
            inner,
            _grid_value(cell.find(f"{W}tcPr/{W}gridSpan"), 1),
            merge is not None and merge.get(f"{W}val") != "restart",
        )


@dataclass(frozen=True)
class _TableCell:
    """One cell of a table."""

    lines: list[str]
    inner: list[str]
    """The lines of the tables in it."""
    columns: int
    """How many it covers."""
    continues: bool
    """Whether it is merged with the one above."""


def _arranges(rows: list[list[_TableCell]]) -> bool:
    """Whether a table arranges the page: a cell alone in its row has several lines, or a line is long."""
    return any(len(row) == 1 and len(row[0].lines) > 1 for row in rows) or any(
        len(line) > _CELL_LINE for row in rows for cell in row for line in cell.lines
    )


def _spread(row: list[_TableCell], before: int, above: list[str]) -> list[str]:
    """The words of each column of a row.

    Args:
        row: its cells.
        before: how many columns it leaves out at its start.
        above: the columns of the row above, whose words a merged cell goes on with.
    """
    line = [""] * before
    for cell in row:
        words = " ".join(cell.lines)
        if cell.continues and not words and len(line) < len(above):
            words = above[len(line)]
        line += [words] * cell.columns
    return line


def _grid_value(element: etree._Element | None, otherwise: int) -> int:
    """A count of columns, within reason: a file may say anything."""
    value = element.get(f"{W}val", "") if element is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else otherwise


def _owner(element: etree._Element, tag: str) -> etree._Element | None:
    return next(element.iterancestors(tag), None)


def _is_hidden(run: etree._Element) -> bool:
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(f"{W}val") not in ("0", "false", "off")
