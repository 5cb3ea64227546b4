"""The door: nobody passes without a name and a password, whatever the route, where ``--auth`` is given.

Gradio's own ``auth=`` is not used: it guards its pages and not every route (`/static`, `/theme.css`, `/heartbeat`,
`/cancel` and all that is added stay open), sends a cookie without SameSite, and lets passwords be
guessed at full speed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from xiangwen.web.late_page import wants_page
from xiangwen.web.limits import BodiesBeingRead, BodyProblem, address_of, path_of, read_body
from xiangwen.web.passwords import Passwords
from xiangwen.web.problems import refusal
from xiangwen.web.sessions import SESSION_SECONDS, Sessions

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "xiangwen"
_MOST_KEYS = 10_000
"""More names and addresses than this are not remembered: the oldest goes."""
_LONGEST_WAIT = 60.0
"""Seconds that a name or address waits at most after wrong passwords."""
_FORGET_AFTER = 3600.0
"""Seconds after which a wrong password is forgotten."""
_LONGEST_FORM = 4_096
"""Bytes that a login form may have."""
_MOST_FIELDS = 20
"""Fields that a login form may have."""
_OPEN = ("/health", "/login")
_FREE = {"pair": 3, "address": 10, "name": 20}
"""Failures before one has to wait: of one name from one address, of one address, of one name from anywhere."""


class Patience:
    """After failures the next try has to wait: 1 s, 2 s, 4 s … a minute, for the name and for the address.

    An attempt counts as failed until it has succeeded, so that many at once gain nothing. Failures from elsewhere never
    shut out the owner of a name: they make nobody wait who has not failed here, or who has logged in from here before.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures: OrderedDict[tuple[str, ...], tuple[int, float]] = OrderedDict()
        self._at_home: OrderedDict[tuple[str, ...], None] = OrderedDict()

    @property
    def visitors(self) -> int:
        """Of how many names and addresses failures are remembered."""
        return len(self._failures)

    def begin(self, name: str, address: str) -> float:
        """Count an attempt; returns the seconds that it has to wait instead, or 0."""
        now = self._now()
        wait = 0.0
        pair, *_ = self._keys(name, address)
        stranger = pair in self._failures and pair not in self._at_home
        for key in self._keys(name, address):
            count, last = self._failures.get(key, (0, now))
            if now - last > _FORGET_AFTER or (key[0] == "name" and not stranger):
                count = 0
            due = last + min(2.0 ** (count - _FREE[key[0]]), _LONGEST_WAIT) if count >= _FREE[key[0]] else now
            wait = max(wait, due - now)
        if wait > 0:
            return wait
        for key in self._keys(name, address):
            self._failures[key] = (self._failures.get(key, (0, now))[0] + 1, now)
            self._failures.move_to_end(key)
        while len(self._failures) > _MOST_KEYS:
            self._failures.popitem(last=False)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """The attempt was no failure; the failures of this name from this address are forgotten."""
        pair, *others = self._keys(name, address)
        self._failures.pop(pair, None)
        self._at_home[pair] = None
        self._at_home.move_to_end(pair)
        while len(self._at_home) > _MOST_KEYS:
            self._at_home.popitem(last=False)
        for key in others:
            if key in self._failures:
                count, last = self._failures[key]
                self._failures[key] = (max(count - 1, 0), last)

    @staticmethod
    def _keys(name: str, address: str) -> tuple[tuple[str, ...], ...]:
        return ("pair", name, address), ("address", address), ("name", name)


class Gate:
    """Who is logged in."""

    def __init__(self, passwords: Passwords, sessions: Sessions | None = None) -> None:
        self._passwords = passwords
        self._patience = Patience()
        self._sessions = sessions or Sessions()
        self._secret = secrets.token_bytes(32)
        self._checking = anyio.CapacityLimiter(2)  # 32 MB and a core each

    def session(self, token: str | None) -> str | None:
        """The name behind a token that is still good."""
        return self._sessions.name(token, self._passwords.of)

    def leave(self, token: str | None) -> None:
        """End a session."""
        self._sessions.end(token)

    async def enter(self, name: str, password: str, address: str, token: str | None = None) -> str | float:
        """The token of a new session; or the seconds to wait before the next try, 0 where the password is wrong."""
        wait = self._patience.begin(name, address)
        if wait:
            return wait
        if not await anyio.to_thread.run_sync(self._passwords.check, name, password, limiter=self._checking):
            return 0.0
        hashed = self._passwords.of(name)
        if hashed is None:
            return 0.0
        self._patience.succeeded(name, address)
        begun = token or secrets.token_urlsafe(32)
        self._sessions.begin(begun, name, hashed, kept=token is None)
        return begun

    async def basic(self, header: str, address: str) -> str | float:
        """The same for ``Authorization: Basic``, which programs send each time; the hash is computed once."""
        try:
            name, mark, password = base64.b64decode(header.partition(" ")[2], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return 0.0
        token = hmac.new(self._secret, header.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        if self.session(token):
            return token
        return await self.enter(name, password, address, token) if mark else 0.0


class Auth:
    """Lets through who is logged in; everyone else gets the login page or 401."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate
        self._reading = BodiesBeingRead()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        path = path_of(scope)
        token: str | None = request.cookies.get(COOKIE)
        if path == "/login":
            response = await self._login(request)
        elif path == "/logout":
            self._gate.leave(token)
            response = _to(scope, "/login")
            response.delete_cookie(COOKIE, path=_cookie_path(scope))
        elif path in _OPEN:
            await self._app(scope, receive, send)
            return
        else:
            header = request.headers.get("authorization", "")
            if header[:6].lower() == "basic ":
                entered = await self._gate.basic(header, address_of(scope))
                if isinstance(entered, float):
                    await _refused(entered)(scope, receive, send)
                    return
                token = entered
            name = self._gate.session(token)
            if name is not None:
                scope["xiangwen.user"] = name
                await self._app(scope, receive, send)
                return
            response = _to(scope, "/login") if wants_page(request) else _refused(0.0, "请先登录。 Log in first.")
        await response(scope, receive, send)

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return _page(request.scope)
        try:
            with self._reading.one(address_of(request.scope)):
                body = await read_body(request.scope, request.receive, _LONGEST_FORM)
            form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except BodyProblem as problem:
            return _page(request.scope, problem.sentence, problem.status)
        except ValueError:
            return _page(request.scope, "表单的项太多。 Too many fields.", 400)
        name, password = (form.get(field, [""])[0] for field in ("username", "password"))
        entered = await self._gate.enter(name.strip(), password, address_of(request.scope))
        # Programs (gradio_client) ask for */* and are told in JSON; a browser is sent on to the page.
        browser = "text/html" in request.headers.get("accept", "")
        if isinstance(entered, float):
            refused = _refused(entered)
            if not browser:
                return refused
            page = _page(request.scope, _sentence(entered), refused.status_code)
            if "retry-after" in refused.headers:
                page.headers["retry-after"] = refused.headers["retry-after"]
            return page
        response = _to(request.scope, "/") if browser else JSONResponse({"success": True})
        response.set_cookie(
            COOKIE,
            entered,
            max_age=SESSION_SECONDS,
            path=_cookie_path(request.scope),
            httponly=True,
            samesite="lax",
            secure=request.scope.get("scheme") == "https",
        )
        return response


def _sentence(wait: float) -> str:
    if wait:
        return f"试得太多，请 {int(wait) + 1} 秒后再试。 Too many tries: wait {int(wait) + 1} seconds."
    return "姓名或密码不对。 Wrong name or password."


def _refused(wait: float, sentence: str | None = None) -> JSONResponse:
    return refusal(429 if wait else 401, sentence or _sentence(wait), int(wait) + 1 if wait else None)


def _to(scope: Scope, path: str) -> RedirectResponse:
    return RedirectResponse(scope.get("root_path", "").rstrip("/") + path, 303)


def _cookie_path(scope: Scope) -> str:
    return str(scope.get("root_path", "")).rstrip("/") + "/"


def _page(scope: Scope, problem: str = "", status: int = 200) -> HTMLResponse:
    told = f'<p role="alert">{problem}</p>' if problem else ""
    action = scope.get("root_path", "").rstrip("/") + "/login"
    return HTMLResponse(_PAGE.format(problem=told, action=action), status, {"cache-control": "no-store"})


_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>登录 · 乡问</title><style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText;
  font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }}
form {{ width: min(20rem, 90vw); display: grid; gap: .75rem }}
h1 {{ margin: 0; font-size: 1.5rem }}
label {{ display: grid; gap: .25rem }}
input, button {{ font: inherit; padding: .5rem .75rem; border: 1px solid #8a8a8a; border-radius: .375rem }}
button {{ background: #0f766e; border-color: #0f766e; color: #fff; cursor: pointer }}
:focus-visible {{ outline: 3px solid #5eead4; outline-offset: 1px }}
p {{ margin: 0; color: #b42318 }} @media (prefers-color-scheme: dark) {{ p {{ color: #ffb4a9 }} }}
</style></head><body><form method="post" action="{action}"><h1>乡问</h1>{problem}
<label>姓名 <input name="username" autocomplete="username" required autofocus maxlength="64"></label>
<label>密码 <input name="password" type="password" autocomplete="current-password" required maxlength="200"></label>
<button type="submit">登录</button></form></body></html>
"""
