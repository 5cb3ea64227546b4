"""The file of names and hashed passwords behind ``--auth``.

One line a person, ``name:scrypt:n:r:p:salt:hash``. scrypt comes with Python and is hard on memory, so that guessing
stays dear on graphics cards; argon2 would be as good, for two more packages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xiangwen.machine.files import replace_file

SHORTEST = 8
LONGEST = 200
_N, _R, _P = 2**15, 8, 3
"""OWASP's setting for 32 MB (Password Storage Cheat Sheet); about a quarter of a second."""
_NAME = re.compile(r"[^\s:\x00-\x1f]{1,64}")


class PasswordProblem(Exception):
    """A password file or a name that cannot be used; the message is one plain sentence."""


@dataclass(frozen=True)
class Hashed:
    """A password, hashed."""

    n: int
    r: int
    p: int
    salt: bytes
    key: bytes

    @classmethod
    def of(cls, password: str) -> Hashed:
        """Hash a password under a new salt."""
        salt = secrets.token_bytes(16)
        return cls(_N, _R, _P, salt, _scrypt(password, salt, _N, _R, _P))

    def matches(self, password: str) -> bool:
        """Whether it is that password, in a time that does not tell how nearly."""
        return hmac.compare_digest(_scrypt(password, self.salt, self.n, self.r, self.p), self.key)

    def __str__(self) -> str:
        salt, key = (base64.b64encode(part).decode() for part in (self.salt, self.key))
        return f"scrypt:{self.n}:{self.r}:{self.p}:{salt}:{key}"


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = password.encode("utf-8", "replace")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


@cache
def _nobody() -> Hashed:
    """Checked where there is no such name, so that names cannot be told by the time that a refusal takes."""
    return Hashed.of(secrets.token_hex())


class Passwords:
    """The people of one file; read again when it has changed."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            PasswordProblem: if it is missing, empty or damaged.
        """
        self._path = path
        self._stamp = self._changed()
        self._people = read_passwords(path)
        _nobody()  # now, so that the first refusal takes no longer than the others
        if not self._people:
            raise PasswordProblem(
                f"{path} 里还没有人，请先运行 xiangwen passwd {path} 姓名。 Nobody is in it: run xiangwen passwd."
            )

    def of(self, name: str) -> Hashed | None:
        """The hash of a person's password as the file has it now; a file that is being damaged changes nothing."""
        stamp = self._changed()
        if stamp != self._stamp:
            try:
                self._people = read_passwords(self._path)
                self._stamp = stamp
            except PasswordProblem:
                pass
        return self._people.get(name)

    def check(self, name: str, password: str) -> bool:
        """Whether that is the person's password; takes a quarter of a second either way."""
        hashed = self.of(name)
        return (hashed or _nobody()).matches(password[:LONGEST]) and hashed is not None

    def _changed(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


def read_passwords(path: Path) -> dict[str, Hashed]:
    """The people in a file.

    Raises:
        PasswordProblem: if it cannot be read or a line is damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise PasswordProblem(
            f"没有密码文件 {path}，请先运行 xiangwen passwd {path} 姓名。 No such password file: run xiangwen passwd."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordProblem(f"无法读取密码文件 {path}。 Cannot read the password file.") from error
    people = {}
    for number, line in enumerate(lines, start=1):
        try:
            name, kind, n, r, p, salt, key = line.split(":")
            hashed = Hashed(int(n), int(r), int(p), base64.b64decode(salt, validate=True), base64.b64decode(key))
            power = 2 <= hashed.n <= 2**18 and hashed.n & (hashed.n - 1) == 0  # as scrypt wants it
            sound = power and 1 <= hashed.r <= 16 and 1 <= hashed.p <= 16 and len(hashed.key) == 32
            if kind != "scrypt" or not sound or not _NAME.fullmatch(name) or name in people:
                raise ValueError
        except ValueError as error:
            raise PasswordProblem(
                f"密码文件 {path} 第 {number} 行已损坏，请删去该行并用 xiangwen passwd 重设。 "
                f"Line {number} of the password file is damaged: delete it and run xiangwen passwd."
            ) from error
        people[name] = hashed
    return people


def set_password(path: Path, name: str, password: str) -> bool:
    """Add a person or change the password; only the owner can read the file. Returns whether the name was there.

    Raises:
        PasswordProblem: if the name or the password will not do, or the file is damaged.
        OSError: if it cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise PasswordProblem(
            "姓名须为 1 到 64 个字，不含空格和冒号。 A name has 1 to 64 characters, no space and no colon."
        )
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordProblem(
            f"密码至少 {SHORTEST} 位，至多 {LONGEST} 位。 A password has {SHORTEST} to {LONGEST} characters."
        )
    people = read_passwords(path) if path.exists() else {}
    known = name in people
    people[name] = Hashed.of(password)
    lines = "".join(f"{person}:{hashed}\n" for person, hashed in people.items())
    replace_file(path, lines.encode("utf-8"), mode=0o600)
    return known
