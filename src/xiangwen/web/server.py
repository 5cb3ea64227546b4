"""Put the page on a port of this machine."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from xiangwen.machine.console import HarmlessConsole
from xiangwen.machine.offline import without_hub
from xiangwen.web.opening import Opening

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from xiangwen.web.auth import Gate
    from xiangwen.web.late_page import LatePage

_THIS_MACHINE = "127.0.0.1,::1"
_STOP_SECONDS = 30.0
_FIRST_SECONDS = 5.0
"""The page, whose import keeps the processor busy for seconds, waits so long for the index to be open."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio compiles its templates in the browser and styles elements in place.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Even if a text slipped through unescaped, the browser would fetch nothing from another host for it."""


class WebProblem(Exception):
    """The chat cannot be opened; the message is one plain sentence."""


@dataclass(frozen=True)
class Settings:
    """How the chat is opened."""

    store: str | None = None
    """An address on Milvus that is asked instead of the index folder."""
    model: str | None = None
    """Refuse an index that another model made, and build with this one."""
    watch: bool = False
    """Build the index anew whenever the reports change."""
    host: str = "127.0.0.1"
    """The address to listen on; only this machine reaches the default."""
    port: int = 7860
    root_path: str = ""
    """The path under which a proxy shows the chat, such as ``/xiangwen``."""
    trust_proxy: str | None = None
    """Addresses or networks, comma between, whose X-Forwarded headers are believed; by default this machine's own where
    there is a ``root_path``, else nobody's."""
    auth: Path | None = None
    """A file of names and hashed passwords; without it everyone who reaches the port is let in."""
    a_minute: int | None = None
    """Requests that one person or address may make; None for no limit."""
    mcp: bool = False
    """Answer programs over the Model Context Protocol at ``/mcp``."""

    @property
    def proxies(self) -> str:
        """Whose X-Forwarded headers are believed."""
        if self.trust_proxy is not None:
            return self.trust_proxy
        return _THIS_MACHINE if self.root_path.strip("/") else ""

    @property
    def only_local(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return self.host in ("127.0.0.1", "localhost", "::1") and not self.proxies


@dataclass(frozen=True)
class OpenChat:
    """A chat on its port."""

    app: Starlette
    """The application around the page."""
    page: LatePage
    server: uvicorn.Server
    thread: threading.Thread
    """In which the server runs."""

    def close(self) -> None:
        """Take no more questions, answer those that were asked within half a minute, and free the port."""
        if self.thread.is_alive():
            self.page.let_go()
            self.server.should_exit = True
            self.thread.join(_STOP_SECONDS)


def launch(index_dir: Path, reports_dir: Path, settings: Settings = Settings(), *, block: bool = True) -> OpenChat:
    """Open the chat; where there is no index, the first start builds it while the page shows the progress.

    Where there is one, programs are answered as soon as it is open, and the page is there some seconds later.

    Args:
        index_dir: the index folder.
        reports_dir: the reports to index where there is no index yet.
        settings: what is asked, and who may ask from where.
        block: wait until Ctrl+C; else return the open chat with its page, whose ``close()`` ends it.

    Raises:
        WebProblem: if the port is taken or the address is not one of this machine, or a package is missing.
        IndexProblem: if the store is no address.
        PasswordProblem: if the file of passwords is missing, empty or damaged.
    """
    settings = replace(settings, root_path=_checked_root(settings.root_path))
    gate = _gate(index_dir, settings.auth)
    host, port = settings.host, settings.port
    _check_port(host, port)
    without_hub()
    # Imported here and below: all of this takes seconds, and Gradio reads the environment when it is imported.
    from xiangwen.index import in_use
    from xiangwen.milvus.home import Home
    from xiangwen.web.late_page import LatePage

    opening = Opening(Home.at(index_dir, settings.store), reports_dir, settings.model, settings.watch)
    page = LatePage()
    app = _around_the_page(page, opening, index_dir, settings, gate)
    indexed = in_use(index_dir) is not None
    if indexed:
        opening.start()
    chat = _serve(app, page, settings)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    HarmlessConsole(stderr=True).print(f"乡问已打开：http://{shown}:{port}（按 Ctrl+C 结束）", highlight=False)
    with ExitStack() as at_the_end, suppress(_Stopped):
        at_the_end.callback(chat.close)
        stopped = _stop_by_signal() if block else None
        if indexed:
            opening.wait(_FIRST_SECONDS)
        page.show(_page_app(opening, settings.root_path, guarded=gate is not None))
        if not indexed:  # the page first, which shows how the index is built: that takes all of the processor, too
            opening.start()
        if stopped:
            stopped.wait()
        else:
            at_the_end.pop_all()
    return chat


def _page_app(opening: Opening, root_path: str, guarded: bool) -> Starlette:
    """The page's own application; its modules take Gradio in, and with it seconds."""
    from xiangwen.web.gradio_workarounds import app_of
    from xiangwen.web.limits import MOST_WAITING
    from xiangwen.web.page import build_page, page_style, theme

    page = build_page(opening, guarded)
    return app_of(page, root_path=root_path, most_waiting=MOST_WAITING, look=(theme(), page_style()))


def _gate(index_dir: Path, passwords: Path | None) -> Gate | None:
    """Where one logs in; None where everyone is let in."""
    from xiangwen.web.auth import Gate
    from xiangwen.web.passwords import Passwords
    from xiangwen.web.sessions import FILE, Sessions

    return None if passwords is None else Gate(Passwords(passwords), Sessions(index_dir / FILE))


def _around_the_page(
    page: LatePage, opening: Opening, index_dir: Path, settings: Settings, gate: Gate | None
) -> Starlette:
    """The application with the page in it: HTTP and MCP, who is let in, how often, with which headers."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware

    from xiangwen.web.auth import Auth
    from xiangwen.web.gradio_workarounds import LIGHT, BelievedHeaders
    from xiangwen.web.limits import Limits
    from xiangwen.web.problems import refuse_address
    from xiangwen.web.routes import routes

    tools = _mcp_app(opening, settings.only_local) if settings.mcp else None

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if tools:
                await stack.enter_async_context(tools.router.lifespan_context(tools))
            await stack.enter_async_context(page.lifespan())
            yield

    middleware = [
        Middleware(_RootPath, root_path=settings.root_path),
        Middleware(BelievedHeaders, trusted=bool(settings.proxies)),
        Middleware(_SafeHeaders),
        *([Middleware(Auth, gate=gate)] if gate else []),
        Middleware(Limits, a_minute=settings.a_minute, light=LIGHT),
    ]
    own = [*routes(opening, index_dir), *(tools.routes if tools else [])]
    handlers = {HTTPException: refuse_address}
    app = Starlette(routes=own, middleware=middleware, exception_handlers=handlers, lifespan=lifespan)
    app.router.default = page
    return app


def _serve(app: Starlette, page: LatePage, settings: Settings) -> OpenChat:
    """Answer on the port from now on, in a thread.

    Raises:
        WebProblem: if it was taken meanwhile.
    """
    import uvicorn

    # Without `forwarded_allow_ips` this machine's headers would be trusted.
    server = uvicorn.Server(
        uvicorn.Config(app, settings.host, settings.port, log_level="warning", forwarded_allow_ips=settings.proxies)
    )
    thread = threading.Thread(target=server.run, name="xiangwen-server", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise WebProblem(_port_taken(settings.port))
        time.sleep(0.001)
    return OpenChat(app, page, server, thread)


class _Stopped(BaseException):
    """Breaks off whatever is at work: Ctrl+C, or the service is told to stop."""


def _stop_by_signal() -> threading.Event:
    """From now on such a signal sets this and raises `_Stopped`; a second one ends the process at once."""
    stopped = threading.Event()

    def stop(signal_number: int, _: Any) -> None:
        signal.signal(signal_number, signal.SIG_DFL)
        stopped.set()  # for good, where a library swallows what is raised
        raise _Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopped


def _checked_root(root_path: str) -> str:
    root = "/" + root_path.strip("/") if root_path.strip("/") else ""
    if root and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", root):
        raise WebProblem(f"--root-path {root_path} 应像 /xiangwen。 It should look like /xiangwen.")
    return root


def _mcp_app(opening: Opening, only_local: bool) -> Starlette:
    try:
        from xiangwen.web.mcp_tools import mcp_app
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("mcp"):
            raise
        raise WebProblem('--mcp 需要另装一个包：pip install "xiangwen[mcp]"。 --mcp needs one more package.') from error
    return mcp_app(opening, only_local=only_local)


def _check_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":  # there it would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (socket.gaierror, OverflowError) as error:
        raise WebProblem(_no_address(host, port)) from error
    except OSError as error:
        foreign = error.errno == errno.EADDRNOTAVAIL
        raise WebProblem(_no_address(host, port) if foreign else _port_taken(port)) from error


def _no_address(host: str, port: int) -> str:
    return f"地址 {host}:{port} 不是本机的，请检查 --host 和 --port。 Not an address of this machine."


def _port_taken(port: int) -> str:
    return (
        f"端口 {port} 已被占用或不可用，请换一个，例如 --port {port + 1 if port < 65535 else 7860}。 "
        f"Port {port} is taken: choose another one."
    )


class _RootPath:
    """Tells all behind it under which path a proxy shows them, whether the proxy takes it off an address or not."""

    def __init__(self, app: Any, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, "root_path": self._root_path}, receive, send)


class _SafeHeaders:
    """Adds the security headers to every answer of the server."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", [])
                if message["status"] == 307:  # Starlette's own, to the same address without the slash at its end
                    headers = [(k, _below(scope, v) if k == b"location" else v) for k, v in headers]
                message["headers"] = [
                    *headers,
                    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _below(scope: Any, location: bytes) -> bytes:
    """An address of this server as the visitor has it: under ``root_path``, on whatever host he reached it by."""
    parts = urlsplit(location)
    root = scope.get("root_path", "").rstrip("/").encode()
    path = b"/" + parts.path.lstrip(b"/")
    path = path if path.startswith(root + b"/") else root + path
    return path + (b"?" + parts.query if parts.query else b"")
