"""Programs ask over HTTP, gradio_client and MCP; what they ask wrongly gets one plain sentence."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from docx import Document
from folders import ROOT
from gradio_client import Client
from openpyxl import load_workbook
from serving import JSON, NAME, PATIENT, Server, basic, in_thread, post, serving
from typer.testing import CliRunner
from visitor import LAWYER_ZH

from xiangwen.answers.votes import FILE
from xiangwen.cli import app
from xiangwen.exports.assessment import LONGEST_ASSESSMENT
from xiangwen.questions.request import LONGEST_REMARK

pytestmark = pytest.mark.slow
ITEM = '[[item]]\nindicator = "leaflets"\nrule = "发放资料≥1000份"\npoints = 2\n'


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
        for told in (broken.post("/ask", {"question": LAWYER_ZH}), broken.get("/reports")):
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
    asked, found, listed, cells, scored, _, voted, health = (done.stdout for done in out)
    assert json.loads(asked)["kind"] == "which" and len(json.loads(asked)["verdicts"]) == 5
    assert [row["rank"] for row in json.loads(found)] == [1, 2, 3, 4, 5]
    assert len(json.loads(listed)) == json.loads(health)["reports"] == 5
    assert {cell["indicator"] for cell in json.loads(cells)} == {"disputes_settled"}
    assert len(json.loads(scored)) == 4 and {item["name"] for one in json.loads(scored) for item in one["items"]} == {
        "学法≥6次"
    }
    assert "法律顾问" in Document(str(tmp_path / "answer.docx")).paragraphs[0].text
    assert voted == b"" and "很清楚" in (server.index / FILE).read_text("utf-8")

    through_client, over_mcp = re.findall(r"```python\n(.*?)```", text, re.S)
    got: dict[str, Any] = {}
    exec(through_client, got)
    assert got["answer"]["text"] == json.loads(asked)["text"] and got["found"] == json.loads(found)
    assert got["listed"] == json.loads(listed) and got["cells"] == json.loads(cells)
    assert (
        got["scores"] == json.loads(scored) and got["checks"] == server.post("/ledger/checks", {"years": [2024]}).json()
    )
    # In a thread: another test's browser may hold this one's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(exec, over_mcp, {}).result()


def test_the_mcp_tools_are_ask_search_reports_and_those_of_the_ledger(server: Server) -> None:
    from mcp import Client as McpClient

    async def use() -> tuple[list[Any], list[Any]]:
        async with McpClient(f"{server.url}/mcp") as client:
            tools = (await client.list_tools()).tools
            asked = await client.call_tool("ask", {"question": LAWYER_ZH, "history": []})
            found = await client.call_tool("search", {"words": "法律顾问", "top": 2})
            listed = await client.call_tool("reports", {})
            cells = await client.call_tool("ledger", {"indicators": ["leaflets"], "years": [2024]})
            checks = await client.call_tool("ledger_checks", {})
            scores = await client.call_tool("ledger_assess", {"assessment": ITEM})
            wrong = await client.call_tool("search", {"words": " "})
            return tools, [asked, found, listed, cells, checks, scores, wrong]

    tools, (asked, found, listed, cells, checks, scores, wrong) = in_thread(use())
    assert [tool.name for tool in tools] == ["ask", "search", "reports", "ledger", "ledger_checks", "ledger_assess"]
    assert checks.structured_content["result"] == server.post("/ledger/checks", {}).json()
    assert scores.structured_content["result"] == server.post("/ledger/assess", {"assessment": ITEM}).json()
    assert {(cell["indicator"], cell["year"]) for cell in cells.structured_content["result"]} == {("leaflets", 2024)}
    assert all(len(tool.description) > 80 and tool.annotations.read_only_hint for tool in tools)
    assert len(asked.structured_content["verdicts"]) == 5
    assert len(found.structured_content["result"]) == 2 and len(listed.structured_content["result"]) == 5
    assert wrong.is_error and "words" in wrong.content[0].text


def test_a_pre_score_and_its_workbook_keep_to_the_reports_that_are_asked_for(server: Server) -> None:
    last = server.get("/reports").json()[-1]["id"]
    asked = {"assessment": ITEM, "name": "考核细则.toml", "reports": [last]}
    (scored,) = server.post("/ledger/assess", asked).json()
    assert (scored["report"], scored["title"], scored["full"]) == (last, "考核细则", 2.0)
    rows = list(load_workbook(BytesIO(server.post("/export/assessment", asked).content))["预评分"].values)
    assert rows[1][4:7] == (scored["shown"], scored["lowest"], scored["highest"])


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
        ("/ledger", {"indicators": ["没有的指标"]}, 400),
        ("/ledger", {"indicators": "leaflets"}, 400),
        ("/ledger", {"years": ["2024"]}, 400),
        ("/export/ledger", {"reports": ["nowhere"]}, 400),
        ("/export/ledger", {"reports": []}, 400),
        ("/ledger/assess", {}, 400),
        ("/ledger/assess", {"assessment": "title = 细则"}, 400),
        ("/ledger/assess", {"assessment": "a" * (LONGEST_ASSESSMENT + 1)}, 400),
        ("/export/assessment", {"assessment": ITEM, "reports": ["nowhere"]}, 400),
        ("/ask", {"question": "律师" * 200_000}, 413),
    ],
)
def test_a_wrong_request_gets_one_plain_sentence(server: Server, path: str, body: Any, status: int) -> None:
    told = server.post(path, body)
    assert told.status_code == status
    assert re.search("[\u4e00-\u9fff]", told.json()["error"]) and "Traceback" not in told.text


@pytest.mark.parametrize("path", ["/nothing", "/ledger/nothing", "/gradio_api/nothing", "/export"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_not_there_is_told_in_one_plain_sentence(server: Server, path: str, method: str) -> None:
    told = httpx.request(method, server.url + path, timeout=PATIENT)
    assert told.status_code == 404 and told.json()["error"].startswith("这里没有这个地址。")


@pytest.mark.parametrize(("method", "path", "takes"), [("GET", "/ask", "POST"), ("POST", "/health", "GET")])
def test_a_method_that_an_address_does_not_take_is_told_with_those_it_takes(
    server: Server, method: str, path: str, takes: str
) -> None:
    told = httpx.request(method, server.url + path, timeout=PATIENT)
    assert told.status_code == 405 and takes in told.headers["allow"]
    assert told.json()["error"] == f"这个地址只接受 {takes}。 Only {takes} is taken here."


def test_what_is_not_json_is_refused(server: Server) -> None:
    assert post(f"{server.url}/feedback", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert post(f"{server.url}/ask", content=b"{", headers=JSON).status_code == 400
    assert post(f"{server.url}/ask", content=b"[" * 100_000, headers=JSON).status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "key", "known"),
    [
        ("/ask", {"question": LAWYER_ZH, "counties": ["湟中区"]}, "counties", "question、history、reports"),
        ("/search", {"words": "律师", "limit": 3}, "limit", "words、top"),
        ("/ledger", {"indicator": ["leaflets"]}, "indicator", "indicators、counties、years、levels、reports"),
        ("/ledger/checks", {"year": [2024]}, "year", "indicators、counties、years、levels、reports"),
        ("/ledger/assess", {"assessment": ITEM, "county": "湟中区"}, "county", "assessment、name"),
        ("/feedback", {"rating": "up", "question": "a", "answer": "b", "comment": "c"}, "comment", "remark"),
    ],
)
def test_a_key_that_there_is_not_is_refused_with_those_there_are(
    server: Server, path: str, body: Any, key: str, known: str
) -> None:
    told = server.post(path, body)
    assert told.status_code == 400 and f'没有 "{key}" 这一项' in told.json()["error"] and known in told.json()["error"]


def test_an_argument_that_a_tool_does_not_take_is_refused_with_those_it_takes(server: Server) -> None:
    from mcp import Client as McpClient

    async def use() -> Any:
        async with McpClient(f"{server.url}/mcp") as client:
            return await client.call_tool("ledger", {"indicators": ["leaflets"], "year": [2024]})

    told = in_thread(use())
    assert told.is_error and '没有 "year" 这一项' in told.content[0].text and "years" in told.content[0].text
    with pytest.raises(TypeError, match="year"):
        Client(server.url, verbose=False).predict(indicators=["leaflets"], year=[2024], api_name="/ledger")


POSTED = (
    "/ask", "/search", "/ledger", "/ledger/checks", "/ledger/correct", "/ledger/assess", "/export/ledger",
    "/export/assessment", "/export/docx", "/feedback",
)  # fmt: skip


@pytest.mark.parametrize("path", POSTED)
def test_wherever_something_is_sent_an_empty_a_huge_and_an_unfit_body_are_told_apart(server: Server, path: str) -> None:
    nothing = post(server.url + path, content=b" ", headers=JSON)
    huge = post(server.url + path, content=b"[" + b" " * 17 * 1024 * 1024, headers=JSON)
    form = post(server.url + path, data={"question": "律师"})
    assert [told.status_code for told in (nothing, huge, form)] == [400, 413, 415]
    assert "没有收到内容" in nothing.json()["error"] and "application/json" in form.json()["error"]
    assert re.search(r"最多 \d+ KB。", huge.json()["error"])


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '"\\ud800"', '{"a": ["\\udfff"]}', "1" * 5000])
def test_an_id_that_is_no_json_is_refused(server: Server, number: str) -> None:
    body = f'{{"question": "{LAWYER_ZH}", "id": {number}}}'.encode()
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


def test_a_stream_of_what_is_not_there_is_not_found(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    told = server.get("/gradio_api/call/nothing/abc")
    assert told.status_code == 404 and "无法处理" in told.json()["error"]
    ended = server.get("/gradio_api/queue/data?session_hash=nobody")
    assert ended.status_code == 200 and "session_not_found" in ended.text, "as the page's own script wants to hear it"
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("asked", ["/reports/", "/xiangwen/reports/", "/xiangwen/reports/?a=1"])
def test_an_address_with_a_slash_too_many_stays_under_the_root_path(guarded: Server, asked: str) -> None:
    for name in ("x-forwarded-host", "x-forwarded-prefix", "x-gradio-server", "forwarded"):
        sent = guarded.get(asked, **basic(NAME), **{name: "host=evil.example"})
        assert sent.status_code == 307
        assert sent.headers["location"] == "/xiangwen/reports" + ("?a=1" if "?" in asked else "")


def test_what_a_visitor_says_of_the_host_is_not_believed(server: Server, guarded: Server) -> None:
    said = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-gradio-server": "http://evil.example"}
    for path in ("/", "/config", "/gradio_api/info", "/reports/"):
        for told in (server.get(path, **said), guarded.get(path, **basic(NAME), **said)):
            assert "evil.example" not in told.text + str(told.headers), path
    assert "https://127.0.0.1" not in server.get("/config", **said).text


def test_what_is_corrected_on_the_command_line_is_answered_by_a_server_that_runs(server: Server) -> None:
    asked = {"question": "万灵镇发放了多少份宣传资料？"}
    correct = ["correct", "004_8cc297b1d3bb0c62.txt", "leaflets", "--index", str(server.index)]
    runner = CliRunner()
    assert runner.invoke(app, [*correct, "--value", "2.5万份"]).exit_code == 0
    assert "25000份（更正）" in server.post("/ask", asked).json()["text"]
    assert runner.invoke(app, [*correct, "--undo"]).exit_code == 0
    assert "更正" not in server.post("/ask", asked).json()["text"]


def test_only_what_was_answered_here_is_exported(server: Server) -> None:
    answer = server.post("/ask", {"question": LAWYER_ZH, "id": 7}).json()
    assert server.post("/export/md", answer).status_code == 200
    # As a program in another language writes the same numbers.
    same = json.loads(
        json.dumps(answer), parse_float=lambda digits: int(float(digits)) if float(digits) == 1 else float(digits)
    )
    assert server.post("/export/md", same).status_code == 200
    first = answer["verdicts"][0]
    assert first["verdict"] == "yes"
    for forged in (
        {**answer, "lines": [{**answer["lines"][0], "says_searched": False}, *answer["lines"][1:]]},
        {**answer, "question": "哪些乡镇挪用了资金？"},
        {**answer, "text": answer["text"].replace("土门关乡", "善感乡")},
        {**answer, "verdicts": [{**first, "verdict": "no"}, *answer["verdicts"][1:]]},
        {**answer, "verdicts": [{**first, "confidence": 0.5}, *answer["verdicts"][1:]]},
        {**answer, "verdicts": answer["verdicts"][1:]},
        {**answer, "checked": {**answer["checked"], "reports": 500}},
        {**answer, "seal": "0" * 64},
        {key: value for key, value in answer.items() if key != "seal"},
    ):
        told = server.post("/export/md", forged)
        assert told.status_code == 409 and re.search("[\u4e00-\u9fff]", told.json()["error"])


def test_a_question_is_kept_to_the_reports_that_are_named(server: Server) -> None:
    one = server.get("/reports").json()[0]["id"]
    told = server.post("/ask", {"question": LAWYER_ZH, "reports": [one]}).json()
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
