"""Who is logged in, kept in a file, so that nobody has to log in again because the service was started anew.

The file has the digest of each token, never the token: whoever reads a copy of it cannot log in with it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xiangwen.machine.files import replace_file
from xiangwen.web.passwords import Hashed

FILE = "sessions.json"
SESSION_SECONDS = 12 * 3600
"""A working day."""
_MOST = 10_000


class _Session(NamedTuple):
    name: str
    password: str
    """The digest of the hash: a new password ends the sessions that the old one began."""
    ends: float


class Sessions:
    """Tokens and the names behind them; the oldest end first where there are too many."""

    def __init__(self, file: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Take up those of a file that have not ended; without a file they last as long as the process."""
        self._file = file
        self._now = now
        self._by_token: OrderedDict[str, _Session] = OrderedDict()
        if file is not None:
            with suppress(OSError, ValueError, TypeError):
                kept = json.loads(file.read_text(encoding="utf-8"))
                self._by_token.update(
                    {str(token): _Session(str(n), str(p), float(e)) for token, (n, p, e) in kept.items()}
                )

    def begin(self, token: str, name: str, hashed: Hashed, kept: bool = True) -> None:
        """Begin a session; ``kept``: over a restart as well."""
        self._by_token[_digest(token)] = _Session(name, _digest(str(hashed)), self._now() + SESSION_SECONDS)
        for gone in [token for token, session in self._by_token.items() if session.ends < self._now()]:
            del self._by_token[gone]
        while len(self._by_token) > _MOST:
            self._by_token.popitem(last=False)
        if kept:
            self._write()

    def name(self, token: str | None, password_of: Callable[[str], Hashed | None]) -> str | None:
        """Whose session a token is, while it lasts and the password is still the one that began it."""
        session = self._by_token.get(_digest(token or ""))
        if session is None:
            return None
        hashed = password_of(session.name)
        if hashed is not None and session.ends >= self._now() and _digest(str(hashed)) == session.password:
            return session.name
        self.end(token)
        return None

    def end(self, token: str | None) -> None:
        """End a session."""
        if self._by_token.pop(_digest(token or ""), None) is not None:
            self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):  # where nothing can be kept, a login lasts as long as the process
            replace_file(self._file, json.dumps(self._by_token).encode(), mode=0o600)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
