"""The endpoint /ledger, in the JSON of the command line, and the workbooks of what the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiangwen.exports.assessment import AssessRequest, assess, assessment_of
from xiangwen.exports.assessment_xlsx import assessment_to_xlsx
from xiangwen.exports.contract import (
    DiscrepancyJson,
    LedgerCellJson,
    PreScoreJson,
    cell_json,
    discrepancy_json,
    pre_score_json,
)
from xiangwen.exports.ledger import ledger_to_xlsx
from xiangwen.exports.ledger_checks import checks
from xiangwen.exports.ledger_corrections import CorrectionRequest, take_down
from xiangwen.exports.ledger_rows import LedgerRequest, ledger_cells
from xiangwen.web.endpoints import assistant_of
from xiangwen.web.problems import RequestProblem

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.web.opening import Opening


class LedgerEndpoints:
    """Functions for programs, whichever way they ask; what they raise is among `problems.PROBLEMS`."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def ledger(self, request: LedgerRequest) -> list[LedgerCellJson]:
        """The chosen cells."""
        return [cell_json(line) for line in ledger_cells(self._index(), request)]

    def checks(self, request: LedgerRequest) -> list[DiscrepancyJson]:
        """Numbers of these cells that do not agree: kind, the question to ask, and the cells with their quotes."""
        return [discrepancy_json(found) for found in checks(self._index(), request)]

    def assess(self, request: AssessRequest) -> list[PreScoreJson]:
        """The chosen reports scored by the items of an assessment."""
        index = self._index()
        assessment = assessment_of(request.assessment, request.name, index)
        return [pre_score_json(assessment, scored) for scored in assess(index, assessment, request)]

    def assessment_workbook(self, request: AssessRequest) -> bytes:
        """The same as an Excel file, as the command line writes it."""
        index = self._index()
        assessment = assessment_of(request.assessment, request.name, index)
        return assessment_to_xlsx(assessment, list(assess(index, assessment, request)))

    def workbook(self, request: LedgerRequest) -> bytes:
        """An Excel file of the chosen reports, in their order, by indicators."""
        return ledger_to_xlsx(self._index(), request)

    def correct(self, request: CorrectionRequest) -> None:
        """Take down what somebody says of a cell."""
        try:
            take_down(self._index(), self._opening.index_dir, request)
        except OSError as error:
            raise RequestProblem("更正无法保存，请告诉管理员。 The correction could not be kept.", 507) from error

    def _index(self) -> Store:
        """The index, once it is open; the ledger is kept in the index folder alone."""
        index = assistant_of(self._opening).index
        if not index.ledger.indicators:
            raise RequestProblem("这个索引没有台账，请用 xiangwen build 建立。 This index keeps no ledger.", 404)
        index.take_corrections(self._opening.index_dir)
        return index
