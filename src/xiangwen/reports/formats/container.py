"""Zip files read with limits: a file of a few kilobytes may not unfold into gigabytes."""

from __future__ import annotations

import io
import zipfile
import zlib

from xiangwen.reports.report import UnreadableFile

LARGEST_PART = 100_000_000
"""Bytes of one file in a zip, unpacked: a scanned report at 300 dpi has a tenth of that."""
_HIGHEST_RATIO = 200
"""XML and text shrink to a twentieth; deflate cannot exceed 1032, and only emptiness comes near it."""
_RATIO_FROM = 1_000_000
"""Bytes below which the ratio does not matter."""
_DAMAGED = "文件已损坏，请重新下载或另存。 The file is damaged: download it or save it again."
_BOMB = "压缩内容过大，未解压。 It unpacks to far more than a report: left alone."


def open_zip(data: bytes) -> zipfile.ZipFile:
    """A zip file in memory; nothing is ever unpacked onto the disk.

    Raises:
        UnreadableFile: if it is damaged.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, OverflowError) as error:
        raise UnreadableFile(_DAMAGED) from error


def read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int = LARGEST_PART) -> bytes:
    """The bytes of one file in a zip.

    Raises:
        UnreadableFile: if it is encrypted, damaged, or unpacks to more than ``limit`` bytes or far more than it weighs.
    """
    if part.flag_bits & 0x1:
        raise UnreadableFile("压缩文件有密码，请解除后重试。 It is protected by a password: remove it and try again.")
    try:
        with archive.open(part) as unpacked:
            # The size in the directory may lie, so that what comes out is counted.
            data = unpacked.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if len(data) > limit or (len(data) > _RATIO_FROM and len(data) > _HIGHEST_RATIO * max(1, part.compress_size)):
        raise UnreadableFile(_BOMB)
    return data
