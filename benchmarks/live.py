"""`live`: how long after its answer an event arrives at a reader of /api/live."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks import wrk
from benchmarks.machine import BenchmarkError, cores, pinned
from benchmarks.servers import TOKEN, liveinsight
from benchmarks.table import percentile, show

if TYPE_CHECKING:
    from benchmarks.servers import Server

PROBES_PER_SECOND = 20
_SITE = "probe.example"  # the load goes to another site: a reader of a site that busy is sent a selection, by design
_PATIENCE = 10.0
_MARGIN_SECONDS = 1


@dataclass(slots=True)
class Times:
    """By event id, in seconds of one clock."""

    sent: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)

    def lost(self) -> set[str]:
        return self.answered.keys() - self.arrived.keys()


def measure(seconds: float) -> dict[str, Any]:
    """Probe a quiet server, then a busy one; print; give the figures."""
    figures = {}
    with liveinsight() as server, pinned(cores()[1]):
        figures["quiet"] = asyncio.run(_probe(server, seconds))
        load = wrk.start(server, seconds + 2 * _MARGIN_SECONDS)
        try:
            time.sleep(_MARGIN_SECONDS)
            figures["busy"] = asyncio.run(_probe(server, seconds))
        finally:
            figures["busy"]["load_per_second"] = load.wait().answers / (seconds + 2 * _MARGIN_SECONDS)
    show(
        ["server", "events", "after the answer: p50 ms", "p99 ms", "after sending: p50 ms", "p99 ms"],
        [_row(name, figures[name]) for name in ("quiet", "busy")],
    )
    print(f"Busy: {wrk.CONNECTIONS} connections send {figures['busy']['load_per_second']:,.0f} events/s as well.")
    return figures


async def _probe(server: Server, seconds: float) -> dict[str, Any]:
    address = urlsplit(server.url)
    host, port = str(address.hostname), int(address.port or 80)
    times = Times()
    sender = await asyncio.open_connection(host, port)
    await _post(*sender, times)  # the site exists now
    heard = asyncio.Event()
    listener = asyncio.create_task(_listen(host, port, times, heard))
    await asyncio.wait_for(heard.wait(), _PATIENCE)
    probes = max(1, int(seconds * PROBES_PER_SECOND))
    for _ in range(probes):
        await asyncio.sleep(random.uniform(0.5, 1.5) / PROBES_PER_SECOND)  # not in step with the server's own pauses
        await _post(*sender, times)
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while times.lost():
                heard.clear()
                await heard.wait()
    listener.cancel()
    sender[1].close()
    if lost := times.lost():
        msg = f"{len(lost)} of {probes} events never arrived at the reader of /api/live."
        raise BenchmarkError(msg)
    return _figures(times)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, times: Times) -> None:
    event_id = str(uuid.UUID(bytes=os.urandom(16)))
    event = {
        "event_id": event_id,
        "session_id": "probe",
        "user_id": "probe",
        "timestamp": int(time.time() * 1000),
        "event_type": "page_view",
        "page_url": f"https://{_SITE}/",
        "page_title": "온다 찻집",
    }
    body = json.dumps(event).encode()
    times.sent[event_id] = time.monotonic()
    writer.write(
        b"POST /api/events HTTP/1.1\r\nHost: probe\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    times.answered[event_id] = time.monotonic()
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    answer = await reader.readexactly(int(length.partition(b":")[2]))
    if b" 200 " not in head[:20] or b'"accepted":1' not in answer:
        msg = f"An event was not accepted: {answer.decode()[:200]}"
        raise BenchmarkError(msg)


async def _listen(host: str, port: int, times: Times, heard: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=2**22)
    writer.write(
        b"GET /api/live?site_id=%b HTTP/1.1\r\nHost: probe\r\nAuthorization: Bearer %b\r\n\r\n"
        % (_SITE.encode(), TOKEN.encode())
    )
    while line := await reader.readline():
        now = time.monotonic()
        if line.startswith(b'data: {"events":'):
            for event in json.loads(line[6:])["events"]:
                times.arrived.setdefault(event["event_id"], now)
            heard.set()  # the first such message is the backlog


def _figures(times: Times) -> dict[str, Any]:
    first = next(iter(times.sent))  # sent before anybody listened
    probes = [event_id for event_id in times.sent if event_id != first]
    figures: dict[str, Any] = {"events": len(probes)}
    for name, since in (("after_answer", times.answered), ("after_sending", times.sent)):
        waits = [(times.arrived[event_id] - since[event_id]) * 1000 for event_id in probes]
        figures[name] = {"p50_ms": percentile(waits, 50), "p99_ms": percentile(waits, 99)}
    return figures


def _row(name: str, figures: dict[str, Any]) -> list[str]:
    waits = [figures[since][each] for since in ("after_answer", "after_sending") for each in ("p50_ms", "p99_ms")]
    return [name, str(figures["events"]), *(f"{wait:.1f}" for wait in waits)]
