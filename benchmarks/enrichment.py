"""How often the enrichment agrees with public test data, and what it costs an event."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import public_data
from benchmarks.table import show
from liveinsight.ingest.bot import bot_reason
from liveinsight.ingest.country import Countries
from liveinsight.ingest.device import device_of
from liveinsight.ingest.draft import Delivery
from liveinsight.ingest.pipeline import Pipeline
from liveinsight.ingest.site import Sites
from liveinsight.ingest.source import arrival_of
from liveinsight.ingest.visitor import Visitors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NOW = 1_800_000_000_000
EVENT = b'{"session_id":"s","timestamp":1800000000000,"event_type":"page_view","page_url":"https://shop.example/a?b=c"}'
_PLACES = ("211.231.100.15", "8.8.8.8", "203.0.113.7", "2001:2d8::1")
# What a process that has only imported the pipeline waits for at its first event.
_FIRST = "import time; start = time.perf_counter(); from liveinsight.ingest import kept_lists as k, sources as s; \
k.browsers(), k.systems(), k.kinds(), k.bots(), s.source_of_name('x'); print(time.perf_counter() - start)"


class Score(NamedTuple):
    """How many of the cases are right."""

    right: int
    cases: int

    @property
    def percent(self) -> float:
        return 100 * self.right / self.cases

    @classmethod
    def of(cls, results: Iterable[bool]) -> Score:
        counted = list(results)
        return cls(sum(counted), len(counted))


class _Salts:
    def salt(self, at: int) -> bytes:
        return at.to_bytes(8, "big")


def scores() -> dict[str, Score]:
    """What was compared -> how much of it agrees."""
    found = [(device_of(case.user_agent, case.hints), case.expected) for case in public_data.browsers()]
    fields = ("browser", "browser_version", "os", "os_version", "device")
    people = {case.user_agent for case in public_data.browsers()}
    return {
        **{
            name: Score.of(getattr(device, name) == expected[name] for device, expected in found if name in expected)
            for name in fields
        },
        "bots of our list": Score.of(bool(bot_reason(each)) for each in public_data.crawlers()),
        "bots of Matomo": Score.of(bool(bot_reason(each)) for each in public_data.bots()),
        "browsers are no bots": Score.of(not bot_reason(each) for each in people),
        "referrers of Snowplow": Score.of(channel_of(host) == channel for host, channel in public_data.referrers()),
    }


def channel_of(host: str) -> str:
    """The channel of a page view that comes from a host."""
    return arrival_of("", host).channel


def measure(seconds: float) -> dict[str, Any]:
    """Print the pass rates and the times; gives them."""
    found = scores()
    show(
        ["agrees with public test data", "right", "cases", "%"],
        [[name, f"{score.right:,}", f"{score.cases:,}", f"{score.percent:.2f}"] for name, score in found.items()],
    )
    times = _times(seconds / 8)
    print()
    show(["microseconds", "each"], [[name, f"{each:.2f}"] for name, each in times.items()])
    first = float(subprocess.run([sys.executable, "-c", _FIRST], check=True, capture_output=True, text=True).stdout)
    print(f"\nThe lists are made in {first * 1000:.0f} ms, at the first event of a process.")
    return {"scores": {name: score._asdict() for name, score in found.items()}, "microseconds": times, "first": first}


def _times(seconds: float) -> dict[str, float]:
    agents = list({case.user_agent: None for case in public_data.browsers()})[:3000]
    hosts = [host for host, _ in public_data.referrers()]
    others = [f"{number}.{host}" for number in range(4) for host in hosts]  # more than are remembered
    countries = Countries()
    pipeline = Pipeline.of(Sites.of("*"), Visitors(_Salts()), countries)
    deliveries = [Delivery(EVENT, NOW, place, agents[0]) for place in _PLACES]
    strangers = [Delivery(EVENT, NOW, _PLACES[0], f"{agent} {number}") for number, agent in enumerate(agents * 4)]
    return {
        "device, a new user agent": _each(device_of.__wrapped__, agents, seconds),
        "device, a known one": _each(device_of, agents[:100], seconds),
        "bot, a new user agent": _each(bot_reason.__wrapped__, agents, seconds),
        "bot, a known one": _each(bot_reason, agents[:100], seconds),
        "source, a new referrer": _each(channel_of, others, seconds),
        "source, a known one": _each(channel_of, hosts[:100], seconds),
        "event, all known": _each(pipeline.run, deliveries, seconds),
        "event, a new user agent each": _each(pipeline.run, strangers, seconds),
    }


def _each(call: Callable[[Any], object], arguments: Sequence[object], seconds: float) -> float:
    """Microseconds a call, of the quickest of rounds that take so many seconds together."""
    best, calls = float("inf"), max(1000, len(arguments))
    stop = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        for argument in islice(cycle(arguments), calls):
            call(argument)
        now = time.perf_counter()
        best = min(best, (now - start) / calls)
        if now > stop:
            return best * 1_000_000
