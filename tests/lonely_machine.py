"""A machine with no network but its own loopback, which sees whatever would have left it.

    unshare --map-root-user --net python tests/lonely_machine.py JOB ARGUMENTS…

In a network namespace of its own every address in the world leads to loopback, where all packets are listened to.
Prints what went to another address than 127.0.0.0/8 or ::1, or asked for a name, a line each: "to ADDRESS port PORT".
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NAME_SERVICE = 53
SHUT_CHROMIUM = [
    # The browser itself looks for updates and for its maker; the page must not.
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider,Translate,NetworkTimeServiceQuerying",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_ALL_PACKETS = 0x0003


def loopback_up() -> None:
    """Switch the interface on, and send everything there that has no other way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(control, 0x8913, asked))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", flags | 1))  # SIOCSIFFLAGS, IFF_UP
    for family in (socket.AF_INET, socket.AF_INET6):
        # RTM_NEWROUTE: any destination, table local, this machine itself, over lo.
        route = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 255, 4, 254, 2, 0) + struct.pack(
            "=HHI", 8, 4, socket.if_nametoindex("lo")
        )
        header = struct.pack("=IHHII", 16 + len(route), 24, 0x1 | 0x4 | 0x400, 1, 0)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
            kernel.send(header + route)
            error = struct.unpack("=i", kernel.recv(1024)[16:20])[0]
            if error and family == socket.AF_INET:
                raise OSError(-error, os.strerror(-error))


def destination(packet: bytes) -> tuple[str, int] | None:
    """Address and port of an IP packet over TCP or UDP; of others port 0."""
    if packet[12:14] == b"\x08\x00":
        ip, size, protocol = packet[14:], (packet[14] & 0x0F) * 4, packet[23]
        address = socket.inet_ntop(socket.AF_INET, ip[16:20])
    elif packet[12:14] == b"\x86\xdd":
        ip, size, protocol = packet[14:], 40, packet[20]
        address = socket.inet_ntop(socket.AF_INET6, ip[24:40])
    else:
        return None
    return address, struct.unpack("!H", ip[size + 2 : size + 4])[0] if protocol in (6, 17) else 0


class Listener(threading.Thread):
    """Keeps what went beyond loopback."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.left: dict[tuple[str, int], None] = {}
        self._wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PACKETS))
        self._wire.bind(("lo", 0))

    def run(self) -> None:
        while True:
            goal = destination(self._wire.recv(65_536))
            # What comes back from an address beyond goes to that address as well: it is bound to the same machine.
            if goal and (not ipaddress.ip_address(goal[0]).is_loopback or goal[1] == NAME_SERVICE):
                self.left[goal] = None


def run(*command: str) -> None:
    """Run the program, which must succeed."""
    subprocess.run([sys.executable, "-m", "xiangwen", *command], check=True, stdout=sys.stderr)


@contextmanager
def served(index: str) -> Iterator[str]:
    """The page's server, up: its address."""
    port = 7861
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", index, "--port", str(port)]
    page = subprocess.Popen(command, stdout=sys.stderr)
    try:
        here = f"http://127.0.0.1:{port}"
        while page.poll() is None:
            try:
                with urllib.request.urlopen(f"{here}/health", timeout=60):
                    break
            except OSError:
                time.sleep(0.2)
        yield here
    finally:
        page.kill()
        page.wait()


def visit(index: str) -> None:
    """Ask over HTTP, open the page in a browser, ask, open the report behind the answer, let it look around."""
    from playwright.sync_api import sync_playwright
    from visitor import CHROMIUM, LAWYER_ZH, QUIET_CHROMIUM, ask

    with served(index) as here, sync_playwright() as playwright:
        body = json.dumps({"question": LAWYER_ZH}).encode()
        asked = urllib.request.Request(f"{here}/ask", body, {"content-type": "application/json"})
        with urllib.request.urlopen(asked, timeout=120) as answer:
            assert json.load(answer)["verdicts"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET_CHROMIUM, *SHUT_CHROMIUM])
        page = browser.new_page()
        page.goto(here)
        page.wait_for_selector(".xw-turns[data-ready]", timeout=120_000)
        ask(page, LAWYER_ZH)
        page.locator(".xw-cite").first.click()
        page.wait_for_selector("#xw-here", timeout=120_000)
        time.sleep(3)
        browser.close()


def main(job: str, *arguments: str) -> None:
    """Do the job and say what left the machine meanwhile."""
    loopback_up()
    listener = Listener()
    listener.start()
    jobs: dict[str, Callable[..., object]] = {
        "build": lambda reports, index: run("build", reports, "--index", index, "--rebuild"),
        "ask": lambda index: run("ask", "哪些乡镇聘请了法律顾问？", "--index", index, "--json"),
        "visit": visit,
        "evaluate": lambda gold, index: run("evaluate", gold, "--index", index, "--no-judge"),
        "python": lambda code: subprocess.run([sys.executable, "-c", code], check=False),
    }
    jobs[job](*arguments)
    time.sleep(0.5)
    for address, port in listener.left:
        print(f"to {address} port {port}")


if __name__ == "__main__":
    main(*sys.argv[1:])
