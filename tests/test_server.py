"""Around the page: who may enter, what may be fetched, how often; files, votes, health, programs; behind nginx.

pytest tests/test_server.py       # the test behind nginx needs Debian's nginx-light and chromium
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from docx import Document
from gradio_client import Client
from playwright.sync_api import ConsoleMessage, expect, sync_playwright
from starlette.responses import JSONResponse

from xiangwen.answers.votes import FILE, LONGEST_REMARK, votes
from xiangwen.cli import main
from xiangwen.index import build
from xiangwen.web import launch
from xiangwen.web.auth import Gate, Patience
from xiangwen.web.limits import MOST_LARGE, MOST_WAITING, Buckets, Limits
from xiangwen.web.passwords import PasswordProblem, Passwords, set_password

pytestmark = pytest.mark.usefixtures("one_encoder")
ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
WHICH = "哪些乡镇为每个村都聘请了律师？"
NAME, PASSWORD = "张三", "correct horse 电池"
T = TypeVar("T")
JSON = {"content-type": "application/json"}
PATIENT = 120
"""Seconds: a machine that is busy with other things must not fail a test."""
post, get = partial(httpx.post, timeout=PATIENT), partial(httpx.get, timeout=PATIENT)


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    index: Path
    app: Any

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return post(self.url + path, json=body, headers=headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return get(self.url + path, headers=headers)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(index: Path, **options: Any) -> Iterator[Server]:
    """A server over an index, up and settled: its index is open or has a problem."""
    port = _free_port()
    page = launch(index, ROOT / "seeds", port=port, block=False, **options)
    server = Server(f"http://127.0.0.1:{port}", index, page.app)
    try:
        while server.get("/health").json()["status"] == "opening":
            time.sleep(0.1)
        yield server
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="module")
def own_index(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, as votes are written into it."""
    return Path(shutil.copytree(index_dir, tmp_path_factory.mktemp("server") / "index"))


@pytest.fixture(scope="module")
def server(own_index: Path) -> Iterator[Server]:
    with serving(own_index, mcp=True) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(own_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With passwords, under a path, and with a limit of 60 a minute."""
    people = tmp_path_factory.mktemp("people") / "passwords"
    for name in (NAME, "李四", "busy"):
        set_password(people, name, PASSWORD)
    with serving(own_index, auth=people, root_path="/xiangwen", a_minute=60) as running:
        yield running


@pytest.fixture(scope="module")
def answer(server: Server) -> dict[str, Any]:
    return dict(server.post("/ask", {"question": WHICH}).json())


def in_thread(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread: another test's browser may hold the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


# --- health, questions ------------------------------------------------------------------------------------------------


def test_health_says_what_is_served_and_nothing_else(server: Server) -> None:
    told = server.get("/health")
    assert told.status_code == 200
    build_name = (server.index / "current").read_text().split()[0]
    assert told.json() == {"status": "ready", "reports": 5, "passages": 349, "index": build_name}


def test_a_damaged_index_is_a_problem_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("build-gone\n", "utf-8")
    with serving(tmp_path) as broken:
        assert broken.get("/health").status_code == 503
        assert broken.get("/health").json() == {"status": "problem"}
        for told in (broken.post("/ask", {"question": WHICH}), broken.get("/reports")):
            assert told.status_code == 503 and "xiangwen build --rebuild" in told.json()["error"]


def test_the_examples_of_the_documentation_run_as_given(server: Server, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    text = (ROOT / "docs" / "api.md").read_text("utf-8").replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")
    commands = re.findall(r"```sh\n(.*?)```", text, re.S)
    out = [
        subprocess.run(
            c.replace("curl -s", "curl -sS --fail"), shell=True, cwd=tmp_path, capture_output=True, check=True
        )
        for c in commands
    ]
    asked, found, listed, _, voted, health = (done.stdout for done in out)
    assert json.loads(asked)["kind"] == "which" and len(json.loads(asked)["verdicts"]) == 5
    assert [row["rank"] for row in json.loads(found)] == [1, 2, 3, 4, 5]
    assert len(json.loads(listed)) == json.loads(health)["reports"] == 5
    assert "法律顾问" in Document(str(tmp_path / "answer.docx")).paragraphs[0].text
    assert voted == b"" and "很清楚" in (server.index / FILE).read_text("utf-8")

    through_client, over_mcp = re.findall(r"```python\n(.*?)```", text, re.S)
    got: dict[str, Any] = {}
    exec(through_client, got)
    assert got["answer"]["text"] == json.loads(asked)["text"] and got["found"] == json.loads(found)
    assert got["listed"] == json.loads(listed)
    # In a thread: another test's browser may hold this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(exec, over_mcp, {}).result()


def test_the_mcp_tools_are_ask_search_and_reports(server: Server) -> None:
    from mcp import Client as McpClient

    async def use() -> tuple[list[Any], list[Any]]:
        async with McpClient(f"{server.url}/mcp") as client:
            tools = (await client.list_tools()).tools
            asked = await client.call_tool("ask", {"question": WHICH, "history": []})
            found = await client.call_tool("search", {"words": "法律顾问", "top": 2})
            listed = await client.call_tool("reports", {})
            wrong = await client.call_tool("search", {"words": " "})
            return tools, [asked, found, listed, wrong]

    tools, (asked, found, listed, wrong) = in_thread(use())
    assert [tool.name for tool in tools] == ["ask", "search", "reports"]
    assert all(len(tool.description) > 80 and tool.annotations.read_only_hint for tool in tools)
    assert len(asked.structured_content["verdicts"]) == 5
    assert len(found.structured_content["result"]) == 2 and len(listed.structured_content["result"]) == 5
    assert wrong.is_error and "words" in wrong.content[0].text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/ask", {}, 400),
        ("/ask", {"question": 7}, 400),
        ("/ask", {"question": "律师", "history": "律师"}, 400),
        ("/ask", ["律师"], 400),
        ("/ask", {"question": "律师", "reports": "all"}, 400),
        ("/ask", {"question": "律师", "reports": []}, 400),
        ("/ask", {"question": "律师", "reports": ["nowhere"]}, 400),
        ("/search", {"words": ""}, 400),
        ("/search", {"words": "律师" * 1001}, 400),
        ("/search", {"words": "律师", "top": "many"}, 400),
        ("/feedback", {"rating": "great", "question": "a", "answer": "b"}, 400),
        ("/feedback", {"rating": "up", "question": "a"}, 400),
        ("/feedback", {"rating": "up", "question": "a", "answer": "b", "remark": "c" * (LONGEST_REMARK + 1)}, 400),
        ("/export/docx", {"text": "no answer"}, 400),
        ("/export/pdf", {}, 404),
        ("/ask", {"question": "律师" * 200_000}, 413),
    ],
)
def test_a_wrong_request_gets_one_plain_sentence(server: Server, path: str, body: Any, status: int) -> None:
    told = server.post(path, body)
    assert told.status_code == status
    assert re.search("[\u4e00-\u9fff]", told.json()["error"]) and "Traceback" not in told.text


def test_what_is_not_json_is_refused(server: Server) -> None:
    assert post(f"{server.url}/feedback", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert post(f"{server.url}/ask", content=b"{", headers=JSON).status_code == 400
    assert post(f"{server.url}/ask", content=b"[" * 100_000, headers=JSON).status_code == 400


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '"\\ud800"', '{"a": ["\\udfff"]}', "1" * 5000])
def test_an_id_that_is_no_json_is_refused(server: Server, number: str) -> None:
    body = f'{{"question": "{WHICH}", "id": {number}}}'.encode()
    told = post(f"{server.url}/ask", content=body, headers=JSON)
    assert told.status_code == 400 and re.search("[\u4e00-\u9fff]", told.json()["error"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gradio_api/queue/join", {"fn_index": 9999, "data": [], "session_hash": "a"}),
        ("/gradio_api/queue/join", {"fn_index": -1, "data": [], "session_hash": "a"}),
        ("/gradio_api/queue/join", {"data": [], "session_hash": "a"}),
        ("/gradio_api/queue/join", {"fn_index": "many", "data": [], "session_hash": "a"}),
        ("/gradio_api/call/nothing", {"data": []}),
        ("/gradio_api/call/v2/nothing", {"words": "律师"}),
        ("/gradio_api/run/nothing", {"data": []}),
        ("/gradio_api/api/nothing", {"data": []}),
        ("/gradio_api/component_server", {"component_id": 9999, "fn_name": "source", "data": {}, "session_hash": "a"}),
        ("/gradio_api/component_server", {}),
        ("/gradio_api/cancel", {}),
    ],
)
def test_what_names_nothing_that_gradio_has_is_refused(server: Server, path: str, body: Any) -> None:
    told = server.post(path, body)
    assert 400 <= told.status_code < 500 and "Traceback" not in told.text


def unfinished(path: str, promised: int) -> list[int]:
    """The statuses that forty bodies get of which no more than the beginning ever comes."""

    async def run() -> list[int]:
        status: list[int] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(60)
            raise AssertionError("waited for too long")

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])

        head = [(b"content-length", str(promised).encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": path, "headers": head, "client": ("198.51.100.7", 1)}
        limits = Limits(JSONResponse({}))
        await asyncio.gather(*(limits({**scope}, receive, send) for _ in range(40)))
        return status

    return in_thread(run())


def test_bodies_that_never_end_are_few_and_do_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangwen.web.limits.BODY_SECONDS", 0.2)
    assert sorted(unfinished("/export/docx", 16_000_000)) == [408] * MOST_LARGE + [503] * (40 - MOST_LARGE)
    assert unfinished("/ask", 1_000) == [408] * 40


def test_a_login_of_many_fields_is_refused(guarded: Server) -> None:
    body = "&".join(f"a{n}=1" for n in range(30)).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    told = post(f"{guarded.url}/login", content=body, headers=form)
    assert told.status_code == 400 and "表单" in told.text


def test_a_question_is_kept_to_the_reports_that_are_named(server: Server) -> None:
    one = server.get("/reports").json()[0]["id"]
    told = server.post("/ask", {"question": WHICH, "reports": [one]}).json()
    assert [verdict["report"] for verdict in told["verdicts"]] == [one]
    assert {citation["report"] for citation in told["citations"]} <= {one}


def test_a_question_that_is_too_long_or_strange_is_answered_politely(server: Server) -> None:
    long = server.post("/ask", {"question": "律师" * 1001}).json()
    assert not long["answered"] and "2000" in long["text"]
    client = Client(server.url, verbose=False)
    assert "2000" in client.predict(question="律师" * 1001, history=[], api_name="/ask")["text"]
    with pytest.raises(Exception, match="words"):
        client.predict(words="", top=3, api_name="/search")
    half = post(f"{server.url}/ask", content=b'{"question": "\\ud800 lawyer"}', headers=JSON)
    assert half.status_code == 200


# --- files to take away, votes ----------------------------------------------------------------------------------------


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
            {"question": WHICH, "answer": answer, "rating": "down", "remark": f"第{n}条\n\ud800"} for n in range(24)
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
    shutil.copy(next((ROOT / "seeds").glob("*.txt")), tmp_path / "reports")
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


# --- what can be fetched ----------------------------------------------------------------------------------------------


def raw_get(server: Server, path: str) -> tuple[int, bytes]:
    """As written: httpx and browsers would tidy `..` away."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENT)
    connection.request("GET", path)
    answered = connection.getresponse()
    return answered.status, answered.read()


@pytest.mark.parametrize(
    "route", ["/gradio_api/file=", "/gradio_api/file/", "/gradio_api//file=", "/file=", "/static/", "/assets/"]
)
def test_no_file_of_the_machine_can_be_fetched(server: Server, route: str) -> None:
    secret = server.index / "current"
    wanted = [
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/app.py",
    ]
    wanted += [str(secret), str(ROOT / "pyproject.toml"), "pyproject.toml", "seeds", "http://127.0.0.1:1/"]
    for path in wanted:
        status, body = raw_get(server, route + path)
        assert status >= 400, path
        assert b"root:" not in body and b"build-" not in body and b"[project]" not in body


def test_nothing_can_be_uploaded_and_no_developers_route_is_open(server: Server) -> None:
    assert post(f"{server.url}/gradio_api/upload", files={"files": b"x"}).status_code == 404
    for path in (
        "/gradio_api/vibe-code/",
        "/monitoring",
        "/gradio_api/runs",
        "/gradio_api/dev/reload",
        "/gradio_api/token",
    ):
        assert server.get(path).status_code == 404, path
    # Past the queue.
    assert server.post("/gradio_api/run/ask", {"data": [WHICH, []]}).status_code == 404


def test_what_programs_are_told_names_three_endpoints_and_no_path_of_the_machine(server: Server) -> None:
    assert set(server.get("/gradio_api/info").json()["named_endpoints"]) == {"/ask", "/search", "/reports"}
    for path in ("/config", "/gradio_api/info", "/gradio_api/openapi.json", "/"):
        told = server.get(path).text
        assert str(ROOT) not in told and str(server.index) not in told and str(Path.home()) + "/" not in told, path


def test_nobodys_word_on_where_it_came_from_is_taken(server: Server, guarded: Server) -> None:
    false = {"x-forwarded-host": "evil.example", "x-gradio-server": "http://evil.example"}
    assert "evil.example" not in server.get("/config", **false).text
    assert "evil.example" not in guarded.get("/config", **false, **basic("李四")).text, "a proxy hands it on"


# --- how often --------------------------------------------------------------------------------------------------------


def test_a_bucket_lets_a_third_of_a_minute_through_at_once_and_refills() -> None:
    clock = [0.0]
    buckets = Buckets(60, lambda: clock[0])
    assert [buckets.take("a") for _ in range(20)] == [0.0] * 20
    assert buckets.take("a") == pytest.approx(1.0) and buckets.take("b") == 0.0
    clock[0] = 1.0
    assert buckets.take("a") == 0.0 and buckets.take("a") > 0
    assert [buckets.take("c", 0.25) for _ in range(80)] == [0.0] * 80, "what the page fetches by itself counts less"
    assert buckets.take("c", 0.25) == pytest.approx(0.25)


def test_a_bucket_for_each_visitor_takes_bounded_memory() -> None:
    buckets = Buckets(60)
    for n in range(20_000):
        buckets.take(str(n))
    assert len(buckets._left) == 10_000


def test_who_asks_too_often_is_told_when_to_come_back(guarded: Server) -> None:
    guarded.get("/reports", **basic("busy"))
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: guarded.post("/feedback", {}, **basic("busy")), range(150)))
    refused = [one for one in told if one.status_code == 429]
    assert {one.status_code for one in told} == {400, 429}
    assert int(refused[-1].headers["retry-after"]) >= 1 and "问得太快" in refused[-1].json()["error"]
    assert guarded.post("/search", {"words": "律师", "top": 1}, **basic("李四")).status_code == 200


def test_who_comes_when_too_many_wait_is_told_so() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/gradio_api/queue/join":  # as Gradio answers when its queue is full
            await JSONResponse({"detail": "Queue is full. Max size is 100"}, 503)(scope, receive, send)
        else:
            await opened.wait()
            await JSONResponse({})(scope, receive, send)

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Limits(application)), base_url="http://x") as client:
            waiting = [asyncio.create_task(client.post("/ask", json={})) for _ in range(MOST_WAITING)]
            await asyncio.sleep(0.2)
            refused = await client.post("/ask", json={})
            opened.set()
            served = await asyncio.gather(*waiting)
            return [refused, await client.post("/gradio_api/queue/join", json={}), *served]

    opened = asyncio.Event()
    refused, queue_full, *served = in_thread(ask())
    assert {one.status_code for one in served} == {200}
    for one in (refused, queue_full):
        assert one.status_code == 503 and "太多" in one.json()["detail"] and one.headers["retry-after"] == "5"


def test_too_large_a_body_is_not_read_to_its_end(server: Server) -> None:
    told = post(f"{server.url}/ask", content=(b"x" * 1000 for _ in range(1000)), headers=JSON)
    assert told.status_code == 413


# --- who may enter ----------------------------------------------------------------------------------------------------


def every_route(server: Server) -> list[tuple[str, str]]:
    """Every route of the running app by method and path, parameters filled in."""
    routes = [
        route
        for top in server.app.routes
        for route in (top.original_router.routes if hasattr(top, "original_router") else [top])
    ]
    paths = [(route, re.sub(r"\{[^}]*\}", "x", route.path)) for route in routes]
    found = {(method, path) for route, path in paths for method in getattr(route, "methods", None) or ("GET",)}
    assert len(found) > 60 and ("POST", "/feedback") in found
    return sorted(found)


def test_every_route_but_health_and_login_asks_for_a_password(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.url, timeout=PATIENT) as client:
        for method, path in every_route(guarded):
            expected = {"/health": 200, "/login": 200, "/logout": 303}.get(path, 401)
            expected = 401 if (method, path) == ("POST", "/login") else expected  # no name, no password
            for prefix in ("", "/xiangwen"):
                assert client.request(method, prefix + path).status_code == expected, (method, path)
        for path in ("//health/../config", "/health/", "/login/../config", "/%2e/config", "/nowhere", "/mcp"):
            assert client.get(path).status_code == 401, path
        page = client.get("/", headers={"accept": "text/html"})
        assert page.status_code == 303 and page.headers["location"] == "/xiangwen/login"


def test_a_login_lasts_until_logout(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.url, timeout=PATIENT, headers={"accept": "text/html"}) as client:
        wrong = client.post("/login", data={"username": NAME, "password": "wrong"})
        assert wrong.status_code == 401 and "姓名或密码不对" in wrong.text and "set-cookie" not in wrong.headers
        right = client.post("/login", data={"username": NAME, "password": PASSWORD})
        assert right.status_code == 303 and right.headers["location"] == "/xiangwen/"
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/xiangwen/" in cookie
        assert "Secure" not in cookie
        token = re.match("xiangwen=([^;]+)", cookie)[1]  # type: ignore[index]
        carried = {"cookie": f"xiangwen={token}"}
        assert get(f"{guarded.url}/config", headers=carried).status_code == 200
        client.get("/logout", headers=carried)
        assert get(f"{guarded.url}/config", headers=carried).status_code == 401
    # A proxy on this machine is believed, as there is a path; behind https the cookie goes over https only.
    secure = post(
        f"{guarded.url}/login", data={"username": NAME, "password": PASSWORD}, headers={"x-forwarded-proto": "https"}
    )
    assert "Secure" in secure.headers["set-cookie"]


def test_gradio_client_logs_in(guarded: Server) -> None:
    client = Client(guarded.url, auth=(NAME, PASSWORD), verbose=False, httpx_kwargs={"timeout": PATIENT})
    assert len(client.predict(api_name="/reports")) == 5


def test_a_new_password_ends_the_old_sessions(tmp_path: Path) -> None:
    set_password(tmp_path / "people", NAME, PASSWORD)
    gate = Gate(Passwords(tmp_path / "people"))
    token = in_thread(gate.enter(NAME, PASSWORD, "10.0.0.1"))
    assert isinstance(token, str) and gate.session(token) == NAME
    set_password(tmp_path / "people", NAME, PASSWORD + "!")
    assert gate.session(token) is None
    assert in_thread(gate.enter(NAME, PASSWORD, "10.0.0.1")) == 0.0


def test_guessing_grows_slow_for_the_name_and_for_the_address() -> None:
    clock = [0.0]
    patience = Patience(lambda: clock[0])
    waits = []
    for _ in range(12):
        while wait := patience.begin(NAME, "10.0.0.1"):
            clock[0] += wait
            waits.append(wait)
    assert waits[:6] == [1, 2, 4, 8, 16, 32] and max(waits) == 60
    assert patience.begin(NAME, "10.0.0.2") == 0.0, "its owner, elsewhere, may still log in"
    assert patience.begin("李四", "10.0.0.1") > 0, "an address that has failed often waits whatever the name"
    for n in range(30):
        patience.begin(NAME, f"10.0.1.{n}")
    assert patience.begin(NAME, "10.0.2.1") > 0, "a name that fails everywhere waits everywhere"
    clock[0] += 2 * 3600
    assert patience.begin(NAME, "10.0.0.1") == 0.0
    for n in range(20_000):
        patience.begin(str(n), str(n))
    assert len(patience._failures) == 10_000


def test_a_success_is_no_failure() -> None:
    patience = Patience(lambda: 0.0)
    for _ in range(50):
        assert patience.begin(NAME, "10.0.0.1") == 0.0
        patience.succeeded(NAME, "10.0.0.1")


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
        main(["serve", "--auth", str(file), "--port", str(_free_port()), "--index", str(tmp_path / "index")])
    told = capsys.readouterr().err
    assert stopped.value.code == 1 and ("passwd" in told or "密码文件" in told)
    assert len(told.strip().splitlines()) == 1
    with pytest.raises(PasswordProblem):
        Passwords(file)


# --- behind a proxy ---------------------------------------------------------------------------------------------------


@contextmanager
def nginx(folder: Path, server: Server) -> Iterator[str]:
    """A real nginx with the lines of the documentation; gives the address of the chat behind it."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    lines = re.search(r"```nginx\n(.*?)```", page, re.S)[1].replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")  # type: ignore[index]
    port = _free_port()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;"
        f"events {{}} http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port};\n{lines} }} }}"
    )
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, (folder / "errors").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/xiangwen"
        finally:
            process.terminate()


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt-get install nginx-light)")
def test_the_chat_works_under_a_path_behind_nginx(guarded: Server, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium)")
    with nginx(tmp_path, guarded) as url:
        assert get(url, follow_redirects=True).status_code == 401
        # In a thread: another test's browser may hold this one's event loop.
        with ThreadPoolExecutor(1) as thread:
            complaints = thread.submit(_visit_behind_proxy, url).result()
    assert complaints == []


def _visit_behind_proxy(url: str) -> list[str]:
    complaints: list[str] = []
    host = url.removesuffix("/xiangwen")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda r: None if r.url.startswith((f"{url}/", "data:")) else complaints.append(r.url))

        def complain(message: ConsoleMessage) -> None:
            # Before Gradio has written the head of the page, the browser may look for an icon outside of the path.
            if message.type in ("error", "warning") and not message.location["url"].endswith(f"{host}/favicon.ico"):
                complaints.append(f"{message.text} {message.location}")

        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.goto(f"{url}/")
        assert page.url == f"{url}/login"
        page.locator("[name=username]").fill(NAME)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".xw-example")
        page.locator("#xw-box textarea").fill(WHICH)
        page.keyboard.press("Enter")
        page.wait_for_selector('.xw-answer[aria-busy="false"]')
        page.locator(".xw-cite").first.click()
        expect(page.locator(".xw-panel mark.xw-here").first).to_be_visible(timeout=120_000)
        exported = page.evaluate(
            """async (question) => {
              const headers = { "content-type": "application/json" };
              const asked = await fetch("ask", { method: "POST", headers, body: JSON.stringify({ question }) });
              const made = await fetch("export/docx", { method: "POST", headers, body: await asked.text() });
              return [made.status, made.headers.get("content-disposition"), (await made.blob()).size];
            }""",
            WHICH,
        )
        assert exported[0] == 200 and "%E4%B9%A1%E9%97%AE" in exported[1] and exported[2] > 5000
        assert page.evaluate("localStorage.getItem('xiangwen-chats')")
        signed_in = len(complaints)
        page.locator('[data-go="log out"]').click()
        page.wait_for_url(f"{url}/login")
        assert page.evaluate("localStorage.getItem('xiangwen-chats')") is None
        page.goto(f"{url}/")
        assert page.url == f"{url}/login"
        browser.close()
    # What the page was asking for while it was left is refused.
    return complaints[:signed_in] + [complaint for complaint in complaints[signed_in:] if "401" not in complaint]
