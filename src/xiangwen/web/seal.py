"""The seal of an answer: that this index gave it, word for word, so that nothing else is printed under its name.

Quotes and figures can be held against the reports, the sentences and verdicts around them only against whoever made
them. The key lies beside the index, so that answers of before a restart can still be exported.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer

FILE = "seal.key"
_BYTES = 32


class Seal:
    """Seals answers, and tells its own seal from any other."""

    def __init__(self, directory: Path) -> None:
        """Take the key of an index folder, made first where there is none; a folder that is read-only lends none."""
        self._key = _key(directory / FILE)

    def of(self, answer: Answer) -> str:
        """The seal of an answer, hexadecimal."""
        return hmac.new(self._key, _sealed_bytes(answer), hashlib.sha256).hexdigest()

    def holds(self, answer: Answer, seal: object) -> bool:
        """Whether it is the seal of that answer."""
        return isinstance(seal, str) and hmac.compare_digest(self.of(answer).encode(), seal.encode("utf-8", "replace"))


def _sealed_bytes(answer: Answer) -> bytes:
    """All that an answer tells but for the time that it took, the same for whoever has read it as JSON and written it.

    Programs write 1.0 as 1, so every number counts as a float.
    """
    whole = {**answer.to_dict(), "timing_ms": None}
    return json.dumps(json.loads(json.dumps(whole), parse_int=float), sort_keys=True).encode()


def _key(path: Path) -> bytes:
    fresh = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(fresh)
        except FileExistsError:
            kept = path.read_bytes()
            return kept if len(kept) == _BYTES else fresh
    except OSError:
        pass
    return fresh
