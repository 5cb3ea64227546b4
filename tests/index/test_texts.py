"""A report that an index gives back is the report that was read: text, metadata and pages."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from xiangwen.index.storage import report_fields
from xiangwen.index.texts import StoredReport, Texts, outline_bytes
from xiangwen.reports import read_folder
from xiangwen.segmentation.sections import outline


def test_nothing_of_a_report_is_lost_in_the_store(seeds: Path, tmp_path: Path) -> None:
    # As if each began on the second page of its file and turned to a third.
    reports = [replace(r, pages=(0, 0, len(r.text) // 2)) for r in read_folder(seeds).reports]
    Texts.write(tmp_path, (r.text for r in reports), [outline_bytes(outline(r.text)) for r in reports])
    rows = [json.loads(json.dumps({k: v for k, v in asdict(r).items() if k != "text"})) for r in reports]
    texts = Texts.open(tmp_path)
    stored = [StoredReport.of(report_fields(row), texts, number) for number, row in enumerate(rows)]
    assert stored == reports
    assert {*stored} == {*reports}
    assert [asdict(r) for r in stored] == [asdict(r) for r in reports]
    assert [(r.page_at(0), r.page_at(len(r.text))) for r in stored] == [(2, 3)] * len(reports)
    assert [r.outline for r in stored] == [outline(r.text) for r in reports]
