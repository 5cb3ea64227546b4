"""Files to reports: the exact text of each file and what it says about where and when it was written."""

from xiangwen.reports.files import check_folder, list_files
from xiangwen.reports.formats import FORMATS
from xiangwen.reports.formats.plain_text import decode
from xiangwen.reports.metadata import Metadata, read_metadata
from xiangwen.reports.overrides import Overrides, read_overrides, write_overrides
from xiangwen.reports.reading import Changes, Known, changes_since, read_file, read_files, read_folder
from xiangwen.reports.report import Collection, Extraction, ReadFile, Report, SkippedFile, UnreadableFile

__all__ = [
    "FORMATS",
    "Changes",
    "Collection",
    "Extraction",
    "Known",
    "Metadata",
    "Overrides",
    "ReadFile",
    "Report",
    "SkippedFile",
    "UnreadableFile",
    "changes_since",
    "check_folder",
    "decode",
    "list_files",
    "read_file",
    "read_files",
    "read_folder",
    "read_metadata",
    "read_overrides",
    "write_overrides",
]
