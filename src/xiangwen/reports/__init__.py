"""Files to reports: the exact text of each file and what it says about where and when it was written."""

from xiangwen.reports.metadata import Metadata, read_metadata
from xiangwen.reports.reading import (
    Collection,
    Report,
    SkippedFile,
    UnreadableFile,
    decode,
    read_folder,
    read_report,
)

__all__ = [
    "Collection",
    "Metadata",
    "Report",
    "SkippedFile",
    "UnreadableFile",
    "decode",
    "read_folder",
    "read_metadata",
    "read_report",
]
