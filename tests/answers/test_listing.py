"""Lists of what is planned or lacking: the items as the report numbers them, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built import assistant_over_texts

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.encoding.bundled import BundledEncoder

REPORT = """青石镇2021年法治政府建设年度报告
一、主要工作
（一）化解矛盾。全年受理矛盾纠纷95件，调结90件。
（二）规范执法。立案查处违法行为38起，罚款4.65万元。年初计划培训执法人员40人次，实际培训52人次。
二、存在的不足
（一）执法人员少。全镇持证的只有6名。（二）普法形式旧，年轻人不爱看。（三）村规民约照抄范本，4个村没有修订。
三、下一步打算
2022年，我们拟从三个方面改进：一是增配执法人员3名；二是拍摄普法短视频12期；三是上半年修订4个村的村规民约。
特此报告。
青石镇人民政府
2022年1月10日
"""


@pytest.fixture(scope="module")
def assistant(encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over_texts({"青石镇2021.txt": REPORT}, tmp_path_factory.mktemp("青石镇"), encoder)


def test_items_that_a_paragraph_numbers_are_items_of_the_list(assistant: Assistant) -> None:
    quotes = [citation.quote for citation in assistant.ask("青石镇2021年存在哪些不足？").citations]
    assert [quote[:3] for quote in quotes] == ["（一）", "（二）", "（三）"]


def test_neither_a_deed_that_was_planned_nor_the_signature_is_an_item_of_the_plans(assistant: Assistant) -> None:
    quotes = [citation.quote for citation in assistant.ask("青石镇下一步有哪些打算？").citations]
    assert [quote.strip("。；")[-5:] for quote in quotes] == ["法人员3名", "视频12期", "的村规民约"]
