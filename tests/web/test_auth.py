"""Who may enter: every route asks for a password, guessing grows slow, a login lasts until logout."""

from __future__ import annotations

import json
import re
import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from serving import NAME, PASSWORD, PATIENT, UNSIGNED, Server, basic, get, in_thread, post

from xiangwen.web.auth import Gate, Patience
from xiangwen.web.limits import MOST_READ
from xiangwen.web.passwords import Passwords, set_password
from xiangwen.web.sessions import SESSION_SECONDS, Sessions

pytestmark = pytest.mark.slow


def test_a_login_of_many_fields_is_refused(guarded: Server) -> None:
    body = "&".join(f"a{n}=1" for n in range(30)).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    told = post(f"{guarded.url}/login", content=body, headers=form)
    assert told.status_code == 400 and "表单" in told.text


def every_route(server: Server) -> list[tuple[str, str]]:
    """Every route of the running app by method and path, parameters filled in."""
    page = server.chat.page.app
    assert page is not None
    gradios = [route for mount in page.routes for route in mount.routes]  # type: ignore[attr-defined]
    routes = [
        route
        for top in [*server.chat.app.routes, *gradios]
        for route in (top.original_router.routes if hasattr(top, "original_router") else [top])
    ]
    paths = [(route, re.sub(r"\{[^}]*\}", "x", route.path)) for route in routes]
    found = {(method, path) for route, path in paths for method in getattr(route, "methods", None) or ("GET",)}
    assert len(found) > 60 and ("POST", "/feedback") in found
    return sorted(found)


def test_every_route_but_health_and_login_asks_for_a_password(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.url, **UNSIGNED) as client:
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
    with httpx.Client(base_url=guarded.url, headers={"accept": "text/html"}, **UNSIGNED) as client:
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


def test_a_session_outlives_a_restart_and_its_file_lets_nobody_in(tmp_path: Path) -> None:
    set_password(tmp_path / "people", NAME, PASSWORD)

    def started(now: float = 0.0) -> Gate:
        return Gate(Passwords(tmp_path / "people"), Sessions(tmp_path / "sessions", lambda: now))

    token = in_thread(started().enter(NAME, PASSWORD, "10.0.0.1"))
    assert isinstance(token, str) and started().session(token) == NAME
    kept = (tmp_path / "sessions").read_text("utf-8")
    assert token not in kept and "scrypt" not in kept and (tmp_path / "sessions").stat().st_mode & 0o077 == 0
    assert started().session(next(iter(json.loads(kept)))) is None
    assert started(SESSION_SECONDS + 1.0).session(token) is None
    token = in_thread(started().enter(NAME, PASSWORD, "10.0.0.1"))
    assert isinstance(token, str)
    started().leave(token)
    assert started().session(token) is None
    (tmp_path / "sessions").write_text('{"a": 1}', "utf-8")
    assert started().session(token) is None, "a damaged file is no sessions"


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
    assert patience.begin(NAME, "10.0.1.1") > 0, "where it has failed a name that fails everywhere waits"
    clock[0] += 2 * 3600
    assert patience.begin(NAME, "10.0.0.1") == 0.0
    for n in range(20_000):
        patience.begin(str(n), str(n))
    assert patience.visitors == 10_000


def test_wrong_passwords_from_everywhere_do_not_shut_out_the_owner() -> None:
    patience = Patience(lambda: 0.0)
    assert patience.begin(NAME, "10.0.0.1") == 0.0
    patience.succeeded(NAME, "10.0.0.1")
    for n in range(1000):
        patience.begin(NAME, f"10.1.{n // 250}.{n % 250}")
    assert patience.begin(NAME, "10.1.0.1") > 0
    assert patience.begin(NAME, "10.2.0.1") == 0.0, "at an address that has not failed"
    assert [patience.begin(NAME, "10.0.0.1") for _ in range(3)] == [0.0] * 3, "where he has logged in he may mistype"
    assert patience.begin(NAME, "10.0.0.1") > 0


def test_login_forms_that_never_end_are_few_for_each_address(guarded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangwen.web.limits.BODY_SECONDS", 1.0)
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(("127.0.0.1", guarded.port))) for _ in range(40)]
        for one in sockets:
            one.sendall(b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\nusername=")
        told = sorted(int(one.makefile("rb").readline().split()[1]) for one in sockets)
    assert told == [408] * MOST_READ + [429] * (40 - MOST_READ)


def test_a_success_is_no_failure() -> None:
    patience = Patience(lambda: 0.0)
    for _ in range(50):
        assert patience.begin(NAME, "10.0.0.1") == 0.0
        patience.succeeded(NAME, "10.0.0.1")


def test_a_correction_is_signed_by_who_is_logged_in(guarded: Server) -> None:
    at = f"{guarded.url}/xiangwen/ledger"
    me = basic(NAME)
    cells = post(at, json={"indicators": ["leaflets"]}, headers=me).json()
    cell = next(c for c in cells if c["township"] == "万灵镇")
    said = {"report": cell["report"], "indicator": "leaflets", "mark": "right", "start": cell["start"], "who": "别人"}
    assert post(f"{at}/correct", json=said).status_code == 401
    assert post(f"{at}/correct", json=said, headers=me).status_code == 204
    (right,) = (c for c in post(at, json={"indicators": ["leaflets"]}, headers=me).json() if "correction" in c)
    assert (right["correction"]["who"], right["confidence"]) == (NAME, 1.0)
    for wrong in ({"mark": "value", "value": "很多"}, {"mark": "great"}, {"report": "nowhere"}, {"start": "0"}):
        told = post(f"{at}/correct", json={**said, **wrong}, headers=me)
        assert told.status_code == 400 and "error" in told.json()
    assert post(f"{at}/correct", json={**said, "mark": "undo"}, headers=me).status_code == 204
