"""Word 97's .doc, WPS's .wps and .rtf: LibreOffice makes .docx of them; where it is missing, antiword reads .doc."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from xiangwen.reports.formats.word import extract_word
from xiangwen.reports.report import Extraction, NotNow, UnreadableFile

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item></oor:items>
"""
"""No macro runs, and nothing that a document links to is fetched."""
_MISSING = (
    "读取 .doc 和 .wps 需要 LibreOffice（或 antiword），请安装，或另存为 .docx。 "
    "Reading .doc and .wps takes LibreOffice or antiword: install it, or save the file as .docx."
)
_DAMAGED = "文件已损坏，请重新另存为 .docx。 The file is damaged: save it again as .docx."


def extract_legacy_word(data: bytes) -> Extraction:
    """The text of a .doc, .wps or .rtf file.

    Raises:
        UnreadableFile: if it is damaged or encrypted, or neither program is installed.
    """
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFile("文件有密码，请解除后重试。 The file is protected by a password: remove it and try again.")
    if office := shutil.which("soffice") or shutil.which("libreoffice"):
        return extract_word(_to_docx(office, data))
    antiword = shutil.which("antiword")
    if antiword is None or data.startswith(b"{"):
        raise NotNow(_MISSING)
    # A paragraph a line, however long.
    printed = _run([antiword, "-m", "UTF-8.txt", "-w", "0", "-"], data)
    return Extraction(printed.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n") + "\n")


def _to_docx(office: str, data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        # LibreOffice looks into the file for its kind; .doc, or it takes what it cannot read for plain text.
        source = Path(folder) / "report.doc"
        source.write_bytes(data)
        _run(
            [
                office,
                f"-env:UserInstallation={Path(_profile().name).as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                "docx:Office Open XML Text",
                "--outdir",
                folder,
                str(source),
            ],
            b"",
        )
        try:
            return source.with_suffix(".docx").read_bytes()
        except OSError as error:
            raise UnreadableFile(_DAMAGED) from error


@cache
def _profile() -> tempfile.TemporaryDirectory[str]:
    """LibreOffice's settings, its own in each process: two that share them wait for each other."""
    folder = tempfile.TemporaryDirectory(prefix="libreoffice-", ignore_cleanup_errors=True)
    user = Path(folder.name) / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return folder


def _run(command: list[str], data: bytes) -> bytes:
    """What the command prints. Its time is limited with that of the worker process, in whose group it runs."""
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        raise NotNow(_MISSING) from error
    if done.returncode:
        raise UnreadableFile(_DAMAGED)
    return done.stdout
