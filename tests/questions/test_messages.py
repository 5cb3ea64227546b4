"""Messages with several questions are cut into these; what is one question stays whole."""

import json
from functools import cache

import pytest
from folders import DEV, ROOT, SEEDS

from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.messages import questions_of
from xiangwen.reports import read_folder

ATLAS = Atlas(read_folder(SEEDS).reports)
QUESTIONS = ROOT / "tests" / "questions"

ASK_TWO_THINGS = [
    "白土乡在道路交通和建筑施工上办了多少处罚案子，罚了多少钱？",
    "白土乡林业方面处罚了几件？收了多少罚款？",
    "六塘乡一年罚了几回、罚了多少钱？",
    "How many enforcement actions did Wanling carry out, and how many enforcement cases did it handle?",
    "Summarise how Wanling Town dealt with its land disputes and what recognition it received.",
    "湟中区土门关乡一把手抓法治抓得怎么样，每年要写进哪份材料里交代？",
    "白土乡林业上的处罚办了多少件，一共罚了多少钱？",
    "善感的村民在网上申请积分有多少人次，发出去多少分？",
    "六糖乡2023年总共发了多少份文件，其中用“府发”名义的有几份？",
    "罗子山瑶族乡2023年什么样的合同要送审，送到哪里审？",
    "西仓镇对几起违法行为处以罚款、罚了多少钱？",
    "金龙街道配合拆除“两违”多少处、多少平方米？",
    "西仓镇执法队核定多少人、在岗持证多少人？",
]
"""Of some 1,170 that were written as one question."""


@cache
def read(text: str) -> Question:
    return understand(text, ATLAS)


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (
            "去年白土乡调解了多少件纠纷？有没有聘请法律顾问？",
            ("去年白土乡调解了多少件纠纷？", "有没有聘请法律顾问？"),
        ),
        ("哪些乡镇有法律顾问，各是多少人？", ("哪些乡镇有法律顾问", "各是多少人？")),
        ("白土乡调解纠纷数和法律顾问人数各是多少？", ("白土乡调解纠纷数是多少？", "法律顾问人数是多少？")),
        ("①白土乡罚款多少 ②善感乡调解率是多少", ("白土乡罚款多少", "善感乡调解率是多少")),
        ("六塘乡发了多少文 处罚了几次", ("六塘乡发了多少文", "处罚了几次")),
        ("谁罚款最多？最少的又是谁", ("谁罚款最多？", "最少的又是谁")),
        ("谁罚款最多？第二呢？", ("谁罚款最多？", "第二呢？")),
        ("白土乡调解了几件，善感乡呢？", ("白土乡调解了几件", "善感乡呢？")),
        ("六塘乡设了几个贵和工作室，院落长有多少个", ("六塘乡设了几个贵和工作室", "院落长有多少个")),
        ("1) fines in Baitu 2) its plan for 2025", ("fines in Baitu", "its plan for 2025")),
        (
            "Baitu: how many disputes?\nWanling: how many reconsideration cases?",
            ("Baitu: how many disputes?", "Wanling: how many reconsideration cases?"),
        ),
        (
            "Did any of these townships get sued? also which ones have hired a lawyer",
            ("Did any of these townships get sued?", "which ones have hired a lawyer"),
        ),
        (
            "What shortcomings does Baitu report, and how many disputes did it mediate?",
            ("What shortcomings does Baitu report", "how many disputes did it mediate?"),
        ),
    ],
)
def test_a_message_is_cut_into_its_questions(message: str, questions: tuple[str, ...]) -> None:
    assert questions_of(message, read) == questions


@pytest.mark.parametrize(
    "message",
    [
        "哪些乡镇既聘请了法律顾问，又开展了合法性审查？",
        "请列出聘请法律顾问的乡镇，并注明人数和原文。",
        "我们在写总结，领导要看数字，白土乡调解了多少件纠纷？",
        "哪个乡镇调解的纠纷最多，是多少件？",
        "来年要给干部开几期法治班，哪些镇给了准数？",
        "白土乡调解了多少？善感乡又调解了多少？加起来呢？",
        "白土乡的罚款是多少？也就是罚金。",
        "古镛镇4件行政复议，撤回几件、维持几件？",
        "村里老人总说没见过律师长啥样。想问白土乡还有几个村没有法律顾问",
        "哪些乡镇做到了：1.聘请法律顾问 2.开展合法性审查",
        "Did Baitu mediate more disputes than Shangan? By how much?",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    assert questions_of(message, read) == (message,)


def test_ordinary_questions_are_cut_only_where_they_ask_two_things() -> None:
    asked = [
        json.loads(line)["question"]
        for name in ("golden_dev", "seeds_zh", "seeds_en", "pairs")
        for line in (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(asked) > 1000
    assert [question for question in asked if len(questions_of(question, read)) > 1] == ASK_TWO_THINGS


def test_what_another_hand_wrote_as_one_question_stays_whole() -> None:
    atlases = {"seeds": ATLAS, "dev": Atlas(read_folder(DEV).reports)}
    written = (QUESTIONS / "talk" / "messages_of_another_hand.jsonl").read_text("utf-8").splitlines()
    single = [row for row in map(json.loads, written) if row["parts"] == 1]
    assert len(single) == 50
    for row in single:
        atlas = atlases[row["scope"]]
        asked = questions_of(row["message"], lambda text, of=atlas: understand(text, of))  # type: ignore[misc]
        assert asked == (row["message"],)


@pytest.mark.parametrize(
    "message", ["罗子山瑶族乡2025年还有几个村没请到律师？由谁顶上？", "金龙街道2022年当被告几次，是谁去法院的？"]
)
def test_who_did_what_is_asked_for_is_no_question_of_its_own(message: str) -> None:
    assert questions_of(message, read) == (message,)
