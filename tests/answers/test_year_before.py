"""A year that no report is on, told by the report on the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built import assistant_over_texts

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.encoding.bundled import BundledEncoder

REPORT = """柳林镇2023年法治政府建设年度报告
一、主要工作
（一）化解矛盾。全年受理矛盾纠纷95件，去年同期受理104件调结99件。其中彩礼纠纷12件，比上年翻了近一番（上年7件）。
（二）规范执法。立案查处违法行为38起，罚款4.65万元，2022年是46起、5.12万元。
（三）便民服务。便民服务中心办件2874件，群众来访58批。全年走村宣讲70余场次。2022年是52场次。
"""


@pytest.fixture(scope="module")
def assistant(encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over_texts({"柳林镇2023.txt": REPORT}, tmp_path_factory.mktemp("柳林镇"), encoder)


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("柳林镇2022年收到多少件扯皮的事？", "104件"),
        ("柳林镇2022年调成了多少件？", "99件"),
        ("柳林镇2022年下村宣讲了多少场？", "52场次"),
        ("柳林镇 2022年 因为彩礼闹矛盾的有几件", "7件"),
        ("How many yuan did Liulin Town impose in fines in 2022?", "5.12万元"),
    ],
)
def test_a_number_of_the_year_before_is_told_in_whatever_words_it_is_asked_for(
    assistant: Assistant, question: str, figure: str
) -> None:
    answer = assistant.ask(question)
    assert answer.figure is not None, answer.text
    assert answer.figure.text == figure
    assert "2022" in answer.text


@pytest.mark.parametrize(
    "question", ["柳林镇2022年便民中心办了多少件？", "柳林镇2022年接待来访多少批？", "柳林镇2020年罚了多少钱？"]
)
def test_a_number_of_its_own_year_is_not_told_for_another_one(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.answered, answer.reason) == (False, "unknown_year")
