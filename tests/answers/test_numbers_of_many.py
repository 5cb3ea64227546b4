"""Ranks, bounds and sums over fifteen full reports: the number that the question's words ask for, of each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built import assistant_over
from folders import DEV

from xiangwen.answers.assistant import Assistant

if TYPE_CHECKING:
    from xiangwen.encoding.bundled import BundledEncoder


@pytest.fixture(scope="module")
def assistant(encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(DEV, tmp_path_factory.mktemp("dev") / "index", encoder)


@pytest.mark.parametrize(
    ("question", "file", "figure"),
    [
        ("党委（党工委）中心组学法达到10次的有哪几家？", "016.txt", "9次"),  # 会前学法 were 21
        ("全部报告中持证执法人员合计多少名？", "012.txt", "19人"),  # of 21 of the team
        ("各乡镇审查的合同一共有多少份？", "016.txt", "52份"),  # 56 opinions
        ("这些乡镇培养的法律明白人总共多少名？", "031.txt", "36名"),  # 45 are planned
        ("各乡镇审查的合同一共有多少份？", "040.txt", "25份"),  # told among plans, of the report's year
    ],
)
def test_of_several_numbers_of_a_report_the_words_of_the_question_choose(
    assistant: Assistant, question: str, file: str, figure: str
) -> None:
    values = {verdict.file: verdict.value for verdict in assistant.ask(question).verdicts}
    value = values[file]
    assert value is not None and value.text == figure


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("金龙街道、东城街道、古镛镇行政复议案件共几件？", "10件"),
        ("罗子山瑶族乡2023年和2025年两年一共罚了多少钱", "2600元"),
        ("小龙门乡和梅仙镇查处案件加起来多少件？", "18件"),
    ],
)
def test_numbers_of_places_or_years_that_are_named_are_added_up(
    assistant: Assistant, question: str, total: str
) -> None:
    figure = assistant.ask(question).figure
    assert figure is not None and figure.text == total


def test_so_few_people_are_people_whatever_measure_word_the_question_has(assistant: Assistant) -> None:
    answer = assistant.ask("持证执法人员不到5个人的是哪些地方？")
    assert {"014.txt", "020.txt", "034.txt"} <= {v.file for v in answer.verdicts if v.verdict == "yes"}


def test_too_few_is_no_shortcoming_that_is_asked_for(assistant: Assistant) -> None:
    answer = assistant.ask("行政处罚案件不足10件的是哪些乡镇？")
    yes = {verdict.file for verdict in answer.verdicts if verdict.verdict == "yes"}
    assert {"004.txt", "006.txt", "009.txt", "014.txt", "025.txt", "031.txt"} <= yes
    assert not yes & {"012.txt", "016.txt", "029.txt", "038.txt", "040.txt"}


def test_how_many_villages_lack_something_is_not_how_many_have_it(assistant: Assistant) -> None:
    answer = assistant.ask("还有三个以上的村没有法律顾问的是哪些乡镇？")
    assert not answer.text.startswith("台账")


def test_numbers_of_several_things_are_set_side_by_side_and_not_added_up(assistant: Assistant) -> None:
    answer = assistant.ask("梅仙镇主动公开的信息，加上东城街道讲的法治课，一共是多少？")
    assert answer.figure is None and not answer.text.startswith("合计")


def test_a_number_of_times_is_looked_for_in_no_column_of_people(assistant: Assistant) -> None:
    answer = assistant.ask("持证执法人员培训办了多少场的乡镇最多？")
    assert all(not v.value or v.value.unit not in ("人", "名") for v in answer.verdicts)


def test_a_number_of_several_kinds_together_is_none_of_one_of_them(assistant: Assistant) -> None:
    answer = assistant.ask("罗子山瑶族乡2025年山林权属纠纷有几起？")
    assert not answer.answered and "86起" in answer.text
    most = assistant.ask("山林权属纠纷最多的是哪里？")
    assert most.figure is not None and most.figure.text == "47起"


def test_whether_it_was_mended_asks_for_no_lack(assistant: Assistant) -> None:
    answer = assistant.ask("铜梁区安溪镇2023年法治督察查出多少毛病，改了没有？")
    assert answer.figure is not None and answer.figure.text == "5个"


def test_a_list_of_what_was_done_is_no_list_of_kinds(assistant: Assistant) -> None:
    answer = assistant.ask("梅仙镇2025年公开了多少条信息？")  # 公开涉农资金分配、…等信息15条
    assert answer.figure is not None and answer.figure.text == "15条"
