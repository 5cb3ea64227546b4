"""Whose reports a question is about: names in every form, years, exclusion, filters; no absence that a text denies."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangwen.questions import Atlas, Scope, understand
from xiangwen.reports import Report
from xiangwen.reports.issuers import level_of
from xiangwen.reports.metadata import Metadata
from xiangwen.reports.versions import mark_superseded


def report(
    township: str | None,
    county: str | None = None,
    province: str | None = None,
    year: int | None = 2024,
    *,
    text: str = "",
    title: str | None = None,
    file: str = "",
) -> Report:
    """A report that was read to be of this township."""
    text = text or f"{township}{year}年法治政府建设年度报告。全年调解矛盾纠纷。"
    meta = Metadata(township, level_of(township), county, None, province, year, title or f"{township}{year}年报告")
    return Report(id=file or f"{township}{year}", file=file or "report.txt", sha256="", text=text, metadata=meta)


REPORTS = (
    report("青龙镇", "永安县", "重庆市"),
    report("青龙镇", "永安县", "重庆市", 2023),
    report("德祥镇", "永安县", "重庆市"),
    report("和平街道", "渝北区", "重庆市"),
    report("清水镇", "安泰县", "四川省"),
    report("清水镇", "永昌县", "甘肃省"),
    report("柳河镇", "安泰县", "四川省", text="柳河镇2024年报告。2024年6月，撤销柳河乡，设立柳河镇。"),
    report("柳河乡", "安泰县", "四川省", 2023),
    report("罗子山瑶族乡", "辰溪县", "湖南省"),
    report("古城乡", "安泰县", "四川省", text="古城乡2024年报告。" + "矛盾纠纷就地化解。" * 60 + "与东山镇联合调解。"),
    report(None, text="全镇2024年调解纠纷。", title="2024年法治政府建设报告", file="石桥镇.txt"),
)
ATLAS = Atlas(REPORTS)


def scope(question: str) -> Scope:
    return understand(question, ATLAS).scope


def found(question: str) -> set[tuple[str, int | None]]:
    return {(REPORTS[n].name, REPORTS[n].metadata.year) for n in scope(question).reports}


@pytest.mark.parametrize(
    "question",
    [
        "德祥镇2024年整治集镇面貌共投入多少资金？",
        "德祥镇2024年书记镇长自己上台讲过几次法律课？",
        "渝北区和平街道2024年有多少人报名当老街道德讲师？",
    ],
)
def test_beside_a_township_of_the_collection_what_only_sounds_like_one_is_none(question: str) -> None:
    said = scope(question)
    assert said.problem is None and len(said.reports) == 1


@pytest.mark.parametrize(
    "question", ["德祥镇和石湖镇哪个调解得多？", "德祥镇调解了多少件？石湖镇呢？", "德祥镇有没有石湖镇那么多律师？"]
)
def test_beside_a_township_of_the_collection_another_that_is_not_there_is_missed(question: str) -> None:
    assert "石湖镇" in scope(question).missing


def test_what_is_asked_of_the_year_after_a_report_is_its_plan() -> None:
    reports = [report("东山镇", text="东山镇2024年报告。三、2025年安排。化解率提到98%。")]
    asked = understand("东山镇对2025年的纠纷化解率定了什么指标？", Atlas(reports))
    assert (asked.scope.problem, asked.scope.reports, asked.plan) == (None, (0,), True)
    assert understand("东山镇2026年的化解率是多少？", Atlas(reports)).scope.problem == "unknown_year"


def test_a_report_that_says_it_is_on_the_year_asked_for_plans_nothing_for_it() -> None:
    reports = [report("东山镇", text="东山镇报告。2025年调解12件，2025年普法3场。", title="东山镇2025年报告")]
    asked = understand("东山镇2025年调解了多少件？", Atlas(reports))
    assert ([note.reading for note in asked.scope.notes], asked.plan) == (["said_year"], False)


@pytest.mark.parametrize(
    "question",
    [
        "调解件数最多的乡镇是哪个？",
        "全部乡镇一共调解了多少件？",
        "大部分乡镇做了什么？",
        "部分乡镇存在哪些不足？",
        "其余乡镇有法律顾问吗？",
        "相关乡镇做了什么？",
        "任何乡镇都有法律顾问吗？",
        "上述乡镇调解了多少件？",
        "下辖乡镇调解了多少件？",
        "当地乡镇做了什么？",
        "一半乡镇都有法律顾问吗？",
        "少数民族乡镇有几个？",
        "试点乡镇做了什么？",
        "一共多少份？各份乡镇（街道）分别调解了多少件？",
        "哪些乡镇送法下乡？",
        "依法治镇做得怎样？",
        "整治镇容镇貌花了多少钱？",
        "和平解决了多少件纠纷？",
    ],
)
def test_a_word_that_speaks_of_townships_in_general_names_none(question: str) -> None:
    said = scope(question)
    assert (said.problem, said.groups, len(said.reports)) == (None, (), len(REPORTS))


@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("除了青龙镇，哪些乡镇有法律顾问？", {"青龙镇"}),
        ("除青龙镇、德祥镇以外，哪个乡镇调解最多？", {"青龙镇", "德祥镇"}),
        ("哪个乡镇调解最多？不包括青龙镇", {"青龙镇"}),
        ("青龙镇以外的乡镇，谁调解最多？", {"青龙镇"}),
        ("除了永安县，哪些乡镇有法律顾问？", {"青龙镇", "德祥镇"}),
        ("Which townships other than Qinglong Town have a lawyer?", {"青龙镇"}),
        ("Which townships have a lawyer, except Qinglong and Dexiang?", {"青龙镇", "德祥镇"}),
    ],
)
def test_what_is_excluded_is_left_out_and_all_others_stay(question: str, left_out: set[str]) -> None:
    assert {name for name, _ in found(question)} == {r.name for r in REPORTS} - left_out
    assert not scope(question).groups


@pytest.mark.parametrize(
    "written",
    [
        "2023年",
        "2023年度",
        "23年",
        "二〇二三年",
        "二零二三年",
        "两千零二十三年",
        "２０２３年",
        "2023",
        "去年",
    ],
)
def test_a_year_is_read_in_every_form(written: str) -> None:
    assert found(f"青龙镇{written}调解了多少件？") == {("青龙镇", 2023)}


@pytest.mark.parametrize(("written", "year"), [("1998年", "1998年"), ("98年", "1998年"), ("二〇二一年", "2021年")])
def test_a_year_that_is_not_there_is_said_so(written: str, year: str) -> None:
    said = scope(f"青龙镇{written}调解了多少件？")
    assert (said.problem, said.missing) == ("unknown_year", year)


def test_it_is_told_which_year_last_year_was_taken_for() -> None:
    assert [(n.asked, n.taken) for n in scope("青龙镇去年调解了多少件？").notes] == [("去年", "2023")]
    assert [(n.asked, n.taken) for n in scope("德祥镇去年调解了多少件？").notes] == [("去年", "2024")]


@pytest.mark.parametrize(
    "question",
    [
        "哪些乡镇发放资料超过2000份？",
        "哪些乡镇惠及群众2050人次？",
        "哪些乡镇罚款2010元以上？",
        "Which townships handed out more than 2000 leaflets?",
        "近20年来哪些乡镇有法律顾问？",
        "行政处罚法2021年修订后哪些乡镇开展了培训？",
        "与去年相比，哪些乡镇的纠纷减少了？",
    ],
)
def test_a_quantity_a_duration_or_the_year_of_a_law_is_no_year(question: str) -> None:
    assert scope(question).years == ()


@pytest.mark.parametrize("place", ["青龙县", "青龙村", "青龙社区", "幸福镇", "塘㙍镇", "𠮷祥镇"])
def test_a_place_that_only_sounds_like_one_that_is_there_is_unknown(place: str) -> None:
    said = scope(f"{place}调解了多少件？")
    assert (said.problem, said.missing) == ("unknown_report", place)


def test_a_subdistrict_is_found_by_its_name_as_a_street_but_a_community_of_it_is_not() -> None:
    assert found("和平街2024年接到多少件信访？") == {("和平街道", 2024)}
    assert found("和平街社区接到多少件信访？") != {("和平街道", 2024)}


ROADS = Atlas([report("长寿镇", "潜山县"), report("长寿路街道", "普陀区"), report("友谊镇", "双塔县")])


def test_a_road_in_the_english_name_of_a_subdistrict_is_a_part_of_it() -> None:
    assert understand("How many cases did Changshou Road Subdistrict handle?", ROADS).scope.reports == (1,)
    assert understand("How many cases did Changshou Town handle?", ROADS).scope.reports == (0,)
    assert understand("How many cases did Youyi Road Subdistrict handle?", ROADS).scope.problem == "unknown_report"


UNSTATED = Atlas(
    [
        report("清波街道"),
        report("长安镇", None, "广东省"),
        report("青龙镇", "永安县", "重庆市"),
        report("双井镇", "上城区"),
    ]
)
"""Reports that leave their county unsaid, and two that name theirs."""


@pytest.mark.parametrize(
    "question",
    [
        "上城区清波街道的立法建议有多少条？",
        "浙江省杭州市清波街道的立法建议有多少条？",
        "安泰县清波街道的立法建议有多少条？",
        "东莞市长安镇学法多少场？",
        "“宪法与重庆”宣传月在清波街道哪里开幕？",
        "Did Tuqiao Village in Qingbo Subdistrict keep its title?",
    ],
)
def test_a_county_that_the_report_leaves_unsaid_is_no_absence(question: str) -> None:
    said = understand(question, UNSTATED).scope
    assert said.problem is None and len(said.reports) == 1
    assert ("unstated" in {note.reading for note in said.notes}) is (
        "区" in question or "县" in question or "市" in question
    )


@pytest.mark.parametrize(
    "question",
    ["安泰县青龙镇调解多少件？", "河北省长安镇学法多少场？", "石家庄市长安镇学法多少场？", "下城县双井镇多少件？"],
)
def test_a_county_other_than_the_reports_own_is_an_absence(question: str) -> None:
    assert understand(question, UNSTATED).scope.problem == "unknown_report"


@pytest.mark.parametrize(
    "question", ["青龙镇和幸福镇哪个调解多？", "青龙镇和柳湾哪个调解多？", "幸福镇与青龙镇相比谁调解多？"]
)
def test_a_comparison_names_the_side_that_is_not_there(question: str) -> None:
    said = scope(question)
    assert said.problem == "unknown_report"
    assert said.missing in ("幸福镇", "柳湾")


def test_a_township_is_found_under_its_earlier_and_its_later_name() -> None:
    assert ("柳河镇", 2024) in found("柳河乡是什么时候撤销的？")
    assert found("柳河镇2023年调解了多少件？") == {("柳河乡", 2023)}


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年由红星乡更名为青龙镇。",
        "青龙镇（原红星乡）位于县城东部。",
        "我镇前身为红星乡。",
        "红星乡、大坪乡合并设立青龙镇。",
        "红星乡整体并入我镇。",
        "撤红星乡设青龙镇。",
    ],
)
def test_an_earlier_name_is_read_however_it_is_told(sentence: str) -> None:
    atlas = Atlas([report("青龙镇", text=f"青龙镇2024年报告。{sentence}"), report("德祥镇")])
    said = understand("红星乡有多少调解员？", atlas).scope
    assert said.groups == ((0,),)
    assert [(n.reading, n.asked, n.taken) for n in said.notes] == [("renamed", "红星乡", "青龙镇")]


def test_a_neighbour_that_is_worked_with_is_no_earlier_name() -> None:
    atlas = Atlas([report("青龙镇", text="青龙镇报告。与德祥镇合并举办培训，原定的普法活动推迟。"), report("德祥镇")])
    assert understand("德祥镇有多少调解员？", atlas).scope.reports == (1,)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("重庆市的镇里，谁调解最多？", {("青龙镇", 2024), ("青龙镇", 2023), ("德祥镇", 2024)}),
        ("2024年重庆市只看镇，哪些有法律顾问？", {("青龙镇", 2024), ("德祥镇", 2024)}),
        ("重庆市哪些街道有法律顾问？", {("和平街道", 2024)}),
        ("2024年渝地各镇街的报告", {("青龙镇", 2024), ("德祥镇", 2024), ("和平街道", 2024)}),
        ("哪些民族乡有法律顾问？", {("罗子山瑶族乡", 2024)}),
        ("四川省2023年哪些乡镇有法律顾问？", {("柳河乡", 2023)}),
        ("Which subdistricts have a lawyer?", {("和平街道", 2024)}),
    ],
)
def test_province_level_and_year_narrow_together(question: str, names: set[tuple[str, int]]) -> None:
    assert found(question) == names


@pytest.mark.parametrize(
    ("question", "reading"),
    [("石桥镇调解了多少件？", "file"), ("东山镇调解了多少件？", "text"), ("青笼镇调解了多少件？", "misspelt")],
)
def test_a_name_that_no_report_was_read_to_have_is_answered_from_where_it_stands(question: str, reading: str) -> None:
    said = scope(question)
    assert said.problem is None
    assert [note.reading for note in said.notes] == [reading]


def test_a_name_in_a_title_weighs_more_than_in_a_text() -> None:
    titled = report(None, title="关于东山镇的报告", text="本镇情况。")
    atlas = Atlas([REPORTS[9], titled])
    assert understand("东山镇调解了多少件？", atlas).scope.reports == (1,)


def test_of_two_versions_the_later_counts_and_is_told() -> None:
    body = "、".join(f"{village}村调解纠纷若干件，均已履行完毕" for village in ("石桥", "大坪", "新田", "柏林", "双河"))
    early = report("青石镇", "平川县", text=f"青石镇2024年报告\n2025年1月5日\n{body}共58件。", file="b.txt")
    late = report("青石镇", "平川县", text=f"青石镇2024年报告\n2025年3月8日\n{body}共65件。", file="a.txt")
    marked, _ = mark_superseded([late, early, REPORTS[0]])
    said = understand("所有乡镇一共化解了多少件矛盾纠纷？", Atlas(marked)).scope
    assert said.reports == (0, 2)
    assert [(note.reading, note.reports) for note in said.notes] == [("version", (1, 0))]


def test_a_half_year_report_of_other_words_is_no_version() -> None:
    first = report("青石镇", text="青石镇上半年总结。召开党委会研究信访，走访群众。", file="a.txt")
    second = report("青石镇", text="青石镇年度报告。举办宪法宣传周活动，新建法治广场一处。", file="b.txt")
    assert not any(marked.superseded_by for marked in mark_superseded([first, second])[0])


OFFICES = Atlas(
    [
        report(None, title="安平县司法局2024年度法治政府建设情况报告", text="全年办理复议案件。"),
        report(None, title="安平县卫生健康局2024年度法治政府建设情况报告", text="全年开展监督检查。"),
        report(None, title="华林电子有限公司2024年年度报告", text="营业收入增长。"),
        report(None, title="明川乳业股份有限公司2024年年度报告", text="营业收入下降。"),
        report(None, title="2024年度报告", text="第三季度报告。", file="恒远物流公司.txt"),
    ]
)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("安平县司法局办理了多少件复议案件？", (0,)),
        ("安平县卫生健康局查了多少家单位？", (1,)),
        ("华林电子的营业收入是多少？", (2,)),
        ("华林电子和明川乳业谁的营业收入多？", (2, 3)),
        ("恒远物流公司有多少员工？", (4,)),
        ("法治政府建设情况怎样？", (0, 1, 2, 3, 4)),
    ],
)
def test_whatever_tells_titles_apart_names_a_report_of_no_township(question: str, numbers: tuple[int, ...]) -> None:
    assert understand(question, OFFICES).scope.reports == numbers


RECORDS = Atlas(
    [
        report(None, title="民事判决书", text="（2022）沅0931民初2047号\n原告宿婉，被告岑立峰。", file="a.txt"),
        report(None, title="急诊科抢救记录", text="患者代码 ER-0093-K，男，42岁。", file="b.txt"),
        report(None, title="项目结题书", text="“拾穗”口述史项目于2022年立项。", file="c.txt"),
        report(None, title="会议纪要", text="参会人员十二名。", file="d.txt"),
        report(None, title="值班记录", text="当日无异常。", file="e.txt"),
    ]
)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("（2022）沅0931民初2047号一案判赔多少？", (0,)),
        ("岑立峰的房子归谁？", (0,)),
        ("What was the temperature of patient ER-0093-K?", (1,)),
        ("“拾穗”批下来多少经费？", (2,)),
        ("谁的房子？", (0, 1, 2, 3, 4)),
    ],
)
def test_a_document_is_named_by_what_few_of_them_begin_with(question: str, numbers: tuple[int, ...]) -> None:
    assert understand(question, RECORDS).scope.reports == numbers


FIRST = (
    "东山",
    "西柳",
    "白石坡",
    "龙门",
    "太和",
    "多宝",
    "东里",
    "官埠桥",
    "古城",
    "王家",
    "平东",
    "新江湾城",
    "㵲阳",
    "里耶",
    "大同",
    "三合",
    "本溪湖",
    "下蜀",
)
LAST = ("镇", "乡", "街道", "苏木")
NAMES = st.builds(str.__add__, st.sampled_from(FIRST), st.sampled_from(LAST))
SENTENCES = st.sampled_from(
    (
        "{}2024年法治政府建设报告。",
        "与{}联合开展矛盾排查。",
        "中共{}委员会、{}人民政府",
        "赴{}学习。",
        "{}司法所参加了会议。",
    )
)
QUESTIONS = st.sampled_from(
    (
        "{}调解了多少件纠纷？",
        "请问{}有几名法律顾问？",
        "2024年{}办了多少场宣传？",
        "{}在普法方面做了什么？",
        "想了解一下{}的不足",
        "统计{}罚款金额",
    )
)
READ = st.one_of(st.none(), NAMES)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(READ, NAMES, SENTENCES), min_size=1, max_size=6), QUESTIONS, st.data())
def test_a_name_that_stands_in_a_report_is_never_called_unknown(
    rows: list[tuple[str | None, str, str]], question: str, data: st.DataObject
) -> None:
    reports = [
        report(read, text=f"报告。{sentence.replace('{}', name)}", title="年度报告", file=f"{number}.txt")
        for number, (read, name, sentence) in enumerate(rows)
    ]
    asked = data.draw(st.sampled_from([name for _, name, _ in rows]))
    said = understand(question.replace("{}", asked), Atlas(reports)).scope
    assert said.problem != "unknown_report"
    assert said.reports


def test_the_files_of_the_collection_name_their_reports() -> None:
    """A report of which only the file says whose it is."""
    atlas = Atlas(
        [report(None, title="年度报告", text="全年调解12件。", file=f"{name}.txt") for name in ("石桥镇", "东山镇")]
    )
    assert Path(atlas.reports[understand("石桥镇调解了多少件？", atlas).scope.reports[0]].file).stem == "石桥镇"


MIXED = (report("青龙镇"), report("古城乡"), report("和平街道"), report("罗子山瑶族乡"), report("安平县司法局"))
"""All levels of one county, and its bureau."""


def of_mixed(question: str, history: tuple[str, ...] = ()) -> list[str]:
    return [MIXED[n].name for n in understand(question, Atlas(MIXED), history).scope.reports]


@pytest.mark.parametrize(
    "question",
    [
        "哪几个镇聘请了法律顾问？",
        "各镇分别调解了多少件？",
        "把各乡的调解数排一排",
        "哪个乡调解最多？",
        "聘请了律师的镇，有哪几个？",
        "哪些镇、哪些街道聘请了法律顾问？",
    ],
)
def test_townships_of_all_levels_are_meant_where_a_question_speaks_of_one_in_general(question: str) -> None:
    assert of_mixed(question) == ["青龙镇", "古城乡", "和平街道", "罗子山瑶族乡"]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("哪几个镇聘请了法律顾问？只看镇，不看乡", ["青龙镇"]),
        ("哪几个镇聘请了法律顾问，不含乡", ["青龙镇"]),
        ("镇一级的，哪些聘请了法律顾问？", ["青龙镇"]),
        ("哪些建制镇聘请了法律顾问？", ["青龙镇"]),
        ("只算乡，谁调解最多？", ["古城乡", "罗子山瑶族乡"]),
        ("只要镇的，哪几个镇聘请了法律顾问，不包括街道", ["青龙镇"]),
        ("哪些街道聘请了法律顾问？", ["和平街道"]),
        ("哪些民族乡聘请了法律顾问？", ["罗子山瑶族乡"]),
    ],
)
def test_a_level_narrows_where_it_is_set_apart(question: str, names: list[str]) -> None:
    assert of_mixed(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "各镇街聘请了法律顾问吗？",
        "哪些乡镇聘请了法律顾问，不算街道",
        "各街镇调解了多少件？",
        "镇一级政府聘请法律顾问的有哪些？",
    ],
)
def test_words_for_all_townships_name_no_level(question: str) -> None:
    assert len(of_mixed(question)) == len(MIXED)
    assert not understand(question, Atlas(MIXED)).scope.notes


def test_how_a_level_was_taken_is_told_where_other_levels_are_among_the_reports() -> None:
    said = understand("哪几个镇聘请了法律顾问？", Atlas(MIXED)).scope
    assert [(n.reading, n.asked, n.taken) for n in said.notes] == [("all_townships", "哪几个镇", "镇")]
    towns = frozenset({0})
    assert not said.within(towns).notes, "towns alone may answer"
    assert not understand("青龙镇是哪个镇？", Atlas(MIXED)).scope.notes


def test_a_question_after_all_townships_leaves_the_one_spoken_of_before() -> None:
    history = ("青龙镇调解了多少件？",)
    assert len(of_mixed("各镇分别调解了多少件？", history)) == 4


def test_a_verb_before_the_townships_government_is_no_name() -> None:
    assert scope("青龙镇请的那位律师平时主要帮乡政府干啥？").groups == ((0, 1),)


def test_where_people_went_to_complain_is_not_whose_reports_are_asked_for() -> None:
    reports = [report("东山镇", province="湖北省"), report("田村路街道", province="北京市")]
    assert understand("东山镇跑到北京上访的有多少人？", Atlas(reports)).scope.reports == (0,)


def test_a_report_whose_title_names_its_year_is_on_no_other_however_often_that_is_compared_with() -> None:
    text = "东山镇2024年报告。2023年受理96件，2023年调成90件。"
    assert understand("东山镇2023年受理多少件？", Atlas([report("东山镇", text=text)])).scope.problem == "unknown_year"
