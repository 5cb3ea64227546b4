"""What the issuers of several reports are called together: 乡镇 where all are townships, else 单位."""

from io import BytesIO

import pytest
from built import assistant_over_texts
from openpyxl import load_workbook

from xiangwen.answers import Answer
from xiangwen.answers.assistant import Assistant
from xiangwen.answers.issuers import OFFICES, TOWNSHIPS, issuers_called
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.exports import to_markdown, to_xlsx
from xiangwen.exports.layout import conclusion
from xiangwen.exports.ledger import ledger_to_xlsx
from xiangwen.exports.ledger_rows import LedgerRequest
from xiangwen.index import Index
from xiangwen.web.render import answer_steps

REPORTS = {
    "青石镇.txt": """安平县青石镇2024年法治政府建设情况报告
一、主要工作
（一）聘请法律顾问。镇政府聘请2名律师担任法律顾问，审查合同12份。
（二）化解矛盾纠纷。全年调解矛盾纠纷86件，调解成功84件。
二、存在的不足
我镇执法人员力量不足，法治宣传形式单一。
""",
    "白沙乡.txt": """安平县白沙乡2024年法治政府建设情况报告
一、主要工作
（一）聘请法律顾问。乡政府聘请1名律师担任法律顾问，全年提供法律意见9条。
（二）化解矛盾纠纷。全年调解矛盾纠纷41件，调解成功40件。
二、存在的不足
我乡法治宣传的针对性不强。
""",
    "司法局.txt": """安平县司法局2024年法治政府建设情况报告
一、主要工作
（一）健全法律顾问制度。我局聘请3名律师担任法律顾问，参与行政决策。
（二）化解矛盾纠纷。全年调解矛盾纠纷530件，调解成功521件。
二、存在的不足
我局行政复议人员配备不足。
""",
}
TOWNS = ("青石镇.txt", "白沙乡.txt")
WHICH = "哪些单位聘请了律师担任法律顾问？"


@pytest.fixture(scope="module")
def assistant(encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Two townships and the bureau of their county."""
    return assistant_over_texts(REPORTS, tmp_path_factory.mktemp("county"), encoder, judge=False)


def ask(assistant: Assistant, question: str, *files: str) -> Answer:
    """The answer from these reports; from all of them where none is named."""
    ids = [report.id for report in assistant.index.reports if not files or report.file in files]
    return assistant.ask(question, reports=ids)


def shown(answer: Answer) -> str:
    """The whole answer on the page."""
    return list(answer_steps(answer, len(REPORTS)))[-1]


def test_townships_and_subdistricts_are_called_so_and_all_others_are_offices() -> None:
    assert issuers_called(["青石镇", "白沙乡", "东城街道", "罗子山瑶族乡", "巴彦苏木"]) is TOWNSHIPS
    assert issuers_called(["青石镇", "安平县司法局"]) is OFFICES
    assert issuers_called(["青石镇", "红旗农场"]) is OFFICES
    assert issuers_called(["青石镇", None]) is OFFICES, "a report that names no issuer may be of any"
    assert [TOWNSHIPS.counted("zh", 2), TOWNSHIPS.counted("en", 1)] == ["2 个乡镇", "1 township"]
    assert [OFFICES.counted("zh", 2), OFFICES.counted("en", 2)] == ["2 个单位", "2 offices"]


@pytest.mark.parametrize(
    ("question", "mixed", "townships"),
    [
        (WHICH, "3 个单位有", "2 个乡镇有"),
        ("哪些单位调解矛盾纠纷超过50件？", "2 个单位符合", "1 个乡镇符合"),
        ("一共有多少份报告？", "共 3 份报告，3 个单位", "共 2 份报告，2 个乡镇"),
        ("How many reports are there?", "3 reports of 3 offices", "2 reports of 2 townships"),
        ("哪些单位还缺2024年的报告？", "现有各单位的报告年份都齐", "现有各乡镇的报告年份都齐"),
    ],
)
def test_an_answer_calls_those_offices_that_are_not_all_townships(
    assistant: Assistant, question: str, mixed: str, townships: str
) -> None:
    assert mixed in ask(assistant, question).text
    assert townships in ask(assistant, question, *TOWNS).text


def test_files_and_the_page_say_it_as_the_answer_does(assistant: Assistant) -> None:
    mixed, townships = ask(assistant, WHICH), ask(assistant, WHICH, *TOWNS)
    assert "## 各单位情况" in to_markdown(mixed) and "## 各乡镇情况" in to_markdown(townships)
    sheet = load_workbook(BytesIO(to_xlsx(mixed)))["各单位情况"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[0] == "单位名称" and heads.count("单位") == 1, "单位 alone is the unit of a number"
    assert ">单位名称</button>" in shown(mixed) and ">乡镇</button>" in shown(townships)


def test_a_ledger_names_its_first_column_by_the_reports_in_it(assistant: Assistant) -> None:
    assert isinstance(assistant.index, Index)
    for choice, head in ((LedgerRequest(), "单位名称"), (LedgerRequest(levels=("镇", "乡")), "乡镇")):
        book = load_workbook(BytesIO(ledger_to_xlsx(assistant.index, choice)))
        assert book["台账"]["A1"].value == head


def test_an_answer_begins_with_how_a_level_was_taken_where_others_are_among_the_reports(assistant: Assistant) -> None:
    asked = ask(assistant, "哪几个镇聘请了律师担任法律顾问？")
    first, head, *_ = asked.text.split("\n")
    assert first == "说明：“哪几个镇”按各级乡镇理解，不只是镇；只问镇请写“只看镇”。"
    assert head.startswith("2 个乡镇有"), "the bureau is no township"
    assert first in shown(asked)
    assert conclusion(asked) == [first, head]
    assert ask(assistant, "哪几个镇聘请了律师担任法律顾问？", "青石镇.txt").text.startswith("1 个乡镇有")
