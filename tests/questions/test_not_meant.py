"""Clauses that say what is not meant are no topic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.questions.not_meant import without_not_meant


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("哪些乡镇建成了法治公园，只写进打算的不要？", "哪些乡镇建成了法治公园？"),
        ("谁家领导去旁听过开庭？光写在打算里的不算。", "谁家领导去旁听过开庭。"),
        ("镇政府没有聘法律顾问的有哪些（村级法律顾问不计）？", "镇政府没有聘法律顾问的有哪些？"),
        ("这一年审查了多少件，不要总数，也不要来年目标。", "这一年审查了多少件。"),
        ("镇长和书记都当组长的有哪几家，镇长只当副组长的不要", "镇长和书记都当组长的有哪几家"),
        ("调解了多少件纠纷，社区调解的不算", "调解了多少件纠纷"),
        ("别拿一般干部的学习来凑数，执法人员培训四次以上的有谁？", "执法人员培训四次以上的有谁？"),
        ("合同审了多少先放一边，文件也别混进来，决策审了几件？", "决策审了几件？"),
        ("三个街道的讲座合起来几场？来年的不作数。", "三个街道的讲座合起来几场。"),
        ("澧浦镇写了审过多少次、看过多少份，这些我不问，改掉的问题有多少？", "澧浦镇，改掉的问题有多少？"),
        ("Which townships reviewed contracts, not merely planned to?", "Which townships reviewed contracts?"),
        ("Which built a park, as opposed to planning one?", "Which built a park?"),
        ("How many events were held (training does not count)?", "How many events were held?"),
        ("How many attended (excluding exam takers, audiences and plans)?", "How many attended?"),
        (
            "How many decisions were reviewed (contracts not counted) this year?",
            "How many decisions were reviewed this year?",
        ),
    ],
)
def test_what_is_not_meant_is_cut_away(question: str, left: str) -> None:
    assert without_not_meant(question) == left


@pytest.mark.parametrize(
    "question",
    [
        "除了青龙镇，哪些乡镇聘了律师？",
        "哪些乡镇有法律顾问，不含青龙镇？",
        "哪些乡镇不要求公开？",
        "各镇纠纷，不包括信访的有多少件？",
        "村里请律师，钱要不要？",
        "没有聘请法律顾问的乡镇有哪些？",
        "Which townships did not have a lawyer?",
        "Which townships not only planned but also built a park?",
        "Which reports come from a xiang, rather than from a town (镇)?",
        "Is it not true that Baitu hired a lawyer?",
    ],
)
def test_a_denial_or_a_place_left_out_stays(question: str) -> None:
    assert without_not_meant(question) == question


def test_a_clause_that_names_a_place_of_the_collection_in_short_stays() -> None:
    question = "重庆的不要，哪些街道有报告？"
    assert without_not_meant(question, lambda words: "重庆" in words) == question
    assert without_not_meant(question) == "哪些街道有报告？"


@given(st.text(max_size=60))
def test_a_question_is_never_emptied(text: str) -> None:
    assert without_not_meant(text).strip() or not text.strip()
