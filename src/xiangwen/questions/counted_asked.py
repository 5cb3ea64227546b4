"""What a question wants counted, read as a sentence of a report: 「化解土地纠纷多少件」 as 「化解土地纠纷7件」."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.quantities.forms import any_unit
from xiangwen.quantities.quantity import Quantity, Stage
from xiangwen.quantities.reading import known_rates, rate_in, read_quantities, stage_of, village_in

_WORDS = vocabulary_patterns("question_words.toml")
_ANY = "7"
"""A number that stands for the one asked for."""
_HOW_MANY = "多少|几"
_HIGHEST = re.compile(r"(?:哪[个家份些]\S{0,3})?(?:最|排第)[多少高低大小好差一长短].*$")

_WANTED = re.compile(
    "^(?:想要?|打算|准备|计划|还要|要|拟|预计|力争|争取)(?:再|多|新|另)*(?:招聘?|聘请?|请|找|配|添|增加?|补)?"
)
"""「想再招调解员」: what is wanted is no part of what is counted."""


@dataclass(frozen=True)
class CountedAsked:
    """What the number that is asked for counts."""

    noun: str = ""
    """What is counted, with its verb: 「化解土地纠纷」."""
    stage: Stage | None = None
    rate: str = ""
    """The rate asked for, 「调解成功率」."""
    village: str = ""
    """The village asked for."""
    new: bool = False
    """Whether only what is new is asked for: 「新取得执法证」."""
    county: bool = False
    """Whether the county's number is asked for."""


@lru_cache(maxsize=512)
def read_counted_asked(text: str) -> CountedAsked:
    """What a question in simplified characters, without the names of townships and years, wants counted."""
    plain = re.sub(r"\s+", "", text) if re.search(r"[\u3400-\u9fff]", text) else text
    stages = cast(tuple[Stage, ...], _WORDS.said("stage_asked", plain.lower()))
    found = _as_told(plain)
    noun = _WANTED.sub("", found[0].context) if found else ""
    return CountedAsked(
        noun,
        stage_of(noun) or (stages[0] if len(stages) == 1 else None),
        rate_in(re.sub(r"比率", "", plain)) or _proportion(plain),
        village_in(plain),
        bool(re.search(r"新[增取培聘建办发招设选吸添获认任创购]|\bnewly\b", plain.lower())),
        bool(re.search(r"全县|全市|全区|我县|\b(?:(?:whole|entire) county|county-?wide)\b", plain)),
    )


def _as_told(text: str) -> tuple[Quantity, ...]:
    """The question with a number where it asks for one, read as a sentence."""
    unit = "%" if rate_in(text) else "个"
    told = re.sub(rf"(?:{_HOW_MANY})(?=(?:{any_unit()}))", _ANY, text)
    told = re.sub(rf"(?:{_HOW_MANY})(?!\d)", f"{_ANY}{unit}", told)
    if told == text:
        told = _HIGHEST.sub(f"{_ANY}{unit}", text)
    return read_quantities(told)


def _proportion(text: str) -> str:
    """「调成的比率」 asks for the rate of what is 调成; of words that rates are not called by it tells nothing."""
    match = re.search(r"([\u4e00-\u9fff]{2})(?:的)?(?:比率|比例|占比|概率)", text)
    return f"{match[1]}率" if match and match[1] in known_rates() else ""
