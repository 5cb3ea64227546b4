"""The commands around the chat: open it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xiangwen.cli.options import INDEX, REPORTS, IndexDir, SameModel

chat = typer.Typer()


@chat.command()
def serve(
    reports_folder: Annotated[
        Path,
        typer.Argument(metavar="REPORTS", help="还没有索引时用它建立。 Indexed first where there is no index."),
    ] = REPORTS,
    index: IndexDir = INDEX,
    model: SameModel = None,
    host: Annotated[
        str, typer.Option("--host", help="监听地址；默认只有本机能访问。 The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口。 The port.")] = 7860,
) -> None:
    """打开聊天页面。 Open the chat in the browser.

    与 python app.py 相同。 The same as python app.py.

    例 Example: xiangwen serve --port 7860
    """
    from xiangwen.web import launch

    launch(index, reports_folder, model=model, host=host, port=port)
