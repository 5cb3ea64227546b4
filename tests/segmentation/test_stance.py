"""What the passages of a report say of their matters: done, planned, lacking."""

from xiangwen.language.as_read import on_one_line
from xiangwen.segmentation.passages import Stance, split_passages
from xiangwen.segmentation.stance import PassageInRun, running_stances


def read(text: str) -> dict[str, Stance]:
    """The stance of each passage of a report's text, by its words."""
    passages = split_passages(text)
    ends = [None, *(passage.end for passage in passages)]
    told = [
        PassageInRun(p.heading_path, p.is_heading, on_one_line(text[p.start : p.end]), p.start == end)
        for p, end in zip(passages, ends, strict=False)
    ]
    return dict(zip((passage.quote for passage in told), running_stances(told), strict=True))


def test_shortcomings_are_found_under_headings_in_plain_words() -> None:
    stances = read(
        "一、做了哪些事\n调解纠纷12件。\n二、还差在哪里\n律师一年只来四趟。\n三、来年怎么走\n再签约2名律师。\n"
    )
    assert stances["调解纠纷12件。"] == "done"
    assert stances["律师一年只来四趟。"] == "shortcoming"
    assert stances["再签约2名律师。"] == "plan"


def test_plans_end_the_shortcomings_of_a_shared_section() -> None:
    stances = read("一、差距和打算\n不足：执法船只有1条；北斗没有装齐。明年：申请新执法船1条；北斗六月前装完。\n")
    assert stances["北斗没有装齐。"] == "shortcoming"
    assert stances["北斗六月前装完。"] == "plan"


def test_each_shortcoming_may_be_followed_by_its_plan() -> None:
    stances = read("一、存在的问题\n（一）执法人员少。下一步，将招考2名。\n（二）普法形式单一。下一步，将拍短视频。\n")
    assert stances["（二）普法形式单一。"] == "shortcoming"
    assert stances["下一步，将拍短视频。"] == "plan"


def test_a_list_of_shortcomings_needs_no_heading() -> None:
    stances = read("今年化解纠纷80件。毛病也不少：一是调解卷宗不全；二是没有专项经费。\n全年普法20场。\n")
    assert stances["二是没有专项经费。"] == "shortcoming"
    assert stances["全年普法20场。"] == "done"


def test_problems_of_residents_that_were_solved_are_no_shortcomings() -> None:
    stances = read("一、聚焦突出问题，化解矛盾\n解决群众反映的困难问题：一是修路3公里；二是补发工资5万元。\n")
    assert set(stances.values()) == {"done"}


def test_a_short_first_sentence_announces_what_its_paragraph_tells() -> None:
    stances = read("普法20场。\n检讨。写文书的人只有1名。装备旧了3年。\n明年的想法。再招2人。\n调解40件。\n")
    assert stances["装备旧了3年。"] == "shortcoming"
    assert stances["再招2人。"] == "plan"
    assert stances["调解40件。"] == "done"
    assert set(read("问题整改到位。开会3次。\n计划全部完成。开会5次。\n").values()) == {"done"}
