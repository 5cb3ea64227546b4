"""PDF: the text that a page holds, or, where it is only a picture, what text recognition reads in it.

PDFium (BSD and Apache licences, through pypdfium2) gives characters with their boxes; PyMuPDF is under the AGPL, and
pypdf and pdfminer are slower and know fewer of the fonts that WPS writes.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from xiangwen.language.common_forms import share_known
from xiangwen.reports.formats.layout import PageLayout, TextBox, running_text
from xiangwen.reports.formats.ruled_tables import RuledLine
from xiangwen.reports.formats.scan import MOST_SCANNED_PAGES, recognise
from xiangwen.reports.report import Extraction, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_PAGES = 1000
"""A file with more is no report, nor a dozen of them."""
_MOST_CHARACTERS = 100_000
"""On one page; a full one has 2,000."""
_FEWEST_CHARACTERS = 15
"""A page with fewer is looked at as a picture: a scan may carry a page number or a stamp as text."""
_FEW_SHAPES = 20
"""A title alone has more, where its characters are drawn as shapes."""
_MOST_SHAPES, _MOST_SEGMENTS = 5_000, 500
"""Shapes of a page and straight lines of a shape that are looked at; a table has a few hundred lines."""
_THIN = 3.0
"""Points; the lines of a table are drawn as shapes of half a point."""
_STRANGE = 1 / 3
"""Share of characters that no text has, from which on a page is not read rightly."""
_READ_RIGHTLY = 0.5
"""Share of known characters in a page's Chinese text; between the .9 of a report and the .3 of a wrong map."""
_MOSTLY = 0.8
"""Share of Latin letters and signs in a page that may be nothing but a wrong map of them."""
_OF_ENGLISH = 0.35
"""Share of digits and of the ten commonest letters but l and h; English text has two thirds."""
_DPI = 190
"""Dots an inch of a page drawn for text recognition."""
_MOST_PIXELS = 2600
"""A page's longest side as it is drawn for text recognition: a poster is drawn coarser."""


def extract_pdf(data: bytes, pulse: Callable[[], None]) -> Extraction:
    """The text of a PDF with the offset of each page.

    Args:
        data: the file.
        pulse: called after each page.

    Raises:
        UnreadableFile: if it is encrypted, damaged or has too many pages, or is a scan and text recognition is not
            installed.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableFile(
                "PDF 有密码，请解除后重试。 The PDF is protected by a password: remove it and try again."
            ) from error
        raise UnreadableFile(
            "PDF 已损坏，请重新导出或下载。 The PDF is damaged: export or download it again."
        ) from error
    with document:
        if len(document) > MOST_PAGES:
            raise UnreadableFile(
                f"PDF 超过 {MOST_PAGES} 页，请拆分后重试。 The PDF has more than {MOST_PAGES} pages: split it."
            )
        pages: list[PageLayout] = []
        scanned = 0
        for number in range(len(document)):
            page = _page(document, number)
            if page is None:
                scanned += 1
                if scanned > MOST_SCANNED_PAGES:
                    raise UnreadableFile(
                        f"扫描页超过 {MOST_SCANNED_PAGES} 页，请拆分后重试。 "
                        f"The PDF has more than {MOST_SCANNED_PAGES} scanned pages: split it."
                    )
                page = _recognised(document, number)
            pages.append(page)
            pulse()
    return running_text(pages)


def _page(document: pypdfium2.PdfDocument, number: int) -> PageLayout | None:
    """The characters of a page; None where it has to be read as a picture."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return PageLayout(1, 1, ())  # the others may still be whole
    width, height = page.get_size()
    pieces = tuple(_characters(page, height))
    if len(pieces) < _FEWEST_CHARACTERS and _is_drawn(page):
        return None
    if is_garbage("".join(piece.text for piece in pieces)):
        return None
    return PageLayout(width, height, pieces, tuple(_rules(page, height)))


def _is_drawn(page: pypdfium2.PdfPage) -> bool:
    """Whether a page shows a picture, or characters as shapes; the lines of a table are neither."""
    shapes = 0
    for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH], max_depth=2):
        left, bottom, right, top = shape.get_bounds()
        thin = right - left <= _THIN or top - bottom <= _THIN
        shapes += not thin
        if shape.type == pdfium.FPDF_PAGEOBJ_IMAGE or shapes > _FEW_SHAPES:
            return True
    return False


def _rules(page: pypdfium2.PdfPage, height: float) -> Iterator[RuledLine]:
    """Straight lines drawn on a page: thin shapes, and the edges of the others."""
    for number, shape in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if number >= _MOST_SHAPES:
            return
        left, bottom, right, top = shape.get_bounds()
        if right - left <= _THIN or top - bottom <= _THIN:
            yield RuledLine(left, height - top, right, height - bottom)
            continue
        matrix = shape.get_matrix()
        before: tuple[float, float] | None = None
        first: tuple[float, float] | None = None
        for index in range(min(pdfium.FPDFPath_CountSegments(shape.raw), _MOST_SEGMENTS)):
            segment = pdfium.FPDFPath_GetPathSegment(shape.raw, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            here = matrix.on_point(x.value, y.value)
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO or before is None:
                first = here
            else:
                yield _between(before, here, height)
            if pdfium.FPDFPathSegment_GetClose(segment) and first is not None:
                yield _between(here, first, height)
            before = here


def _between(one: tuple[float, float], other: tuple[float, float], height: float) -> RuledLine:
    (x, y), (x1, y1) = one, other
    return RuledLine(min(x, x1), height - max(y, y1), max(x, x1), height - min(y, y1))


def is_garbage(text: str) -> bool:
    """Whether a page's characters are not those that it shows: its font has no map from its shapes to them."""
    strange = sum(unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs") or c == "\ufffd" for c in text)
    if strange > _STRANGE * len(text):
        return True
    share = share_known(text)
    if share is not None and share < _READ_RIGHTLY:
        return True
    # Shapes numbered from one on come out as Latin letters and signs in no order.
    latin = re.findall("[\x21-\x7e\xa1-\u024f]", text)
    words = len(re.findall("[aeiounrst0-9]", "".join(latin).lower()))
    return len(latin) > _MOSTLY * len(text) and words < _OF_ENGLISH * len(latin)


def _characters(page: pypdfium2.PdfPage, height: float) -> list[TextBox]:
    """All characters but white space, which the gaps between boxes show better than the file."""
    text = page.get_textpage()
    box = pdfium.FS_RECTF()
    pieces: list[TextBox] = []
    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code <= 0xDFFF or code in (0, 0xFFFE, 0xFFFF, 0xAD, 0x200B, 0x02) or chr(code).isspace():
            continue
        # The loose box is as high as the font and as wide as the advance, whatever the character.
        if pdfium.FPDFText_GetLooseCharBox(text, index, box) and box.top > box.bottom:
            pieces.append(TextBox(chr(code), box.left, height - box.top, box.right, height - box.bottom))
    return pieces


def _recognised(document: pypdfium2.PdfDocument, number: int) -> PageLayout:
    page = document[number]
    scale = min(_DPI / 72, _MOST_PIXELS / max(*page.get_size(), 1))
    return recognise(page.render(scale=scale).to_pil())
