"""Web sites of other people: pages on an origin that is not the collector's."""

from __future__ import annotations

from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx

from liveinsight.wire.files import WEB

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}
_DEMO_TAG = "../static/js/liveinsight-tracker.js"  # where the demo looks for the tracker when the collector serves it


class Websites:
    """A web server for any number of host names below `localhost`, which browsers look for on this machine.

    Every name has the demo shop, counted by `tracker`, until a test puts pages of its own there.
    """

    def __init__(self, tracker: str) -> None:
        self._tracker = tracker
        self._pages: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
        self._forwarded: dict[tuple[str, str], str] = {}
        websites = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # browsers open connections and then do not use them

            def do_GET(self) -> None:
                content, name, headers = websites.content(self._host(), urlsplit(self.path).path)
                self.send_response(200 if content else 404)
                self.send_header("Content-Type", _TYPES.get(name.rpartition(".")[2], _TYPES["html"]))
                self.send_header("Content-Length", str(len(content)))
                for header, value in headers.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = websites.forward(self._host(), self.path, body, self.headers["User-Agent"])
                self.send_response(answer.status_code)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def _host(self) -> str:
                return str(self.headers["Host"]).partition(":")[0]

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.port = self._server.server_address[1]

    def put(self, host: str, path: str, text: str, headers: dict[str, str] | None = None) -> None:
        self._pages[host, path] = text, headers or {}

    def put_forward(self, host: str, path: str, url: str) -> None:
        """Pass on what is posted to a path, as a reverse proxy does."""
        self._forwarded[host, path] = url

    def forward(self, host: str, path: str, body: bytes, user_agent: str) -> httpx.Response:
        return httpx.post(self._forwarded[host, path], content=body, headers={"User-Agent": user_agent}, timeout=60)

    def content(self, host: str, path: str) -> tuple[bytes, str, dict[str, str]]:
        """What is at an address, the name of the file it could be, and its headers; empty when there is nothing."""
        if page := self._pages.get((host, path)):
            return page[0].encode(), path, page[1]
        file = WEB / "demo" / (path.removeprefix("/") or "index.html")
        if not file.is_file():
            return b"", path, {}
        return file.read_bytes().replace(_DEMO_TAG.encode(), self._tracker.encode()), file.name, {}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(frozen=True)
class Site:
    """One web site, and what its owner reads about it. `name` is its host and what reports call it."""

    name: str
    websites: Websites
    collector: str
    reader: httpx.Client

    @property
    def origin(self) -> str:
        return f"http://{self.name}:{self.websites.port}"

    def tag(self, attributes: str = "defer") -> str:
        """The line that the collector says to put into a page."""
        return f'<script {attributes} src="{self.collector}/static/js/liveinsight-tracker.js"></script>'

    def part(self, name: str, attributes: str = "defer") -> str:
        """The tag of one of the tracker's parts."""
        return f'<script {attributes} src="{self.collector}/static/js/liveinsight-{name}.js"></script>'

    def put(
        self,
        path: str,
        body: str = "",
        *,
        title: str = "A page",
        head: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> str:
        """Publish a page with the tracker in its head, unless another head is given; gives its address."""
        head = self.tag() if head is None else head
        html = f'<!doctype html><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">{head}{body}'
        self.websites.put(self.name, path, html, headers)
        return self.origin + path

    def ask(self, path: str, **question: Any) -> Any:
        """The data of an answer about this site."""
        answer = self.reader.get(path, params={"site_id": self.name, **question})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return body["data"] if isinstance(body, dict) else body

    def timeline(self) -> list[dict[str, Any]]:
        """The events of all its sessions, each session's in the order in which the server has them."""
        sessions = self.ask("/api/sessions/active/")
        return [event for each in sessions for event in self.ask(f"/api/sessions/{each['session_id']}/events/")]

    def events(self) -> list[dict[str, Any]]:
        """The events of all its sessions in the order in which browsers made them: their ids begin with the time."""
        return sorted(self.timeline(), key=lambda event: event["event_id"])

    def types(self) -> list[str]:
        return [event["event_type"] for event in self.events()]
