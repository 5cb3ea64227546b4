"""Two conditions of one question are told apart where the question says that there are two, and only there."""

import pytest

from xiangwen.questions.conjunction import conditions


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "哪些乡镇既聘请了法律顾问，又建成了法治公园？",
            ("哪些乡镇聘请了法律顾问？", "哪些乡镇建成了法治公园？"),
        ),
        ("劝架的人不够、同时又没有经费，这两条全中的有哪些？", ("哪些乡镇劝架的人不够？", "哪些乡镇没有经费？")),
        ("聘了律师、同时还建了法治公园的是哪几家？", ("哪些乡镇聘了律师？", "哪些乡镇建了法治公园？")),
        (
            "Which townships both hired a lawyer and opened a law park?",
            ("Which townships hired a lawyer?", "Which townships opened a law park?"),
        ),
    ],
)
def test_two_conditions_are_asked_apart(question: str, parts: tuple[str, ...]) -> None:
    assert conditions(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "哪些乡镇聘请了法律顾问？",
        "哪些乡镇的党委书记和镇长都述法了？",
        "谁家每个村、每个社区都配上律师了？",
        "Which townships trained officers and mediators?",
    ],
)
def test_a_list_of_words_is_one_condition(question: str) -> None:
    assert conditions(question) == ()
