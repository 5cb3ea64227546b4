"""Follow-ups that name no matter of their own are the question before with one thing changed."""

import pytest
from folders import DEV, SEEDS

from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.kind_asked import Rank
from xiangwen.reports import read_folder

SEED_ATLAS, DEV_ATLAS = Atlas(read_folder(SEEDS).reports), Atlas(read_folder(DEV).reports)
MOST = "哪个乡镇调解纠纷最多？"
NUMBER = "白土乡调解了多少件纠纷？"


def read(text: str, *history: str, atlas: Atlas = SEED_ATLAS) -> Question:
    return understand(text, atlas, history)


def places(question: Question, atlas: Atlas = SEED_ATLAS) -> list[str]:
    return [f"{atlas.reports[n].name}{atlas.reports[n].metadata.year}" for n in question.scope.reports]


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("第二多呢？", Rank("most", place=2)),
        ("排第三的是谁？", Rank("most", place=3)),
        ("其次呢？", Rank("most", place=2)),
        ("What about the second?", Rank("most", place=2)),
        ("最少的呢？", Rank("least")),
        ("前三名呢？", Rank("most", 3)),
        ("平均呢？", Rank("average")),
        ("那一共呢？", Rank("sum")),
    ],
)
def test_another_place_or_order_of_a_rank(text: str, rank: Rank) -> None:
    question = read(text, MOST)
    assert (question.kind, question.rank, question.topic) == ("rank", rank, read(MOST).topic)


def test_next_goes_on_from_the_place_before() -> None:
    assert read("下一个呢？", MOST, "第二多呢？").rank == Rank("most", place=3)


def test_a_place_in_a_rank_is_read_in_a_first_question_too() -> None:
    assert read("调解纠纷第二多的是哪个乡镇？").rank == Rank("most", place=2)


def test_the_other_townships_are_all_but_the_one_before() -> None:
    question = read("别的乡镇呢？", NUMBER)
    assert question.kind == "each"
    assert "白土乡2024" not in places(question) and len(places(question)) == 4


def test_who_else_has_it_asks_which_of_the_others() -> None:
    question = read("其他乡镇呢？", "白土乡有没有法律顾问？")
    assert (question.kind, question.absence, question.standalone) == ("which", False, "哪些乡镇有法律顾问?")


def test_who_else_after_one_township_asks_which_of_the_others() -> None:
    question = read("还有哪些乡镇也聘了", "白土乡聘请了法律顾问吗？")
    assert (question.kind, len(question.scope.reports)) == ("which", 4)


@pytest.mark.parametrize("text", ["还有谁提到？", "还有哪些？", "who else?"])
def test_who_else_after_a_list_asks_for_more(text: str) -> None:
    assert read(text, "哪些乡镇提到“枫桥经验”？").beyond == "more"


def test_the_most_after_a_number_of_one_township_is_that_of_all() -> None:
    question = read("哪个乡镇最多？", NUMBER)
    assert (question.kind, len(question.scope.reports)) == ("rank", 5)


def test_how_many_each_after_who_asks_for_a_number_of_each() -> None:
    assert read("各有几名？", "哪些乡镇有法律顾问？").kind == "each"


@pytest.mark.parametrize(("text", "beyond"), [("还有吗？", "more"), ("为什么？", "why"), ("anything else?", "more")])
def test_what_else_and_why_lean_on_all_of_the_question_before(text: str, beyond: str) -> None:
    question = read(text, NUMBER)
    assert (question.beyond, places(question)) == (beyond, ["白土乡2024"])


def test_another_matter_after_a_rank_is_ranked_too() -> None:
    question = read("罚款呢？", MOST)
    assert (question.kind, question.rank) == ("rank", Rank("most"))


@pytest.mark.parametrize("text", ["那2023年呢？", "2023年的呢？"])
def test_another_year_is_of_the_place_before(text: str) -> None:
    question = read(text, "罗子山瑶族乡2025年调解了多少件纠纷？", atlas=DEV_ATLAS)
    assert places(question, DEV_ATLAS) == ["罗子山瑶族乡2023"]
    assert "2025" not in question.standalone


def test_one_township_in_two_years_is_set_side_by_side() -> None:
    question = read("罗子山瑶族乡2023年和2025年哪年调解的纠纷多？", atlas=DEV_ATLAS)
    assert (question.kind, len(question.scope.groups)) == ("compare", 2)


def test_of_years_asked_for_the_one_without_a_report_is_told() -> None:
    question = read("罗子山瑶族乡2023年和2024年各调解多少件？", atlas=DEV_ATLAS)
    assert [(note.reading, note.taken) for note in question.scope.notes] == [("no_year", "2024年")]
