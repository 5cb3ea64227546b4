"""File formats: the bytes of a file to its exact text. What a file is, its first bytes tell before its suffix does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from xiangwen.reports.report import Extraction, UnreadableFile

Pulse = Callable[[], None]
"""Called while a long file is read, after each page: whoever waits for it knows that it is at work."""
FormatReader = Callable[[bytes, Pulse], Extraction]


def _plain_text(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.plain_text import extract_plain_text

    return extract_plain_text(data)


def _word(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.word import extract_word

    return extract_word(data)


def _legacy_word(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.legacy_word import extract_legacy_word

    return extract_legacy_word(data)


def _pdf(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.pdf import extract_pdf

    return extract_pdf(data, pulse)


def _image(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.scan import extract_image

    return extract_image(data, pulse)


def _web_page(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.web_page import extract_web_page

    return extract_web_page(data)


def _web_archive(data: bytes, pulse: Pulse) -> Extraction:
    from xiangwen.reports.formats.web_page import extract_web_archive

    return extract_web_archive(data)


# Each reader imports its libraries when it is first used: a folder of plain text loads none of them.
FORMATS: Mapping[str, FormatReader] = {
    ".txt": _plain_text,
    ".md": _plain_text,
    ".docx": _word,
    ".docm": _word,
    ".doc": _legacy_word,
    ".wps": _legacy_word,
    ".rtf": _legacy_word,
    ".pdf": _pdf,
    ".png": _image,
    ".jpg": _image,
    ".jpeg": _image,
    ".tif": _image,
    ".tiff": _image,
    ".bmp": _image,
    ".html": _web_page,
    ".htm": _web_page,
    ".mht": _web_archive,
    ".mhtml": _web_archive,
}
"""How the files of each suffix are read, unless their first bytes say that they are something else."""
ARCHIVE = ".zip"
READABLE = ".txt .md .docx .doc .wps .rtf .pdf .html .mht .png .jpg .tif .zip"
"""For messages; other suffixes of the same formats are read too."""
HEAD = 1024
"""Bytes from the start of a file that `kind` looks at."""

_MAGIC = (
    (b"PK\x03\x04", ".zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
    (b"{\\rtf", ".rtf"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
)
_SHORTEST = 64
"""Bytes; of less than that nobody can tell whether it is text."""
_OFFICE = frozenset({".doc", ".docx", ".docm", ".wps", ".rtf"})


def kind(head: bytes, suffix: str) -> str | None:
    """The suffix whose reader reads the file; None where no reader does.

    Args:
        head: the file's first `HEAD` bytes.
        suffix: of the file's name, in lower case.
    """
    if suffix not in FORMATS and suffix != ARCHIVE:
        return None
    magic = next((found for start, found in _MAGIC if head.startswith(start)), None)
    if magic is None and b"%PDF-" in head:
        magic = ".pdf"
    if magic is None:
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        magic = ".html" if start.startswith((b"<!doctype html", b"<html")) and suffix != ".mht" else None
    if magic == ".zip":
        # A Word document is a zip as well; which of the two shows inside.
        return ".docx" if suffix != ARCHIVE else ARCHIVE
    if magic is None and suffix in _OFFICE and len(head) > _SHORTEST and b"\x00" not in head:
        return ".txt"  # plain text that was given Word's suffix
    return magic or suffix


def extract(data: bytes, suffix: str, pulse: Pulse = lambda: None) -> Extraction:
    """The exact text of a file.

    Args:
        data: the file.
        suffix: of the file's name, in lower case.
        pulse: called after each page that takes time.

    Raises:
        UnreadableFile: if it cannot be read; the message is one plain sentence.
    """
    found = kind(data[:HEAD], suffix)
    if found is None or found == ARCHIVE:
        raise UnreadableFile(not_readable())
    extraction = FORMATS[found](data, pulse) if data else Extraction("")
    if not extraction.text.strip():
        if FORMATS[found] is _plain_text or not data:
            raise UnreadableFile("文件是空的。 The file is empty.")
        raise UnreadableFile("文件里没有文字。 There is no text in the file.")
    return extraction


def not_readable() -> str:
    """The sentence for a file of another format."""
    return f"不是可读的格式（可读：{READABLE}）。 Not a format that is read."


def documents(data: bytes, suffix: str) -> Iterator[tuple[str, str, bytes | UnreadableFile]]:
    """Name, suffix and bytes of each document in a file; the name is empty but for a member of an archive.

    Raises:
        UnreadableFile: if it is a damaged archive.
    """
    if kind(data[:HEAD], suffix) != ARCHIVE:
        yield "", suffix, data
        return
    from xiangwen.reports.formats.archive import members

    for name, content in members(data):
        dot = name.rfind(".")
        yield name, name[dot:].lower() if dot > name.rfind("/") else "", content
