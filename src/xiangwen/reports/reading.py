"""Read report files: bytes to exact text, a folder to a collection in which nothing is lost silently."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xiangwen.reports.metadata import Metadata, read_metadata

# A township report has two to ten thousand characters. A file a thousand times that size is not one, and
# reading it would only exhaust the memory of a small machine.
MAX_BYTES = 10_000_000
SUFFIXES = frozenset({".txt"})


class UnreadableFile(ValueError):
    """A file that is not a report; the message is one plain sentence for the user."""


@dataclass(frozen=True)
class Report:
    """One report: its exact text (newlines as \\n, nothing else changed) and what it says of itself."""

    id: str
    """First 12 hexadecimal digits of the SHA-256 of ``text``: a renamed file keeps its id."""
    file: str
    """Path relative to the reports folder, with forward slashes."""
    sha256: str
    """Of the file's bytes, to notice a change."""
    text: str
    metadata: Metadata

    @property
    def name(self) -> str:
        """What people call it: the township, or the file where the text does not name one."""
        return self.metadata.township or Path(self.file).stem


@dataclass(frozen=True)
class SkippedFile:
    """A file that was left out, and why, in one plain sentence."""

    file: str
    reason: str


@dataclass(frozen=True)
class Collection:
    """All readable reports of a folder in the order of their file names, and the files left out."""

    reports: tuple[Report, ...]
    skipped: tuple[SkippedFile, ...]


def decode(data: bytes) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16 (likewise) or GB18030; newlines become ``\\n``.

    Raises:
        UnreadableFile: if the bytes are no text in any of these encodings.
    """
    text = _decode_bytes(data)
    if any(unicodedata.category(c) == "Cc" and c not in "\n\r\t\f\v\x1a\x00\u200b" for c in text):
        raise UnreadableFile("不是文本文件（含有控制字符） This is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_bytes(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in data[:4096]:
        # Zero bytes alone do not show which half is high: 「一」 and the full-width space have a zero in the low one.
        candidates = sorted(("utf-16-le", "utf-16-be"), key=lambda encoding: _chinese(data, encoding), reverse=True)
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Text of another encoding is hardly ever valid UTF-8, so odd characters in it are the author's own: Word's
        # bullets are private characters.
        if encoding.startswith("utf-8") or _is_prose(text):
            return text
    raise UnreadableFile(
        "编码无法识别，请另存为 UTF-8 或 GB18030 文本。 Unknown encoding: save the file as UTF-8 or GB18030 text."
    )


def _chinese(data: bytes, encoding: str) -> int:
    """How many of the first 2,048 characters would be what a Chinese report consists of."""
    sample = data[:4096].decode(encoding, "replace")
    return sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c in "\n\r 0123456789" for c in sample)


def _is_prose(text: str) -> bool:
    """False for mojibake: wrong decodings are full of unassigned, private or replacement characters."""
    bad = sum(unicodedata.category(c) in ("Cn", "Co", "Cs") or c in "\ufffd\x00" for c in text)
    return bad <= len(text) // 1000


def read_report(path: Path, root: Path) -> Report:
    """Read one file of the folder ``root``.

    Raises:
        UnreadableFile: if it cannot be read, is too large, is empty or is no text.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableFile(
                f"文件过大（{size / 1e6:.0f} MB，上限 {MAX_BYTES / 1e6:.0f} MB）。 The file is too large for a report."
            )
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"无法打开（{error.strerror}）。 The file cannot be opened.") from error
    text = decode(data)
    if not text.strip():
        raise UnreadableFile("文件是空的。 The file is empty.")
    return Report(
        id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12],
        file=path.relative_to(root).as_posix(),
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        metadata=read_metadata(text),
    )


def read_folder(root: Path, on_file: Callable[[int, int], None] | None = None) -> Collection:
    """Read every report below ``root``; what cannot be read, or is there twice, is listed with the reason.

    Args:
        root: the folder.
        on_file: called with (files done, files in all) after each file.

    Raises:
        UnreadableFile: if the folder does not exist or holds no readable report.
    """
    if not root.is_dir():
        raise UnreadableFile(f"找不到报告文件夹 {root}，请检查路径。 No such reports folder: {root}.")
    # A link to nowhere is no file, but the user put it there: it is named among the files left out.
    files = sorted(p for p in root.rglob("*") if (p.is_file() or p.is_symlink()) and not p.name.startswith("."))
    reports: dict[str, Report] = {}
    skipped: list[SkippedFile] = []
    for number, path in enumerate(files, start=1):
        name = path.relative_to(root).as_posix()
        try:
            if path.suffix.lower() not in SUFFIXES:
                raise UnreadableFile("不是 .txt 文件，未读取。 Not a .txt file.")
            report = read_report(path, root)
            if report.id in reports:
                raise UnreadableFile(
                    f"内容与 {reports[report.id].file} 相同，只计一次。 Same text as {reports[report.id].file}."
                )
            reports[report.id] = report
        except UnreadableFile as error:
            skipped.append(SkippedFile(name, str(error)))
        if on_file:
            on_file(number, len(files))
    if not reports:
        raise UnreadableFile(
            f"文件夹 {root} 里没有可读的 .txt 报告，请放入报告后重试。 No readable .txt report there: add some."
        )
    return Collection(tuple(reports.values()), tuple(skipped))
