"""Plain text files: bytes to exact text in the encodings that offices use."""

from __future__ import annotations

import unicodedata

from xiangwen.reports.report import Extraction, UnreadableFile


def extract_plain_text(data: bytes) -> Extraction:
    """A .txt file: its decoded text as it is.

    Raises:
        UnreadableFile: if the bytes are no text in any encoding that `decode` knows.
    """
    return Extraction(decode(data))


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
