"""What works around Gradio, all of it: what it should not open, believe or leave unsaid, and what it takes amiss.

Gradio takes seconds to import and reads the environment when it is, so it is imported here in functions alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from xiangwen.machine.controls import harmless
from xiangwen.web.limits import busy, path_of
from xiangwen.web.problems import NO_SUCH_ADDRESS, PROBLEMS, refusal, refuse_address

if TYPE_CHECKING:
    import gradio as gr
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

P = ParamSpec("P")
T = TypeVar("T")

CLOSED = (
    # The page shows no files and takes none, so Gradio's routes for them are shut rather than trusted.
    "/gradio_api/file",
    "/gradio_api/upload",
    "/gradio_api/proxy",
    "/gradio_api/stream",
    "/gradio_api/process_recording",
    "/gradio_api/deep_link",
    "/gradio_api/custom_component",
    # Editing the app's own source from the browser, run history, monitoring, reloading: for its developers.
    "/gradio_api/vibe",
    "/gradio_api/undo-vibe",
    "/gradio_api/run-history",
    "/gradio_api/runs",
    "/gradio_api/profiling",
    "/gradio_api/dev",
    "/gradio_api/token",
    "/monitoring",
)
"""Paths of Gradio that this page does not need, by their beginnings."""
LIGHT = ("/gradio_api/component_server", "/gradio_api/cancel")
"""What the page fetches by itself (the list of reports, suggestions), a report that is opened, a question stopped."""
_NO_SUCH_STREAM = b'event: error\ndata: "404: Not Found"\n\n'
"""How Gradio begins to stream the events of what is not there, before it breaks off."""


# --- functions that Gradio calls --------------------------------------------------------------------------------------


def by_name(functions: Mapping[str, Callable[[Any], Any]]) -> list[Callable[[Any], Any]]:
    """Functions for ``server_functions``: Gradio calls each by its own name and marks it, which no method allows.

    What they give goes out as it is: FastAPI would walk through every value first, on the loop that all requests share,
    .7 s for the columns of 1,500 reports.
    """

    def named(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def plain(argument: Any) -> Any:
            return JSONResponse(function(argument))

        plain.__name__ = name
        return plain

    return [named(name, function) for name, function in functions.items()]


def with_problems_told(function: Callable[P, T]) -> Callable[P, T]:
    """A function for ``gr.api``: of all exceptions gradio_client is told the message of `gr.Error` alone."""

    @wraps(function)
    def told(*arguments: P.args, **named: P.kwargs) -> T:
        import gradio as gr

        try:
            return function(*arguments, **named)
        except PROBLEMS as problem:
            raise gr.Error(str(problem), print_exception=False) from problem

    return told


def carried(event: gr.EventData, *names: str) -> dict[str, Any]:
    """What an event of the page carries, which has each field as an attribute; None where there is none."""
    return {name: getattr(event, name, None) for name in names}


# --- its application --------------------------------------------------------------------------------------------------


def app_of(page: gr.Blocks, *, root_path: str, most_waiting: int, look: tuple[gr.Theme, str]) -> Starlette:
    """The application of a page, with all of Gradio's own extras left out; its lifespan must run.

    Not by ``launch()``, which makes a server of its own and asks it over the network whether it is up.

    Args:
        page: what is shown.
        root_path: the path under which a proxy shows it.
        most_waiting: questions in the queue.
        look: the theme, and the style sheet.
    """
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware import Middleware

    theme, style = look
    # With `api_open` programs could ask past the queue.
    page.queue(max_size=most_waiting, api_open=False)
    around: Starlette = gr.mount_gradio_app(
        FastAPI(openapi_url=None),
        page,
        path="/",
        theme=theme,
        # Not css=: Gradio writes every rule of it a second time under a selector of its own that wins.
        # The icon by a relative address: behind a proxy the browser's own guess is outside of `root_path`.
        head=f'<link rel="icon" href="favicon.ico"><style>{style}</style>',
        favicon_path=str(Path(__file__).with_name("favicon.svg")),
        footer_links=[],
        run_history=False,
        pwa=False,
        ssr_mode=False,
        enable_monitoring=False,
        show_error=False,
        root_path=root_path,
        app_kwargs={
            "middleware": [Middleware(GradioRoutes)],
            "exception_handlers": {HTTPException: refuse_address},
        },
    )
    return around


def let_go(app: Starlette) -> None:
    """Open pages no longer hold their connection; called in the thread of the server."""
    mounts: list[Any] = app.routes
    for mount in mounts:
        mount.app.stop_event.set()


# --- around its application -------------------------------------------------------------------------------------------


class BelievedHeaders:
    """Takes off requests what only a proxy may say: Gradio builds addresses out of it, whoever sends it.

    The host stands in Host; what a proxy passes as X-Forwarded-Host may be anybody's.
    """

    def __init__(self, app: ASGIApp, trusted: bool) -> None:
        """Make ready; ``trusted`` where there is a proxy whose headers are believed."""
        self._app = app
        self._refused = (b"x-forwarded-host" if trusted else b"x-forwarded-", b"x-gradio-server")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http":
            scope["headers"] = [(k, v) for k, v in scope["headers"] if not k.startswith(self._refused)]
        await self._app(scope, receive, send)


class GradioRoutes:
    """Closes the routes that the page does not need; of the others refuses in a plain sentence what Gradio cannot read.

    Gradio breaks off with a traceback where a request names nothing that is there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or not."""
        path = path_of(scope) if scope["type"] == "http" else ""
        if path.startswith(CLOSED):
            await refusal(404, NO_SUCH_ADDRESS, for_page=True)(scope, receive, send)
        elif path.startswith("/gradio_api/"):
            await self._pass(scope, path, receive, _full_queue_told(scope, send))
        else:
            await self._app(scope, receive, send)

    async def _pass(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        head: Message | None = None
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal head, begun
            if message["type"] == "http.response.start":
                # Kept until the body begins: a stream of events may begin with saying that there is none.
                head = message
                return
            if head is not None:
                if message.get("body") == _NO_SUCH_STREAM:
                    raise LookupError
                begun = True
                await send(head)
                head = None
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception as error:  # of many classes, some of them Gradio's own
            logging.getLogger(__name__).warning("refused %s: %s", harmless(path), type(error).__name__)
            if begun:
                await send({"type": "http.response.body"})
                return
            sentence = "这个请求无法处理，请刷新页面后重试。 This request cannot be read: reload the page."
            status = 404 if isinstance(error, LookupError) else 400
            await refusal(status, sentence, for_page=True)(scope, receive, send)


def _full_queue_told(scope: Scope, send: Send) -> Send:
    """Gradio's queue says in English jargon that it is full; here in plain words."""
    full = False

    async def told(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start" and message["status"] == 503:
            full = True

            async def nothing() -> Message:
                return {"type": "http.disconnect"}

            await busy()(scope, nothing, send)
        elif not full:
            await send(message)

    return told
