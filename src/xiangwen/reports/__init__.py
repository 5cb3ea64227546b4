"""Files to reports: the exact text of each file and what it says about where and when it was written.

files             the files of a folder, opened with care
formats           one reader a kind of file: file to exact text
isolation         files taken apart in worker processes, limited in time and memory
extracting        the worker process
reading           a file to its reports, a folder to a collection
report            a report, and a collection of them
several_in_one    several reports in one file
versions          several texts of one report
metadata          issuer, places, year and title of a report
front_matter      title, fields and signature around its body
issuers           whose report it is
places            provinces, cities and counties against the gazetteer
townships         the country's townships and their counties
overrides         what a person wrote in metadata.csv, which counts before it
"""

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
