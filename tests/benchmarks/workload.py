"""Reports to any size with known right answers: what the benchmarks of speed, size and other products run on.

    python tests/benchmarks/workload.py --reports 1500 --seed 7 OUT

writes ``OUT/reports/*.txt`` and ``OUT/questions.jsonl`` (the format of ``tests/questions/README.md``). The same seed
gives the same bytes on every machine, and the first hundred of 1,500 reports are those of a run with a hundred.

A report has the parts of a real one (preamble, main work, shortcomings, duty of the leaders, next year's plan), one of
seven styles of numbering and 40 to 200 sentences. On each matter of ``wording/matters.toml`` it says that it was done,
done in part, not done, only planned, or nothing at all, and that is drawn first, so the right answers are known. All
else comes from ``wording/prose.toml``. The wording of both was written after the manner of the reports in seeds/ and
tests/reports_dev/, by somebody who put down how an official would say it; the concept catalogue of the product
(``language/vocabulary``) was not consulted, so that the benchmark does not flatter it. No sentence occurs twice in a
collection but the set phrases at the start and the headings, as in life. County names are real, everything else is
invented.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Literal

from xiangwen.reports.places import gazetteer

WORDING = Path(__file__).parent / "wording"
State = Literal["done", "partly", "denied", "plan", "silent"]
WORK_PARTS = ("study", "decisions", "enforcement", "disputes", "publicity", "governance")
"""Parts of the section on the year's work."""
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(?:(\d+)-(\d+)|(\w+))\}")
_CN = ("", *"一二三四五六七八九十", *(f"十{c}" for c in "一二三四五六七八九"), "二十")
_DRAWS = 12
"""How often a sentence is drawn anew before it is left out because the collection has it."""
_NAMED_QUESTIONS = 4
"""Questions on a number asked of so many reports each."""


@dataclass(frozen=True)
class Said:
    """What a report says of one matter."""

    state: State
    quote: str = ""
    """The exact sentence; empty where the report is silent."""
    value: str = ""
    """The number with its unit, as written; empty where there is none."""
    number: int = 0


@dataclass(frozen=True)
class Generated:
    """A report with its answers."""

    file: str
    text: str
    place: str
    """「湟中区土门关乡2024年」."""
    said: dict[str, Said]
    """By the name of the matter."""


@dataclass
class _Pen:
    """Writes sentences from templates with the words of one report."""

    dice: random.Random
    tables: dict[str, Any]
    words: dict[str, str]
    villages: list[str]
    written: set[int]
    """Hashes of all sentences of the collection so far."""

    def write(self, template: str) -> str:
        while "[" in template:
            template = _CHOICE.sub(lambda m: self.dice.choice(m[1].split("|")), template)
        return _SLOT.sub(self._slot, template)

    def _slot(self, match: re.Match[str]) -> str:
        if match[1]:
            return str(self.dice.randint(int(match[1]), int(match[2])))
        name = match[3]
        if name == "village":
            return self.dice.choice(self.villages)
        if name == "brand":
            return self.dice.choice(self.tables["brand_first"]) + self.dice.choice(self.tables["brand_second"])
        if name == "law_firm":
            return self.dice.choice(self.tables["firm"]) + "律师事务所"
        return self.words[name] if name in self.words else str(self.dice.choice(self.tables[name]))

    def new(self, templates: Sequence[str]) -> str | None:
        """A sentence after one of the templates that the collection does not have yet; None where none was found."""
        for _ in range(_DRAWS):
            sentence = self.write(self.dice.choice(templates))
            key = _key(sentence)
            if key not in self.written:
                self.written.add(key)
                return sentence
        return None


def _key(sentence: str) -> int:
    """64 bits of a sentence, the same on every run (``hash`` is not)."""
    value = 1469598103934665603
    for byte in sentence.encode("utf-8"):
        value = ((value ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return value


@dataclass
class Workload:
    """The generator; `reports` may be read to any length."""

    seed: int
    matters: list[dict[str, Any]] = field(init=False)
    prose: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.matters = tomllib.loads((WORDING / "matters.toml").read_text(encoding="utf-8"))["matter"]
        self.prose = tomllib.loads((WORDING / "prose.toml").read_text(encoding="utf-8"))

    def reports(self, count: int) -> Iterator[Generated]:
        """The first so many reports."""
        written: set[int] = set()
        places: set[tuple[str, str]] = set()
        counties = sorted({p.county for p in gazetteer() if p.county})
        for number in range(count):
            dice = random.Random(f"{self.seed}/{number}")
            yield self._report(number, dice, counties, places, written)

    def _report(
        self,
        number: int,
        dice: random.Random,
        counties: Sequence[str],
        places: set[tuple[str, str]],
        written: set[int],
    ) -> Generated:
        tables = self.prose["tables"]
        while True:
            county, stem, level = dice.choice(counties), self._stem(dice), dice.choice(tables["level"])
            if (county, stem) not in places:
                places.add((county, stem))
                break
        year = dice.randint(2021, 2025)
        villages = [f"{self._stem(dice)}村" for _ in range(dice.randint(6, 28))]
        words = {
            "county": county,
            "town": stem + level,
            "town_stem": stem,
            "level": level,
            "year": str(year),
            "next_year": str(year + 1),
            "villages": str(len(villages)),
            "some": str(dice.randint(2, len(villages) - 2)),
        }
        pen = _Pen(dice, tables, words, villages, written)
        said = {matter["name"]: self._say(pen, matter) for matter in self.matters}
        text = self._compose(pen, said)
        return Generated(f"{number:05d}.txt", text, f"{county}{stem}{level}{year}年", said)

    def _stem(self, dice: random.Random) -> str:
        tables = self.prose["tables"]
        return str(dice.choice(tables["stem_first"]) + dice.choice(tables["stem_second"]))

    def _say(self, pen: _Pen, matter: dict[str, Any]) -> Said:
        """Draw what the report says of a matter, and say it."""
        roll = pen.dice.randrange(100)
        state: State = "silent"
        for name in ("done", "partly", "denied", "plan"):
            roll -= matter["states"][name]
            if roll < 0:
                state = name
                break
        if state == "silent":
            return Said("silent")
        value, amount = "", 0
        if state == "done" and "units" in matter:
            step = matter.get("step", 1)
            low, high = matter["range"]
            amount = pen.dice.randrange(low, high + 1, step)
            value = f"{amount}{pen.dice.choice(matter['units'])}"
        pen.words["value"] = value
        quote = pen.new(matter[state])
        return Said(state, quote, value, amount) if quote else Said("silent")

    def _compose(self, pen: _Pen, said: dict[str, Said]) -> str:
        """The whole text around what is said."""
        prose, dice = self.prose, pen.dice
        marks = dice.choice(prose["report"]["numbering"])
        rich = min(200, max(40, int(dice.lognormvariate(4.75, 0.35))))
        spare = max(20, rich - sum(bool(words.quote) for words in said.values()))
        by_part: dict[str, list[str]] = {name: [] for name in (*WORK_PARTS, "duty", "lacks", "plan")}
        for matter in self.matters:
            words = said[matter["name"]]
            if words.quote:
                by_part["plan" if words.state == "plan" else matter["part"]].append(words.quote)
        shares = {"lacks": 0.05, "plan": 0.08, "duty": 0.06, **dict.fromkeys(WORK_PARTS, 0.135)}
        for name, share in shares.items():
            # Each template once before any comes again.
            templates = dice.sample(prose["parts"][name]["sentences"], len(prose["parts"][name]["sentences"]))
            fillers = (pen.new([template]) for template in islice(cycle(templates), max(2, round(spare * share))))
            by_part[name] += [sentence for sentence in fillers if sentence]
            dice.shuffle(by_part[name])
        title = pen.write(dice.choice(prose["report"]["titles"]))
        above = pen.write(dice.choice(prose["report"]["above"]))
        opening = [dice.choice(prose["report"]["preamble"]), dice.choice(prose["report"]["opening"])]
        lines = [line for line in (title, above, "".join(map(pen.write, opening))) if line]
        parts = [name for name in WORK_PARTS if by_part[name]]
        dice.shuffle(parts)
        for number, name in enumerate(("work", "lacks", "duty", "plan"), start=1):
            lines.append(_numbered(marks[0], number) + pen.write(dice.choice(prose["headings"][name])))
            if name != "work":
                lines += _paragraphs(by_part[name], marks[2] or "{cn}是")
                continue
            for inner, part in enumerate(parts, start=1):
                lines.append(_numbered(marks[1], inner) + pen.write(dice.choice(prose["parts"][part]["heading"])))
                lines += _paragraphs(by_part[part], marks[2])
        return ("\n\n" if dice.random() < 0.3 else "\n").join(lines) + "\n"


def _numbered(mark: str, number: int) -> str:
    return mark.replace("{cn}", _CN[number]).replace("{n}", str(number))


def _paragraphs(sentences: Sequence[str], mark: str) -> list[str]:
    """Sentences as a list with such marks, an item of one to four sentences; as one paragraph where there is none."""
    if not mark:
        return ["".join(sentences)]
    size = max(1, -(-len(sentences) // 9))
    items = [
        _numbered(mark, number) + "".join(sentences[start : start + size])
        for number, start in enumerate(range(0, len(sentences), size), start=1)
    ]
    return ["".join(items)] if mark.endswith("是") else items


def questions(workload: Workload, reports: Sequence[Generated], seed: int = 0) -> Iterator[dict[str, Any]]:
    """Gold questions on the reports, in the format of ``tests/questions/README.md``."""
    dice = random.Random(f"questions/{seed}")
    for matter in workload.matters:
        name = matter["name"]
        told = [(report, report.said[name]) for report in reports]
        yes = [(r, s) for r, s in told if s.state in ("done", "partly")]
        for n, text in enumerate(matter.get("which", ())):
            yield _question(
                f"{name} which {n}",
                "which",
                text,
                yes,
                yes=[r.file for r, _ in yes],
                denies=[r.file for r, s in told if s.state == "denied"],
                plans=[r.file for r, s in told if s.state == "plan"],
            )
        valued = [(r, s) for r, s in told if s.value]
        for n, text in enumerate(matter.get("number", ())):
            for report, words in dice.sample(valued, min(_NAMED_QUESTIONS, len(valued))):
                asked = text.replace("{place}", report.place)
                yield _question(
                    f"{name} number {n} {report.file}", "number", asked, [(report, words)], values=[words.value]
                )
        for n, text in enumerate(matter.get("most", ())):
            if valued:
                top = max(words.number for _, words in valued)
                best = [(r, s) for r, s in valued if s.number == top]
                yield _question(
                    f"{name} most {n}",
                    "which_number",
                    text,
                    best,
                    values=[best[0][1].value],
                    yes=[r.file for r, _ in best],
                )


def _question(
    name: str, kind: str, text: str, evidence: Sequence[tuple[Generated, Said]], **more: list[str]
) -> dict[str, Any]:
    return {
        "id": name.replace(" ", "-").removesuffix(".txt"),
        "type": kind,
        "lang": "zh",
        "question": text,
        "history": [],
        "evidence": [{"file": report.file, "quote": words.quote} for report, words in evidence],
        "values": [],
        "answerable": bool(evidence),
        **more,
    }


def write(folder: Path, count: int, seed: int) -> tuple[int, int]:
    """Write so many reports and their questions; returns the numbers of reports and of questions."""
    workload = Workload(seed)
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    reports = []
    for report in workload.reports(count):
        (folder / "reports" / report.file).write_text(report.text, encoding="utf-8", newline="\n")
        reports.append(report)
    rows = [json.dumps(row, ensure_ascii=False) for row in questions(workload, reports, seed)]
    (folder / "questions.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    return len(reports), len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    reports, asked = write(arguments.out, arguments.reports, arguments.seed)
    print(f"{reports} reports and {asked} questions in {arguments.out}")


if __name__ == "__main__":
    main()
