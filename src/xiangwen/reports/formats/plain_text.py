"""Plain text files: bytes to exact text in the encodings that offices use."""

from __future__ import annotations

import codecs
import re
import unicodedata

from xiangwen.language.common_forms import share_known
from xiangwen.reports.report import Extraction, UnreadableFile

_CONTROL = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
"""All but white space, the end of a DOS file, zero bytes, and U+0085, a line end of mainframes."""
_READ_RIGHTLY = 0.5
"""Share of known characters; between the .9 of Chinese text and the .3 of bytes taken for another encoding."""
_SAMPLE = 4_096
"""Bytes from the start of a file by which its encoding is guessed."""
_STRANGE = 1_000
"""Characters for each one that no prose has: bullets of Word are private characters."""
_FOREIGN = (
    ("cp932", "Shift-JIS", "日文", re.compile("[\u3040-\u30ff]")),
    ("euc_jp", "EUC-JP", "日文", re.compile("[\u3040-\u30ff]")),
    ("cp949", "EUC-KR", "韩文", re.compile("[\uac00-\ud7a3]")),
)
_OF_ITS_LETTERS = 0.2
"""Share of kana or hangul that only Japanese or Korean text has."""


def extract_plain_text(data: bytes) -> Extraction:
    """A .txt file: its decoded text as it is; of one that breaks off within a character all but that one.

    Raises:
        UnreadableFile: if the bytes are no text in any encoding that `decode` knows.
    """
    text, left = _decode(data)
    told = (
        f"文件在一个字的中间断了，末尾 {left} 个字节没有读。 It breaks off within a character: {left} bytes left out."
    )
    return Extraction(text, notice=told if left else "")


def decode(data: bytes) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16 (likewise), GB18030 or Big5; newlines become ``\\n``.

    Raises:
        UnreadableFile: if the bytes are no text in any of these encodings, or break off within a character.
    """
    text, left = _decode(data)
    if left:
        raise UnreadableFile(
            "文件在一个字的中间断了，请重新保存。 The file breaks off within a character: save it again."
        )
    return text


def _decode(data: bytes) -> tuple[str, int]:
    """The text with plain newlines, and how many bytes at its end are the beginning of a character."""
    text, left = _decode_bytes(data)
    if _CONTROL.search(text):
        raise UnreadableFile("不是文本文件（含有控制字符） This is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), left


def _decode_bytes(data: bytes) -> tuple[str, int]:
    if data.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in data[:_SAMPLE]:
        # Zero bytes alone do not show which half is high: 「一」 and the full-width space have a zero in the low one.
        candidates = sorted(("utf-16-le", "utf-16-be"), key=lambda encoding: _chinese(data, encoding), reverse=True)
    else:
        candidates = ["utf-8"]
    for encoding in candidates:
        text, left = _decoded(data, encoding)
        # Text of another encoding is hardly ever valid UTF-8, so odd characters in it are the author's own: Word's
        # bullets are private characters.
        if text is not None and (encoding.startswith("utf-8") or _is_prose(text)):
            return text, left
    found = _double_bytes(data) if candidates == ["utf-8"] else None
    if found is not None:
        return found
    raise UnreadableFile(
        "编码无法识别，请另存为 UTF-8 或 GB18030 文本。 Unknown encoding: save the file as UTF-8 or GB18030 text."
    )


def _decoded(data: bytes, encoding: str) -> tuple[str | None, int]:
    """The text, None if it is none, and how many bytes at its end are the beginning of a character."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None, 0
    left = len(decoder.getstate()[0])
    # A lone character at the end of plain ASCII may be of any encoding.
    return (None, 0) if left and text.isascii() else (text, left)


def _double_bytes(data: bytes) -> tuple[str, int] | None:
    """Text in an encoding of two bytes a character: nearly all bytes are valid in several of them, so its characters
    tell which it is. charset-normalizer takes a sentence in GB18030 for Korean.

    Raises:
        UnreadableFile: if it is Japanese or Korean.
    """
    chinese, left = _decoded(data, "gb18030")
    share = share_known(chinese) if chinese is not None else 0.0
    if chinese is not None and _is_prose(chinese) and (share is None or share >= _READ_RIGHTLY):
        return chinese, left
    traditional, left = _decoded(data, "big5hkscs")
    if traditional is not None and (share_known(traditional) or 0.0) >= _READ_RIGHTLY:
        return traditional, left
    for encoding, name, language, letters in _FOREIGN:
        foreign, _ = _decoded(data, encoding)
        if foreign is not None and len(letters.findall(foreign)) > _OF_ITS_LETTERS * len(foreign):
            raise UnreadableFile(
                f"是 {name} 编码的{language}文本，未读取。 It is text in {name}, not Chinese: left out."
            )
    return None


def _chinese(data: bytes, encoding: str) -> int:
    """How many of the first 2,048 characters would be what a Chinese report consists of."""
    sample = data[:_SAMPLE].decode(encoding, "replace")
    return sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or c in "\n\r 0123456789" for c in sample)


def _is_prose(text: str) -> bool:
    """False for mojibake: wrong decodings are full of unassigned, private or replacement characters."""
    bad = sum(unicodedata.category(c) in ("Cn", "Co", "Cs") or c in "\ufffd\x00" for c in text)
    return bad <= len(text) // _STRANGE
