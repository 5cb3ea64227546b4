"""Whether a question asks for a section of a report, and for those that have it or lack it."""

import pytest
from folders import DEV

from xiangwen.encoding import load_encoder
from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.section_asked import read_section_asked
from xiangwen.reports import read_folder

ATLAS = Atlas(read_folder(DEV).reports)


def asked(question: str) -> Question:
    return understand(question, ATLAS, vector_of=lambda text: load_encoder().encode_query([text])[0])


@pytest.mark.parametrize(
    ("question", "matter", "lacking"),
    [
        ("哪些乡镇的报告没有单设“党政主要负责人履职情况”部分？", "党政主要负责人履职情况", True),
        ("谁家报告里没专门拿一块写书记、镇长怎么抓法治的？", "书记、镇长怎么抓法治", True),
        ("一把手履责情况没有独立成章的，是哪几份报告？", "一把手履责情况", True),
        ("没把存在的问题作为一章来写的有哪些报告？", "存在的问题", True),
        ("哪些报告有没有单设普法宣传部分？", "普法宣传", False),
        ("哪些报告专门写了优化营商环境一章？", "优化营商环境", False),
        ("政务公开单列一节的报告有哪些？", "政务公开", False),
        ("which reports have no separate section on legal publicity?", "legal publicity", True),
        ("which reports do not have the leaders' duties as a separate section?", "the leaders' duties", True),
    ],
)
def test_a_section_of_its_own_is_asked_for(question: str, matter: str, lacking: bool) -> None:
    asked = read_section_asked(question)
    assert asked and (asked.matter, asked.lacking, asked.own) == (matter, lacking, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "matter", "lacking"),
    [
        ("哪几份报告没有写下一步计划？", "下一步打算", True),
        ("来年打算干点啥一句没提的，有哪几家？", "下一步打算", True),
        ("谁家报告里讲了往后怎么干？", "下一步打算", False),
        ("哪些镇从头到尾没说自己还差在哪？", "存在的不足", True),
        ("写了自己没做好的地方的是哪些报告？", "存在的不足", False),
        ("Which reports never own up to a weakness?", "shortcomings", True),
        ("书记镇长怎么抓法治，哪些报告没有交代？", "党政主要负责人履职情况", True),
    ],
)
def test_customary_sections_are_asked_for_in_any_words(question: str, matter: str, lacking: bool) -> None:
    section = asked(question).section
    assert section and (section.matter, section.lacking, section.own) == (matter, lacking, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "哪些乡镇说执法人员不足？",
        "明年打算建法治公园的有哪些？",
        "哪些报告没提到网格员？",
        "各镇还差在哪，一样的有哪些？",
    ],
)
def test_one_lack_or_plan_is_no_section(question: str) -> None:
    assert asked(question).section is None


@pytest.mark.parametrize(
    "question",
    [
        "哪些乡镇的部分村没有法律顾问？",
        "哪些乡镇没有专门的法制审核人员？",
        "哪些乡镇独立设置了司法所？",
        "哪些报告在问题部分提到执法力量不足？",
        "哪些乡镇没有完成普法计划？",
        "which townships took part in the county's training?",
        "which reports mention legal advisers in the section on shortcomings?",
    ],
)
def test_what_is_no_question_for_a_section(question: str) -> None:
    assert read_section_asked(question) is None


def test_it_is_asked_of_every_report() -> None:
    question = understand("麻烦看看那些镇街没写主要负责人履职这一章", Atlas(()))
    assert question.kind == "which" and question.section and question.section.own and question.section.lacking
