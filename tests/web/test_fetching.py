"""What can be fetched of a running chat: nothing of the machine, no developers' route."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest
from folders import ROOT
from serving import PATIENT, Server, basic, post
from visitor import LAWYER_ZH

pytestmark = pytest.mark.slow


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
    assert server.post("/gradio_api/run/ask", {"data": [LAWYER_ZH, []]}).status_code == 404


def test_what_programs_are_told_names_the_endpoints_and_no_path_of_the_machine(server: Server) -> None:
    assert set(server.get("/gradio_api/info").json()["named_endpoints"]) == {
        "/ask",
        "/search",
        "/reports",
        "/ledger",
        "/ledger_checks",
        "/ledger_assess",
    }
    for path in ("/config", "/gradio_api/info", "/gradio_api/openapi.json", "/"):
        told = server.get(path).text
        assert str(ROOT) not in told and str(server.index) not in told and str(Path.home()) + "/" not in told, path


def test_nobodys_word_on_where_it_came_from_is_taken(server: Server, guarded: Server) -> None:
    false = {"x-forwarded-host": "evil.example", "x-gradio-server": "http://evil.example"}
    assert "evil.example" not in server.get("/config", **false).text
    assert "evil.example" not in guarded.get("/config", **false, **basic("李四")).text, "a proxy hands it on"
