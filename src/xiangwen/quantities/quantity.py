"""A quantity: how much of what, of when, in which direction, and of what it is a part."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from xiangwen.language.units import in_base_unit
from xiangwen.quantities.forms import Bound

Role = Literal["total", "part", "rate"]
PeriodKind = Literal[
    "year", "year_before", "named", "cumulative", "half_1", "half_2", "quarter_1", "quarter_2", "quarter_3",
    "quarter_4", "months", "as_of", "planned",
]  # fmt: skip
Direction = Literal["none", "from", "to", "up", "down"]
Modality = Literal["done", "planned", "lacking", "denied"]
HolderKind = Literal["own", "joint", "village", "county"]
Stage = Literal["intake", "settled"]
_WIDE = re.compile(r"[０-９，．％]")
MEASURED = frozenset(["area", "time", "weight", "percent"])
"""Classes of units that measure different things (metres and square metres) or convert into one another."""


@dataclass(frozen=True)
class Period:
    """The time that a number is given for, as seen from the report."""

    kind: PeriodKind
    """`year` is the report's own, `cumulative` since some earlier time, `as_of` a state at a date within the year."""
    year: int | None = None
    """Of `named`: a year that is neither the report's own nor the one before it."""
    said: bool = True
    """Whether the sentence says so; else it is taken for granted."""


@dataclass(frozen=True)
class Holder:
    """Who a number belongs to: the issuer, a village, the county."""

    kind: HolderKind = "own"
    name: str = ""
    """Of a village, 「红星村」; empty where it is only spoken of (「该村」)."""


OWN = Holder()


@dataclass(frozen=True)
class Quantity:
    """A number of a sentence with all that the sentence says of it; offsets count in the sentence."""

    value: float
    """The lower end of a range."""
    high: float
    bound: Bound
    unit: str
    """The measure word as written; 万 and 亿 are in the value, not in the unit."""
    unit_class: str
    """Key of ``units.toml``: units of one class may be compared."""
    text: str
    """As the report writes it, 「2000余份」."""
    start: int
    end: int
    clause_start: int
    counted: str
    """What is counted, 「土地纠纷」; empty where the clause says nothing of it (「增加5件」)."""
    context: str
    """All words of the clause that are the number's own."""
    carried: str
    """What it is counted of, said before: 「受理矛盾纠纷120件，办结118件」 carries 受理矛盾纠纷 to 118."""
    role: Role
    of: int | None
    """The number, in the sentence, of the quantity that it is a part of or a change to."""
    period: Period
    direction: Direction
    """`from` and `to` are the two ends of a change, `up` and `down` its size."""
    modality: Modality
    holder: Holder = OWN
    """Whose it is: the issuer's own, its and the county's, a village's, the county's."""
    stage: Stage | None = None
    """Whether it counts what came in (受理) or what was brought to an end (办结); None where it says neither."""
    rate: str = ""
    """What a rate is called, 「调解成功率」."""

    @property
    def subject(self) -> str:
        """All words that say what is counted."""
        return f"{self.context} {self.carried}".strip()

    @property
    def readable(self) -> str:
        """As the report writes it, in digits of common width: 「97.4%」 for 「９７．４％」."""
        return unicodedata.normalize("NFKC", self.text) if _WIDE.search(self.text) else self.text

    @property
    def is_change(self) -> bool:
        """Whether it is the size of a change and not a number of things."""
        return self.direction in ("up", "down")

    @property
    def in_base_unit(self) -> tuple[float, str]:
        """The value in the unit that its class is compared in: (3000, 「米」) of 3公里."""
        return in_base_unit(self.value, self.unit)

    @property
    def kind(self) -> tuple[str, str]:
        """What it may be compared with: one class of units, and where these are measured, one base unit."""
        return self.unit_class, self.in_base_unit[1] if self.unit_class in MEASURED else ""
