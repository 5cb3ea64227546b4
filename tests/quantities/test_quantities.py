"""Quantities: numbers in all forms, what counts nothing, and what a sentence says of each number."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quantity_accuracy import accuracy, looked_at, rows
from written_numbers import DIGITS, formal, full_width, han

from xiangwen.quantities.forms import amounts
from xiangwen.quantities.quantity import Quantity
from xiangwen.quantities.reading import kind_apart, read_quantities, same_rate


def read(sentence: str, *headings: str, year: int | None = 2024) -> dict[str, Quantity]:
    """The quantities of a sentence by their text."""
    return {q.text: q for q in read_quantities(sentence, headings, year)}


COUNTS = st.integers(2, 99_999_999)


@given(COUNTS, st.sampled_from(["件", "份", "名", "元", "人次", "户", "场次"]))
def test_a_count_is_read_back_in_every_form(n: int, unit: str) -> None:
    for written in (str(n), f"{n:,}", full_width(f"{n:,}"), formal(n)):
        (amount,) = amounts(f"全年共计{written}{unit}，")
        assert (amount.value, amount.high, amount.bound, amount.unit) == (n, n, "exact", unit)


@given(st.integers(1, 999), st.integers(0, 99), st.sampled_from(["万", "亿"]))
def test_decimals_are_read_back_in_both_scripts(whole: int, hundredths: int, scale: str) -> None:
    arabic = f"{whole}.{hundredths:02d}"
    chinese = f"{han(whole)}点{DIGITS[hundredths // 10]}{DIGITS[hundredths % 10]}"
    value = float(arabic) * {"万": 1e4, "亿": 1e8}[scale]
    for written in (arabic, full_width(arabic), chinese):
        (amount,) = amounts(f"罚款{written}{scale}元")
        assert (amount.value, amount.unit) == (pytest.approx(value), "元"), written


@given(st.integers(2, 50), st.integers(1, 50), st.sampled_from(["至", "到", "-", "—", "~", "～"]))
def test_ranges_keep_both_ends(low: int, more: int, sign: str) -> None:
    high = low + more
    for written in (f"{low}{sign}{high}次", f"{low}次{sign}{high}次"):
        (amount,) = amounts(f"每年走访{written}。")
        assert (amount.value, amount.high) == (low, high), written
    if sign in "至到":
        (amount,) = amounts(f"走访{han(low)}{sign}{han(high)}次")
        assert (amount.value, amount.high) == (low, high)


@given(st.integers(1, 99))
def test_percentages_are_read_back_in_every_form(n: int) -> None:
    for written in (f"{n}%", f"{n}％", f"{n}﹪", f"百分之{n}", f"百分之{han(n)}", full_width(f"{n}.0") + "％"):
        (amount,) = amounts(f"满意率达{written}，")
        assert (amount.value, amount.unit) == (n, "%"), written


@pytest.mark.parametrize(
    ("words", "value", "bound", "unit"),
    [
        ("发放各类宣传材料2万余份", 20_000, "at_least", "份"),
        ("筹资一点五亿元", 150_000_000, "exact", "元"),
        ("罚款伍仟元整", 5_000, "exact", "元"),
        ("经济处罚0.9万元", 9_000, "exact", "元"),
        ("发放近百份", 100, "at_most", "份"),
        ("上千人参加", 1_000, "at_least", "人"),
        ("三千余份", 3_000, "at_least", "份"),
        ("两百来人", 200, "about", "人"),
        ("十几名", 10, "at_least", "名"),
        ("约50件", 50, "about", "件"),
        ("10分钟左右", 10, "about", "分钟"),
        ("不少于20场", 20, "at_least", "场"),
        ("2名以上规范化着装", 2, "at_least", "名"),
        ("半数以上", 50, "at_least", "%"),
        ("九成", 90, "exact", "%"),
        ("九成八", 98, "exact", "%"),
        ("修订居民公约12件", 12, "exact", "件"),
        ("到场的有5个人", 5, "exact", "人"),
        ("七成半", 75, "exact", "%"),
        ("三分之二", 66.67, "exact", "%"),
        ("2.5倍", 2.5, "exact", "倍"),
        ("翻一番", 2, "exact", "倍"),
        ("5000㎡", 5_000, "exact", "平方米"),
        ("0.9个百分点", 0.9, "exact", "个百分点"),
    ],
)
def test_forms_of_reports(words: str, value: float, bound: str, unit: str) -> None:
    (amount,) = amounts(words)
    assert (amount.value, amount.bound, amount.unit) == (value, bound, unit)


def test_units_of_one_class_convert() -> None:
    assert read("修路3公里")["3公里"].in_base_unit == (3_000, "米")
    assert read("拆除2亩")["2亩"].in_base_unit[1] == "平方米"


# --- what counts nothing ----------------------------------------------------------------------------------------------

NO_QUANTITY = [
    "党的二十大",
    "第一责任人",
    "一是提高认识",
    "2024年12月4日",
    "落实“三项制度”",
    "“1+3+N”网格",
    "行政执法三项制度",
    "增强四个意识",
    "4A级景区",
    "12345热线",
    "“12·4”宪法宣传",
    "芷法办〔2024〕8号",
    "2021-2025年规划",
    "5月至8月",
    "14:30",
    "9点30分",
    "0734-5551234",
    "十分重视",
    "一次性告知",
    "第3条",
    "四个方面",
    "两级调委会",
    "一起解决",
    "八五普法",
    "省委“1310”部署",
    "２０２4年",
    "二〇二四年",
    "一村一法律顾问",
    "3·15",
    "（3）",
    "没有一件",
    "队伍人少",
]


@given(
    st.sampled_from(NO_QUANTITY), st.sampled_from(["", "，", "我镇", "落实"]), st.sampled_from(["", "，", "。", "工作"])
)
def test_what_counts_nothing_is_no_quantity(words: str, before: str, behind: str) -> None:
    assert list(amounts(before + words + behind)) == []


@given(
    st.integers(1900, 2100),
    st.integers(1, 12),
    st.integers(1, 31),
    st.sampled_from(["年{m}月{d}日", "-{m}-{d}", ".{m}.{d}"]),
)
def test_dates_are_no_quantities(y: int, m: int, d: int, form: str) -> None:
    assert list(amounts(f"发布时间：{y}{form.format(m=m, d=d)} 信息来源")) == []


@given(st.integers(1, 20), st.integers(2, 99), st.sampled_from("个名件次份场"))
def test_a_list_number_glued_to_a_count_is_none(item: int, n: int, unit: str) -> None:
    (amount,) = amounts(f"{item}.{n}{unit}调解员。")
    assert (amount.value, amount.text) == (n, f"{n}{unit}")


def test_a_half_width_full_stop_ends_a_sentence() -> None:
    assert [a.text for a in amounts("硬化道路3.5公里.群众满意度98.6%.3.15个村设立调解室.")] == [
        "3.5公里",
        "98.6%",
        "15个",
    ]


@given(
    st.text(
        alphabet="零一二两三十百千万亿点半几数翻成余近约上0123456789.,，%件份元人次年月日其中；。发放由到增至",
        max_size=60,
    )
)
def test_quantities_are_slices_in_order_whatever_the_text(text: str) -> None:
    found = read_quantities(text, (), 2024)
    assert all(text[q.start : q.end].strip() == q.text for q in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(q.value <= q.high for q in found)


# --- what a sentence says of its numbers ------------------------------------------------------------------------------


def test_all_the_years_together_are_no_number_of_this_year() -> None:
    said = read("累计化解512件，2024年化解97件")
    assert (said["512件"].period.kind, said["97件"].period.kind) == ("cumulative", "year")
    said = read("累计培养212名，其中2024年新培养38名")
    assert (said["212名"].period.kind, said["38名"].period.kind) == ("cumulative", "year")
    assert read("今年以来，累计化解97件")["97件"].period.kind == "year"


def test_last_year_beside_this_year() -> None:
    said = read("上年130件，今年97件")
    assert (said["130件"].period.kind, said["97件"].period.kind) == ("year_before", "year")
    said = read("全年受理矛盾纠纷301件，上年受理347件，发放手册500份")
    assert [q.period.kind for q in said.values()] == ["year", "year_before", "year"]
    said = read("群众被骗报警20起，比上年少9起")
    assert said["9起"].period.kind == "year" and said["9起"].direction == "down"


def test_halves_and_quarters_last_until_the_next() -> None:
    said = read("上半年学法4次、培训2场，下半年学法5次，第三季度普法6次")
    assert [q.period.kind for q in said.values()] == ["half_1", "half_1", "half_2", "quarter_3"]


def test_a_report_on_two_years_tells_them_apart_by_its_headings() -> None:
    assert read("化解80件", "一、2023年工作情况")["80件"].period.kind == "year_before"
    assert read("化解80件", "一、2024年工作情况")["80件"].period.kind == "year"


def test_both_ends_of_a_change() -> None:
    for sentence in ("执法人员由8人增加到15人", "执法人员从8人增至15人", "执法人员由原来的8人，扩充到15人"):
        said = read(sentence)
        assert (said["8人"].direction, said["15人"].direction) == ("from", "to"), sentence
        assert "执法人员" in said["15人"].subject
    said = read("满意率由85%提高到97%")
    assert (said["85%"].direction, said["97%"].direction) == ("from", "to")
    assert read("审批事项精简为12项")["12项"].direction == "to"


def test_the_size_of_a_change_has_its_direction() -> None:
    assert read("受理120件，同比下降12.5%")["12.5%"].direction == "down"
    assert read("受理120件，比上年增加9件")["9件"].direction == "up"
    assert read("办理1,206件，较去年多117件")["117件"].direction == "up"
    assert read("新增调解员5名")["5名"].direction == "none"


def test_parts_know_their_whole() -> None:
    said = read("受理120件，其中邻里45件、土地30件，办结118件，罚款7920元")
    assert [q.role for q in said.values()] == ["total", "part", "part", "part", "total"]
    assert "邻里" in said["45件"].counted
    said = read("8个行政村中5个已配法律顾问，另3个由司法所兼任")
    assert [(q.role, q.of) for q in said.values()] == [("total", None), ("part", 0), ("part", 0)]


def test_what_is_counted_is_a_noun_with_what_tells_it_apart() -> None:
    said = read("完成道路交通领域违法处罚案件205件罚金7920元，林业行政处罚14件罚金2050元")
    assert said["7920元"].counted == "罚金"
    assert said["14件"].counted == "林业行政处罚"
    assert read("查处15起，罚款7920元")["7920元"].counted == "罚款"
    assert read("审议通过5件重大行政决策")["5件"].counted.endswith("重大行政决策")


def test_what_is_planned_or_lacking() -> None:
    assert read("2025年计划开展普法20场")["20场"].modality == "planned"
    assert read("将法治思想纳入培训内容，发放资料400余份")["400余份"].modality == "done"
    assert read("培训调解员3次", "三、下一步工作打算")["3次"].modality == "planned"
    assert read("执法人员只有3人", "二、存在的不足")["3人"].modality == "lacking"


def test_what_is_added_counts_things_and_is_no_size_of_a_change() -> None:
    added = read("下一步要把普法活动做到60场，行政执法人员再增5名。")["5名"]
    assert (added.direction, added.counted) == ("none", "行政执法人员")
    assert read("罚款比上年增加5件")["5件"].direction == "up"


def test_what_there_is_now_is_not_planned_with_what_shall_come() -> None:
    literate = read("持续推进“法律明白人”培养，力争由现在的36名增加到45名。", "四、2025年工作安排")
    assert {text: (q.direction, q.period.kind) for text, q in literate.items()} == {
        "36名": ("none", "year"),
        "45名": ("to", "planned"),
    }
    assert "法律明白人" in literate["36名"].context
    more = read("培养“法律明白人”不少于56名，现有28名。", "四、2025年工作计划")["28名"]
    assert (more.modality, more.period.kind, more.role) == ("done", "year", "total")
    assert read("2024年审查合同25份，2025年应审尽审。", "三、2025年工作计划")["25份"].modality == "done"


def test_labelled_quantities_are_read_right() -> None:
    """Floors for the reports that no rule was made on; `quantity_accuracy` prints every miss of the others."""
    found = accuracy([row for row in rows() if not looked_at(row)])
    share = {field: right / of for field, (right, of) in found.items()}
    assert share["value"] >= 0.995 and share["unit"] >= 0.995 and share["found"] >= 0.98
    assert share["direction"] >= 0.98 and share["period"] >= 0.97 and share["role"] >= 0.95
    assert share["counted"] >= 0.88


def test_numbers_that_add_up_to_one_are_its_parts() -> None:
    said = read("信访登记五十九件，初次的三十八件，重复的二十一件")
    assert [q.role for q in said.values()] == ["total", "part", "part"]
    said = read("批准宅基地六十三户，驳回七户，撤回申请两户，收到申请总数七十二户")
    assert [q.role for q in said.values()] == ["part", "part", "part", "total"]


def test_a_number_of_a_village_or_of_the_county_is_not_the_townships_own() -> None:
    said = read("该县排名靠前。全县化解纠纷3200件，我镇化解纠纷97件，其中东山村调解纠纷31件。")
    assert [said[text].holder.kind for text in ("3200件", "97件", "31件")] == ["county", "own", "village"]
    assert said["31件"].holder.name == "东山村" and said["31件"].counted == "调解纠纷"
    told = read("推广红星村“板凳议事会”做法，该村全年化解纠纷16件；全镇共化解纠纷121件。")
    assert told["16件"].holder.name.endswith("红星村") and told["121件"].holder.kind == "own"
    assert {q.holder.kind for q in read("12个行政村均设立调解室，各村召开会议28次").values()} == {"own"}


def test_what_came_in_is_told_from_what_was_brought_to_an_end() -> None:
    said = read("全年受理矛盾纠纷120件，其中邻里纠纷45件，办结118件，成功率98.3%。")
    assert [said[text].stage for text in ("120件", "45件", "118件")] == ["intake", "intake", "settled"]
    assert said["98.3%"].rate == "成功率"
    assert read("排查化解矛盾纠纷120件")["120件"].stage is None


def test_rates_are_the_same_by_the_end_of_their_names() -> None:
    assert same_rate("调解成功率", "纠纷调成率") and same_rate("办结率", "案件按时办结率")
    assert not same_rate("调解率", "调解成功率")


def test_things_of_one_kind_are_set_apart_from_those_of_all_kinds() -> None:
    assert kind_apart("化解土地纠纷", "化解矛盾纠纷", of_a_kind=False) == "土地"
    assert kind_apart("化解劳资纠纷", "邻里纠纷", of_a_kind=True) == "劳资"
    assert kind_apart("化解矛盾纠纷", "调解纠纷", of_a_kind=False) == ""
    assert kind_apart("目前矛盾纠纷", "矛盾纠纷", of_a_kind=False) == ""
    assert kind_apart("法律把关意见", "合法性审查意见", of_a_kind=False) == ""


def test_months_that_make_a_half_or_a_quarter_are_one() -> None:
    assert read("1至6月办理行政许可362件，全年办理行政许可805件")["362件"].period.kind == "half_1"
    assert read("前三季度化解纠纷60件")["60件"].period.kind == "months"


def test_the_whole_year_below_the_heading_of_another_is_that_year() -> None:
    assert read("全年办理行政处罚案件19件", "一、2023年工作情况")["19件"].period.kind == "year_before"


def test_what_next_year_s_first_clause_plans_its_others_plan_too() -> None:
    read = read_quantities("2025年安排中心组学法4次，开展普法讲座50场。", year=2024)
    assert [q.period.kind for q in read] == ["planned", "planned"]


def test_what_is_raised_to_a_number_is_what_it_counts() -> None:
    raised, also = read_quantities("2026年打算把法治宣传活动增到50场，培训办5次。", year=2025)
    assert (raised.counted, raised.direction, also.counted) == ("法治宣传活动", "to", "培训")


def test_traditional_characters_are_read_like_common_ones_and_quoted_as_written() -> None:
    events, turns = read_quantities("計劃組織普法進村活動24場，法律顧問坐班要滿200餘次。", ["三、2026年安排"], 2025)
    assert (events.period.kind, turns.period.kind) == ("planned", "planned")
    assert (events.text, turns.text, turns.bound) == ("24場", "200餘次", "at_least")


def test_what_stands_beside_a_number_of_the_year_before_is_of_that_year_too() -> None:
    kinds = {
        q.text: q.period.kind
        for q in read_quantities("受理95件，去年是104件调结99件，罚款4.6万元，上年46起、5.1万元", (), 2023)
    }
    before = ("104件", "99件", "46起", "5.1万元")
    assert kinds == {"95件": "year", "4.6万元": "year", **dict.fromkeys(before, "year_before")}
