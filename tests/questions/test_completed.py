"""Follow-ups that stand for a whole question are read as that one."""

import pytest
from folders import DEV

from xiangwen.questions import Atlas, Question, understand
from xiangwen.reports import read_folder

ATLAS = Atlas(read_folder(DEV).reports)
ANXI = "安溪镇2023年的行政处罚案件有几件？"


def read(text: str, *history: str) -> Question:
    return understand(text, ATLAS, history)


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ("两个乡镇罚款合计？", "铜梁区安溪镇和辰溪县罗子山瑶族乡2023年的罚款合计"),
        ("差多少", "铜梁区安溪镇和辰溪县罗子山瑶族乡2023年的行政处罚案件,差多少"),
        ("哪个多", "铜梁区安溪镇和辰溪县罗子山瑶族乡2023年的行政处罚案件,哪个多"),
    ],
)
def test_both_are_the_places_of_the_questions_before(text: str, standalone: str) -> None:
    question = read(text, ANXI, "罗子山同年呢")
    assert (question.kind, question.text, question.standalone) == ("compare", text, standalone)


def test_which_year_is_of_the_years_before() -> None:
    question = read("成功率哪年高", "罗子山瑶族乡2025年调解了多少起纠纷？", "2023年呢")
    assert (question.kind, len(question.scope.groups)) == ("compare", 2)


def test_which_of_them_asks_for_both_at_once() -> None:
    question = read("其中哪些开展了合法性审查", "哪些乡镇聘请了法律顾问？")
    assert question.standalone == "哪些乡镇既聘请了法律顾问,又开展了合法性审查?"


@pytest.mark.parametrize(
    ("text", "units"), [("what about reconsideration?", ("cases",)), ("and the fines?", ("money",))]
)
def test_another_matter_in_english_is_a_number_of_the_place_before(text: str, units: tuple[str, ...]) -> None:
    question = read(text, "How many cases did Dongcheng Subdistrict file in 2022?")
    assert (question.kind, question.units, question.scope.years) == ("number", units, (2022,))


@pytest.mark.parametrize("text", ["what about last year?", "and in total?", "what about the others?", "and why?"])
def test_an_english_follow_up_without_a_matter_keeps_that_before(text: str) -> None:
    earlier = "How many cases did Dongcheng Subdistrict file in 2022?"
    assert "cases did" in read(text, earlier).standalone
