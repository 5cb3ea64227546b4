"""The commands around the chat: open it, who may enter, what people thought of the answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangwen.cli.options import INDEX, REPORTS, AsJson, IndexDir, SameModel, StoreAt, print_json
from xiangwen.machine.controls import harmless


def serve(
    reports_folder: Annotated[
        Path,
        typer.Argument(metavar="REPORTS", help="还没有索引时用它建立。 Indexed first where there is no index."),
    ] = REPORTS,
    index: IndexDir = INDEX,
    store: StoreAt = None,
    model: SameModel = None,
    host: Annotated[
        str, typer.Option("--host", help="监听地址；默认只有本机能访问。 The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口。 The port.")] = 7860,
    root_path: Annotated[
        str,
        typer.Option("--root-path", metavar="PATH", help="在反向代理后的路径，如 /xiangwen。 The path behind a proxy."),
    ] = "",
    trust_proxy: Annotated[
        str | None,
        typer.Option(
            "--trust-proxy",
            metavar="ADDRESSES",
            help="可信的代理地址，逗号分隔；有 --root-path 时默认本机。 Proxies whose X-Forwarded is believed.",
        ),
    ] = None,
    auth: Annotated[
        Path | None,
        typer.Option("--auth", metavar="FILE", help="密码文件，见 xiangwen passwd。 Let in only who is in this file."),
    ] = None,
    rate: Annotated[
        int,
        typer.Option(
            "--rate", metavar="N", min=0, help="每人每分钟最多几次请求，0 为不限。 Requests a minute for each."
        ),
    ] = 60,
    mcp: Annotated[bool, typer.Option("--mcp", help="在 /mcp 提供 MCP 工具。 Serve MCP tools at /mcp.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="报告变化就更新索引。 Build again when reports change.")
    ] = False,
) -> None:
    """打开聊天页面。 Open the chat in the browser.

    与 python app.py 相同。 The same as python app.py.

    例 Example: xiangwen serve --port 7860

    例 Example: xiangwen serve --root-path /xiangwen --auth passwords
    """
    from xiangwen.web import Settings, launch

    settings = Settings(
        store=store,
        model=model,
        host=host,
        port=port,
        root_path=root_path,
        trust_proxy=trust_proxy,
        auth=auth,
        a_minute=rate or None,
        mcp=mcp,
        watch=watch,
    )
    launch(index, reports_folder, settings)


def passwd(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="密码文件，没有就新建。 Made where there is none.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="姓名。 Whose password.")],
    stdin: Annotated[
        bool, typer.Option("--stdin", help="从标准输入读密码（一行）。 Read the password from stdin, one line.")
    ] = False,
) -> None:
    """设置登录密码。 Set a password for serve --auth.

    删人：删去文件中那一行。 To remove somebody, delete the line.

    例 Example: xiangwen passwd passwords 张三
    """
    from xiangwen.web.passwords import set_password

    if stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("密码 Password", hide_input=True, confirmation_prompt="再输一次 Again")
    else:
        raise typer.BadParameter("不在终端里请用 --stdin。 Without a terminal use --stdin.")
    known = set_password(file, name, password)
    typer.echo(harmless(f"已更改 {name} 的密码。 Changed." if known else f"已加入 {name}。 Added."))


def feedback(index: IndexDir = INDEX, as_json: AsJson = False) -> None:
    """查看评价。 Print what people thought of the answers, the latest last.

    例 Example: xiangwen feedback --json
    """
    from xiangwen.answers.votes import votes

    if as_json:
        from xiangwen.exports.contract import vote_json

        print_json([vote_json(vote) for vote in votes(index)])
        return
    from xiangwen.cli.terminal import print_feedback

    print_feedback(list(votes(index)))
