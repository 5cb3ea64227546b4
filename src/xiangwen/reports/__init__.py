"""Files to reports: the exact text of each file and what it says about where and when it was written."""

from xiangwen.reports.files import check_folder, list_files
from xiangwen.reports.formats import FORMATS
from xiangwen.reports.formats.plain_text import decode
from xiangwen.reports.metadata import Metadata, read_metadata
from xiangwen.reports.overrides import write_overrides
from xiangwen.reports.reading import Changes, changes_since, read_folder
from xiangwen.reports.report import Collection, ReadFile, Report, SkippedFile, UnreadableFile

__all__ = [
    "FORMATS",
    "Changes",
    "Collection",
    "Metadata",
    "ReadFile",
    "Report",
    "SkippedFile",
    "UnreadableFile",
    "changes_since",
    "check_folder",
    "decode",
    "list_files",
    "read_folder",
    "read_metadata",
    "write_overrides",
]
