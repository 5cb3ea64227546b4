"""Put the page on a port of this machine."""

from __future__ import annotations

import errno
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from xiangwen.web.opening import Opening

if TYPE_CHECKING:
    import gradio as gr

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


def launch(
    index_dir: Path,
    reports_dir: Path,
    *,
    model: str | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
    block: bool = True,
) -> gr.Blocks:
    """Open the chat; where there is no index, the first start builds it while the page shows the progress.

    Args:
        index_dir: the index folder.
        reports_dir: the reports to index where there is no index yet.
        model: refuse an index that another model made, and build with this one.
        host: the address to listen on; only this machine reaches the default.
        port: the port.
        block: wait until Ctrl+C; else return the running page, whose ``close()`` ends it.

    Raises:
        WebProblem: if the port is taken or the address is not one of this machine.
    """
    _check_port(host, port)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = os.environ.get("HF_HUB_OFFLINE", "1")
    _reach_this_machine_directly()

    # Imported here: Gradio takes seconds, and it reads the environment when it is imported.
    from starlette.middleware import Middleware

    from xiangwen.web.page import build_page, theme, web_file

    opening = Opening(index_dir, reports_dir, model)
    opening.start()
    page = build_page(opening)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            # Not css=: Gradio writes every rule of it a second time under a selector of its own that wins.
            head=f"<style>{web_file('style.css')}</style>",
            favicon_path=str(Path(__file__).with_name("favicon.svg")),
            footer_links=[],
            run_history=False,
            share=False,
            inline=False,
            inbrowser=False,
            pwa=False,
            ssr_mode=False,
            enable_monitoring=False,
            show_error=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={"middleware": [Middleware(_Headers)]},
        )
    except OSError as error:
        raise WebProblem(_port_taken(port)) from error
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    Console(stderr=True).print(f"乡问已打开：http://{shown}:{port}（按 Ctrl+C 结束）", highlight=False)
    if block:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            page.close(verbose=False)
    return page


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


def _reach_this_machine_directly() -> None:
    """Keep Gradio's check of its own address off the office's proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "localhost", "127.0.0.1", "::1"]))


class _Headers:
    """Adds the security headers to every answer of the server."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
