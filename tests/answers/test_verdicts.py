"""What a report says on several conditions at once."""

from xiangwen.answers.verdicts import Judged, together


def test_a_report_meets_several_conditions_where_it_meets_each() -> None:
    yes, partial, no = Judged(3, "yes", 0.9, (7,)), Judged(3, "partial", 0.6, (8,)), Judged(3, "no", 0.7, (9,))
    assert together([yes, partial]) == Judged(3, "partial", 0.6, (7, 8))
    assert together([yes, no]) == Judged(3, "no", 0.7, (9,))
    assert together([yes, Judged(3, "silent", 0.8, ())]) == Judged(3, "silent", 0.8, ())
