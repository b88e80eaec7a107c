"""What LiveInsight costs a page of a Django site, and that it asks the site's database nothing.

The site with and without, in turns. Time in the request's own thread is what a visitor waits; that of the process has
the outbox's thread in it, too, which stores the events.
"""

from __future__ import annotations

import tempfile
import time
from http import HTTPStatus
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.machine import BenchmarkError
from benchmarks.table import show
from tests.django_site.settings import MIDDLEWARE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

ROUNDS = 7
MOST_US = 500  # what tag, middleware and track() together may add to a page, in the request's own thread
_WARM_UP = 200
_REQUESTS_A_SECOND = 60  # of each round, for every second asked for: a few hundred are enough for a median of rounds
_OURS = "liveinsight.django.middleware.PageViews"
_HEADERS = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
    "accept-language": "ko-KR,ko;q=0.9,en;q=0.8",
    "referer": "https://search.example/",
    "sec-fetch-dest": "document",
}
_VARIANTS = {
    "the site alone": ("/plain", False),
    "with the tag": ("/tag", False),
    "with tag and middleware": ("/tag", True),
    "with these and track()": ("/track", True),
}


def measure(seconds: float) -> dict[str, Any]:
    """Measure, check, print; gives the figures."""
    _set_up()
    from liveinsight.django.outbox import outbox

    handlers = {name: _handler(with_middleware=on) for name, (_, on) in _VARIANTS.items()}
    queries = {name: _queries(handlers[name], path) for name, (path, _) in _VARIANTS.items()}
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in _VARIANTS}
    count = max(_WARM_UP, int(seconds * _REQUESTS_A_SECOND))
    for name, (path, _) in _VARIANTS.items():
        _time(handlers[name], path, _WARM_UP)
    for _ in range(ROUNDS):
        for name, (path, _) in _VARIANTS.items():
            samples[name].append(_time(handlers[name], path, count))
            outbox.flush(60)
    if outbox.refused:
        msg = f"events were refused: {dict(outbox.refused)}"
        raise BenchmarkError(msg)
    figures = {name: _figures(samples[name], samples["the site alone"], queries[name]) for name in _VARIANTS}
    show(
        ["page", "thread us", "ratio", "process us", "queries"],
        [[name, *_cells(each)] for name, each in figures.items()],
    )
    if len(set(queries.values())) > 1:
        msg = f"LiveInsight asked the site's database something: {queries}"
        raise BenchmarkError(msg)
    if (slowest := max(each["more_us"] for each in figures.values())) > MOST_US:
        msg = f"LiveInsight costs a page {slowest:.0f} us in the request's thread; it may cost {MOST_US}"
        raise BenchmarkError(msg)
    return figures


def _set_up() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        SECRET_KEY="benchmark",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="benchmarks.django_pages",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "liveinsight.django"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        LIVEINSIGHT={"DATA": tempfile.mkdtemp(prefix="liveinsight-benchmark-"), "QUEUE": 1_000_000},
    )
    django.setup()
    call_command("migrate", verbosity=0)


def _handler(*, with_middleware: bool) -> Callable[[HttpRequest], HttpResponseBase]:
    """The site with this middleware, as a server calls it."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    with override_settings(MIDDLEWARE=[*MIDDLEWARE, *([_OURS] if with_middleware else [])]):
        return WSGIHandler().get_response


def _request(path: str) -> HttpRequest:
    from django.test import RequestFactory

    return RequestFactory(headers=_HEADERS).get(path)


def _time(answer: Callable[[HttpRequest], HttpResponseBase], path: str, count: int) -> tuple[float, float]:
    """Microseconds a request: of this thread, and of the process until everything is stored."""
    from liveinsight.django.outbox import outbox

    requests = [_request(path) for _ in range(count)]
    process, thread = time.process_time(), time.thread_time()
    for request in requests:
        answer(request)
    thread = time.thread_time() - thread
    outbox.flush(60)
    return thread / count * 1e6, (time.process_time() - process) / count * 1e6


def _queries(answer: Callable[[HttpRequest], HttpResponseBase], path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        status = answer(_request(path)).status_code
    if status != HTTPStatus.OK:
        msg = f"{path} answered {status}"
        raise BenchmarkError(msg)
    return len(captured)


def _figures(samples: list[tuple[float, float]], alone: list[tuple[float, float]], queries: int) -> dict[str, float]:
    return {
        "thread_us": median(thread for thread, _ in samples),
        "process_us": median(process for _, process in samples),
        "more_us": median(mine - its for (mine, _), (its, _) in zip(samples, alone, strict=True)),
        "ratio": median(mine / its for (mine, _), (its, _) in zip(samples, alone, strict=True)),
        "queries": queries,
    }


def _cells(each: dict[str, float]) -> list[str]:
    whole = [f"{each[name]:.0f}" for name in ("thread_us", "process_us", "queries")]
    return [whole[0], f"{each['ratio']:.3f}", *whole[1:]]
