"""A store: what every collection can tell, wherever it is kept."""

from __future__ import annotations

from xiangwen.index import Index


def test_a_place_of_a_text_is_in_the_passage_that_holds_it(index: Index) -> None:
    for number, passage in enumerate(index.passages):
        first, last = (index.passage_at(passage.report, at) for at in (passage.start, passage.end - 1))
        assert first == last == number


def test_a_place_outside_all_passages_is_in_none(index: Index) -> None:
    text = index.texts.slice(0)
    assert index.passage_at(0, -1) is None and index.passage_at(0, len(text)) is None
    between = next(at for at, character in enumerate(text) if character == "\n" and index.passage_at(0, at) is None)
    assert not text[between].strip()
