"""`xiangwen passwd` and the file it writes: only its owner reads it, a damaged one opens nothing."""

from __future__ import annotations

import os
import pty
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from serving import NAME, PASSWORD
from visitor import free_port

from xiangwen.cli import main
from xiangwen.web.passwords import PasswordProblem, Passwords

pytestmark = pytest.mark.slow


def test_passwd_writes_a_file_that_only_its_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people"

    def passwd(name: str, password: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(f"{password}\n".encode()), encoding="utf-8"))
        with pytest.raises(SystemExit) as stopped:
            main(["passwd", str(file), name, "--stdin"])
        return int(stopped.value.code or 0), "".join(capsys.readouterr())

    assert passwd(NAME, PASSWORD) == (0, f"已加入 {NAME}。 Added.\n")
    assert passwd(NAME, PASSWORD + "2")[1].startswith("已更改")
    assert passwd("李四", PASSWORD)[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text("utf-8").splitlines()) == 2
    assert PASSWORD not in file.read_text("utf-8")
    people = Passwords(file)
    assert (
        people.check(NAME, PASSWORD + "2") and not people.check(NAME, PASSWORD) and not people.check("王五", PASSWORD)
    )
    assert passwd("a:b", PASSWORD)[0] == passwd("王五", "short")[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["people"]


def test_passwd_asks_twice_at_a_terminal(tmp_path: Path) -> None:
    for name, typed, at_last in (("same", (PASSWORD, PASSWORD), NAME), ("other", (PASSWORD, PASSWORD * 2), "match")):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "xiangwen", "passwd", str(tmp_path / name), NAME])
        shown = b""
        for asked, line in zip(("Password: ", "Again: "), typed, strict=True):
            while asked.encode() not in shown:
                shown += os.read(terminal, 1024)
            os.write(terminal, line.encode() + b"\n")
        while at_last.encode() not in shown:
            shown += os.read(terminal, 1024)
        if name == "same":
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        os.close(terminal)  # the other one asks again, and is hung up on
        if name == "other":
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
        assert PASSWORD.encode() not in shown
    assert Passwords(tmp_path / "same").check(NAME, PASSWORD) and not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "damage", [b"", "张三:scrypt:32768:8:3:AAAA\n".encode(), "张三:md5:1:1:1:AAAA:AAAA\n".encode(), b"\xff\n", None]
)
def test_an_empty_or_damaged_password_file_opens_nothing(
    tmp_path: Path, damage: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people"
    if damage is not None:
        file.write_bytes(damage)
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--auth", str(file), "--port", str(free_port()), "--index", str(tmp_path / "index")])
    told = capsys.readouterr().err
    assert stopped.value.code == 1 and ("passwd" in told or "密码文件" in told)
    assert len(told.strip().splitlines()) == 1
    with pytest.raises(PasswordProblem):
        Passwords(file)
