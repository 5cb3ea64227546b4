"""Builds the tokenizer of multilingual-e5-small, a SentencePiece unigram model, from the vocabulary in its weights.

Two steps, as in SentencePiece: each code point is mapped by itself (full-width to ASCII, line breaks to spaces, ...),
then the text is cut into pieces. The map is applied with `str.translate`, which is exact and quick; the normalisers
of `tokenizers` either compose neighbouring characters (NFKC) or work on whole graphemes (Precompiled).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import Replace
from tokenizers.pre_tokenizers import Metaspace, Sequence, Split
from tokenizers.processors import TemplateProcessing

from .weights import Vocabulary

TOKENIZER_FILE = "tokenizer.json"
ALPHABETS_FILE = "alphabets.json"
_ALPHABETS = {
    "han": r"\W\d_\u3400-\u9fff",
    "ascii": r"\W\d_\u3400-\u9fffA-Za-z",
}
"""What stands in the reports, without and with letters, the smallest first; inside of a regular expression's [...]."""


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer for texts that went through `str.translate(vocabulary.normalisation)`: `<s> pieces </s>`."""
    tokenizer = Tokenizer(
        Unigram(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unknown)
    )
    tokenizer.normalizer = Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = Sequence(
        [
            Metaspace(prepend_scheme="first", split=False),
            # `tokenizers` melts neighbouring unknown characters into one <unk>; the reference keeps one for each.
            Split(Regex(f"[^{_character_class(vocabulary.pieces)}]"), "isolated"),
        ]
    )
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $0 {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    return tokenizer


def _character_class(pieces: tuple[str, ...]) -> str:
    """The inside of a regular expression's [...] that matches every character some piece is made of."""
    points = sorted({ord(character) for piece in pieces for character in piece})
    starts = [points[0]] + [here for before, here in pairwise(points) if here != before + 1]
    ends = [before for before, here in pairwise(points) if here != before + 1] + [points[-1]]
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in zip(starts, ends, strict=True))


class Tokens(NamedTuple):
    """The pieces of a text."""

    ids: list[int]


class Cutter:
    """The tokenizer in several sizes: a text is cut by the smallest one that knows all its characters.

    All pieces that can be in a text are made of its characters. So whatever has only the pieces made of some alphabet
    cuts the texts in that alphabet as the whole vocabulary does, and without letters it has a tenth of the pieces:
    16 MB and .03 s instead of 280 MB and .8 s.
    """

    def __init__(self, folder: Path) -> None:
        """Open what `write` wrote; each size is read when first needed."""
        self._folder = folder
        settings = json.loads((folder / ALPHABETS_FILE).read_text(encoding="utf-8"))
        self.normalisation: dict[int, str] = {int(point): text for point, text in settings["normalisation"].items()}
        """Code point -> replacement, applied to a text before it is cut."""
        self._special: dict[str, int] = settings["special"]
        self._prompts: dict[str, list[int]] = settings["prompts"]
        self._alphabets = {name: frozenset(characters) for name, characters in settings["alphabets"].items()}
        self._reading = threading.Lock()
        self._sizes: dict[str, tuple[Tokenizer, list[int] | None]] = {}

    @staticmethod
    def write(vocabulary: Vocabulary, folder: Path, prompts: Iterable[str] = ()) -> None:
        """Write all sizes into a folder; ``prompts`` are those that will stand before texts, each with a blank last."""
        pieces, scores = vocabulary.pieces, vocabulary.scores
        special = sorted({vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unknown})
        # An unknown character costs as much as the least likely piece and more.
        kept = {*special, scores.index(min(scores))}
        alphabets = {}
        for name, letters in _ALPHABETS.items():
            made_of = re.compile(f"[▁{letters}]+")
            own = [i for i, piece in enumerate(pieces) if made_of.fullmatch(piece)]
            alphabets[name] = " " + "".join(sorted({c for i in own for c in pieces[i]}))
            numbers = [*special, *sorted({*own, *kept} - {*special})]
            small = replace(
                vocabulary,
                pieces=tuple(pieces[i] for i in numbers),
                scores=tuple(scores[i] for i in numbers),
                bos=numbers.index(vocabulary.bos),
                eos=numbers.index(vocabulary.eos),
                pad=numbers.index(vocabulary.pad),
                unknown=numbers.index(vocabulary.unknown),
            )
            build_tokenizer(small).save(str(folder / f"tokenizer.{name}.json"), pretty=False)
            (folder / f"tokenizer.{name}.ids.json").write_text(json.dumps(numbers), encoding="utf-8")
        whole = build_tokenizer(vocabulary)
        whole.save(str(folder / TOKENIZER_FILE), pretty=False)
        settings = {
            "normalisation": {str(point): text for point, text in vocabulary.normalisation.items()},
            "special": {pieces[i]: i for i in special},
            # Cut once and for all: their letters would call for a larger size.
            "prompts": {prompt: whole.encode(prompt[:-1], add_special_tokens=False).ids for prompt in prompts},
            "alphabets": alphabets,
        }
        (folder / ALPHABETS_FILE).write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")

    @classmethod
    @cache
    def open(cls, folder: Path) -> Cutter:
        """One for all who ask for the same."""
        return cls(folder)

    def encode(self, text: str, add_special_tokens: bool = True, prompt: str = "") -> Tokens:
        """The pieces of a text that went through `normalisation`, behind a prompt: ``<s> pieces </s>``.

        A prompt that ends with a blank is cut by itself: no piece goes on after a blank.
        """
        text = text.lstrip(" ") if prompt.endswith(" ") else text
        if not add_special_tokens or not prompt.endswith(" ") or text[:1] in ("", "▁"):
            return Tokens(self._cut(prompt + text, add_special_tokens))
        if prompt not in self._prompts:
            self._prompts[prompt] = self._cut(prompt[:-1], False)
        bos, *pieces = self._cut(text, True)
        return Tokens([bos, *self._prompts[prompt], *pieces])

    def _cut(self, text: str, special: bool) -> list[int]:
        characters = set(text)
        name = next((name for name, known in self._alphabets.items() if characters <= known), "")
        tokenizer, numbers = self._sizes.get(name) or self._read(name)
        ids: list[int] = tokenizer.encode(text, add_special_tokens=special).ids
        return [numbers[i] for i in ids] if numbers else ids

    def token_to_id(self, token: str) -> int | None:
        """The number of a special piece."""
        return self._special.get(token)

    def _read(self, name: str) -> tuple[Tokenizer, list[int] | None]:
        with self._reading:
            if name not in self._sizes:
                file = f"tokenizer.{name}" if name else "tokenizer"
                numbers = json.loads((self._folder / f"{file}.ids.json").read_text("utf-8")) if name else None
                self._sizes[name] = Tokenizer.from_file(str(self._folder / f"{file}.json")), numbers
            return self._sizes[name]
