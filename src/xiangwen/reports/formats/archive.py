"""A .zip of reports: its members one after the other, their Chinese names decoded, nothing unpacked onto the disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from xiangwen.reports.formats.container import open_zip, read_part
from xiangwen.reports.report import UnreadableFile

MOST_MEMBERS = 5_000
"""Files in an archive, those of archives in it counted; a province has fewer townships."""
_LARGEST_IN_ALL = 1_000_000_000
"""Bytes of all members together, unpacked."""
_TOO_MUCH = "压缩文件里内容过多，其余未读取。 The archive holds too much: the rest was left out."


@dataclass
class _Room:
    """How much more an archive may hold, archives in it counted."""

    members: int
    bytes: int


def members(data: bytes, outer: _Room | None = None) -> Iterator[tuple[str, bytes | UnreadableFile]]:
    """Name and bytes of every file in the archive, one nested archive deep; hidden ones are left out.

    Args:
        data: the archive.
        outer: what the archive that this one stands in has room for.

    Raises:
        UnreadableFile: if it is damaged or holds too many files, those of archives in it counted too.
    """
    room = outer or _Room(MOST_MEMBERS, _LARGEST_IN_ALL)
    with open_zip(data) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        room.members -= len(infos)
        if room.members < 0:
            raise UnreadableFile(
                f"压缩文件里超过 {MOST_MEMBERS} 个文件，请拆分。 More than {MOST_MEMBERS} files in it: split it."
            )
        for info in infos:
            name = member_name(info)
            parts = PurePosixPath(name).parts
            if any(part.startswith(".") or part == "__MACOSX" for part in parts):
                continue
            try:
                unpacked = read_part(archive, info)
            except UnreadableFile as error:
                yield name, error
                continue
            room.bytes -= len(unpacked)
            if room.bytes < 0:
                yield name, UnreadableFile(_TOO_MUCH)
                return
            if not name.lower().endswith(".zip"):
                yield name, unpacked
            elif outer is not None:
                yield (
                    name,
                    UnreadableFile(
                        "压缩文件套了多层，请解开后重试。 Archives within archives within archives: unpack them."
                    ),
                )
            else:
                try:
                    for inner, content in members(unpacked, room):
                        yield f"{name}/{inner}", content
                except UnreadableFile as error:
                    yield name, error


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name as its author wrote it, without steps that lead out of the archive.

    Windows in China writes names in GBK without saying so, and the zip format then takes them for code page 437.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "?"
