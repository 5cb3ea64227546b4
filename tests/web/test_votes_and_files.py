"""Answers taken away as files hold what the reports say; votes are kept and printed."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from folders import SEEDS
from serving import JSON, Server, post
from visitor import LAWYER_ZH

from xiangwen.answers.votes import FILE, votes
from xiangwen.cli import main
from xiangwen.index import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answer(server: Server) -> dict[str, Any]:
    return dict(server.post("/ask", {"question": LAWYER_ZH}).json())


def test_an_answer_is_exported_under_a_chinese_name(server: Server, answer: dict[str, Any]) -> None:
    for kind, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("md", "# 哪些".encode())):
        got = server.post(f"/export/{kind}", answer)
        assert got.status_code == 200 and got.content.startswith(begins)
        named = got.headers["content-disposition"]
        assert "filename*=UTF-8''%E4%B9%A1%E9%97%AE-" in named and f'filename="xiangwen.{kind}"' in named


def test_only_what_the_reports_say_is_handed_out(server: Server, answer: dict[str, Any]) -> None:
    first = answer["citations"][0]
    for change in ({"quote": first["quote"] + "。"}, {"report": "gone"}, {"start": 0, "end": 10**9}):
        forged = {**answer, "citations": [{**first, **change}, *answer["citations"][1:]]}
        told = server.post("/export/docx", forged)
        assert told.status_code == 409 and "不符" in told.json()["error"]


def test_votes_are_kept_through_a_rebuild_and_printed(
    own_index: Path, server: Server, answer: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(list(votes(own_index)))
    with ThreadPoolExecutor(8) as threads:
        sent = [
            {"question": LAWYER_ZH, "answer": answer, "rating": "down", "remark": f"第{n}条\n\ud800"} for n in range(24)
        ]
        bodies = [json.dumps(vote).encode() for vote in sent]
        told = list(threads.map(lambda b: post(f"{server.url}/feedback", content=b, headers=JSON), bodies))
    assert {one.status_code for one in told} == {204}
    kept = list(votes(own_index))[before:]
    assert sorted(vote.remark[:-2] for vote in kept) == sorted(f"第{n}条" for n in range(24))
    assert {vote.kind for vote in kept} == {"which"} and kept[0].answer == answer["text"]
    assert {vote.index for vote in kept} == {server.get("/health").json()["index"]}

    copy = Path(shutil.copytree(own_index, tmp_path / "index"))
    (tmp_path / "reports").mkdir()
    shutil.copy(next(SEEDS.glob("*.txt")), tmp_path / "reports")
    with (copy / FILE).open("ab") as file:
        file.write(b'{"time": "cut off by a power fail')
    build(tmp_path / "reports", copy)
    assert list(votes(copy)) == list(votes(own_index))
    for arguments, shown in (([], f"共 {before + 24} 条"), (["--json"], '"remark"')):
        with pytest.raises(SystemExit):
            main(["feedback", "--index", str(copy), *arguments])
        assert shown in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(["feedback", "--index", str(tmp_path)])
    assert not stopped.value.code and "还没有评价" in capsys.readouterr().out
