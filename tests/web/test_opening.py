"""A running chat takes a new index into use between two questions, and no answer mixes two."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from xiangwen.encoding import Encoder
from xiangwen.index import Watch, build
from xiangwen.milvus.home import Home
from xiangwen.web import Settings, launch
from xiangwen.web.opening import Opening

pytestmark = pytest.mark.slow

TEXT = "荣昌区{}2024年法治政府建设情况报告\n一、成效\n全年调解矛盾纠纷{}件。聘请法律顾问12名。\n"
QUESTION = "哪些乡镇调解了矛盾纠纷？"
PATIENCE = 120.0


def reports_of(folder: Path, number: int) -> None:
    """Two reports that give the same number: an answer that holds two numbers comes from two indexes."""
    folder.mkdir(exist_ok=True)
    for name in ("万灵镇", "清流镇"):
        (folder / f"{name}.txt").write_text(TEXT.format(name, number), encoding="utf-8")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def opened(tmp_path: Path, encoder: Encoder) -> Opening:
    reports_of(tmp_path / "报告", 100)
    build(tmp_path / "报告", tmp_path / "index", encoder=encoder)
    opening = Opening(Home(tmp_path / "index"), tmp_path / "报告")
    opening.start()
    for _ in opening.watch():
        pass
    return opening


def indexed(opening: Opening) -> str:
    assert opening.assistant is not None
    return opening.assistant.index.reports[0].text


def test_a_new_index_is_noticed_and_the_model_is_kept(opened: Opening, tmp_path: Path, encoder: Encoder) -> None:
    old, first = opened.assistant, opened.build
    assert old is not None
    cited = old.ask(QUESTION).citations[0]
    reports_of(tmp_path / "报告", 200)
    build(tmp_path / "报告", tmp_path / "index", encoder=encoder)
    until(lambda: "200件" in indexed(opened))
    # Health and votes name the index that answers.
    assert first != opened.build == (tmp_path / "index" / "current").read_text("utf-8").split()[0]
    assert opened.assistant is not None and opened.assistant.index.encoder is old.index.encoder
    # Whoever still reads the old answer opens the text it was given from.
    source = opened.report(cited.report)
    assert source is not None and source.text[cited.start : cited.end] == cited.quote
    assert opened.report("nowhere") is None


def test_an_index_that_cannot_be_opened_leaves_the_old_one_answering(opened: Opening, tmp_path: Path) -> None:
    (tmp_path / "index" / "current").write_text("build-nowhere abc\n", encoding="utf-8")
    until(lambda: opened.pointer == ("build-nowhere", "abc"))
    assert opened.assistant is not None and opened.assistant.ask(QUESTION).answered
    assert opened.status.stage == "ready"


@pytest.fixture
def served(tmp_path: Path, encoder: Encoder) -> Iterator[str]:
    reports_of(tmp_path / "报告", 100)
    build(tmp_path / "报告", tmp_path / "index", encoder=encoder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    page = launch(tmp_path / "index", tmp_path / "报告", Settings(port=port), block=False)
    yield f"http://127.0.0.1:{port}"
    page.close()


def ask(address: str) -> dict[str, Any]:
    """One question to the endpoint /ask of the running chat."""
    open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    body = json.dumps({"data": [QUESTION, []]}).encode()
    request = urllib.request.Request(f"{address}/gradio_api/call/ask", body, {"Content-Type": "application/json"})
    event = json.loads(open_url(request, timeout=PATIENCE).read())["event_id"]
    lines = open_url(f"{address}/gradio_api/call/ask/{event}", timeout=PATIENCE).read().decode().splitlines()
    assert "event: complete" in lines, lines
    data = next(line for line in reversed(lines) if line.startswith("data: "))
    return dict(json.loads(data.removeprefix("data: "))[0])


def test_answers_come_whole_while_the_index_is_rebuilt_in_a_loop(served: str, tmp_path: Path, encoder: Encoder) -> None:
    over = threading.Event()

    def rebuild() -> int:
        for number in range(200, 204):
            reports_of(tmp_path / "报告", number)
            build(tmp_path / "报告", tmp_path / "index", encoder=encoder)
            time.sleep(1.5)
        over.set()
        return number

    def question_on() -> list[dict[str, Any]]:
        answers = []
        while not over.is_set():
            answers.append(ask(served))
        return answers

    with ThreadPoolExecutor(4) as pool:
        askers = [pool.submit(question_on) for _ in range(3)]
        last = pool.submit(rebuild).result()
        answers = [answer for asker in askers for answer in asker.result()]
    seen = set()
    for answer in answers:
        assert answer["answered"] and len(answer["verdicts"]) == 2
        numbers = {n for n in range(100, 206) for c in answer["citations"] if f"{n}件" in c["quote"]}
        assert len(numbers) == 1, answer
        seen |= numbers
    assert len(seen) > 1
    until(lambda: any(f"{last}件" in c["quote"] for c in ask(served)["citations"]))


def test_a_watch_tells_of_changes_that_have_come_to_rest_and_of_none_in_the_index(tmp_path: Path) -> None:
    reports_of(tmp_path, 1)
    (tmp_path / "index").mkdir()
    watch = Watch(tmp_path, tmp_path / "index", pause=0.05)
    told = threading.Event()

    def wait() -> None:
        watch.wait()
        told.set()

    threading.Thread(target=wait, daemon=True).start()
    (tmp_path / "index" / "current").write_text("x")
    assert not told.wait(0.5)
    (tmp_path / "新.txt").write_text("新", encoding="utf-8")
    assert told.wait(PATIENCE)
