"""Several regions by one name: 「长三角」, 「两广」."""

import pytest

from xiangwen.questions.joint_regions import written_out

KNOWN = frozenset({"上海市", "江苏省", "湖南省", "广东省", "广州市"})


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("长三角的报告有哪些", "上海市、江苏省的报告有哪些"),
        ("江浙沪一带哪些乡镇请了律师", "江苏省、上海市哪些乡镇请了律师"),
        ("两湖地区有报告吗", "湖南省有报告吗"),
        ("湘粤两省的街道", "湖南省、广东省的街道"),
        ("除了珠三角,还有哪些", "除了广州市,还有哪些"),
        ("reports from the Yangtze River Delta", "reports from Shanghai, Jiangsu"),
    ],
)
def test_what_the_collection_has_of_them_is_written_out(question: str, read: str) -> None:
    text, (note,) = written_out(question, KNOWN)
    assert text == read and note.reading == "joint"


def test_where_it_has_none_all_are_written_out_and_told_to_be_missing() -> None:
    text, (note,) = written_out("京津冀的报告", KNOWN)
    assert text == "北京市、天津市、河北省的报告" and note.taken == "北京市、天津市、河北省"


@pytest.mark.parametrize("question", ["融入长三角的乡镇", "长三角一体化提到了吗", "西南街道的报告", "粤桂镇有几名律师"])
def test_a_topic_or_a_township_is_none(question: str) -> None:
    assert written_out(question, KNOWN) == (question, ())
