"""Builds the tokenizer of multilingual-e5-small, a SentencePiece unigram model, from the vocabulary in its weights.

Two steps, as in SentencePiece: each code point is mapped by itself (full-width to ASCII, line breaks to spaces, ...),
then the text is cut into pieces. The map is applied with `str.translate`, which is exact and quick; the normalisers
of `tokenizers` either compose neighbouring characters (NFKC) or work on whole graphemes (Precompiled).
"""

from __future__ import annotations

import re
from itertools import pairwise

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import Replace
from tokenizers.pre_tokenizers import Metaspace, Sequence, Split
from tokenizers.processors import TemplateProcessing

from .weights import Vocabulary


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
