"""The service of this process: opened when it is first used, closed when the process ends, never shared by a fork."""

from __future__ import annotations

import atexit
import logging
import os
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from liveinsight.bootstrap import open_analytics
from liveinsight.django import conf
from liveinsight.django.waiting import RETRY_AFTER_S, Waiting
from liveinsight.errors import StartError, StoreUnavailable
from liveinsight.wire.collecting import collect_limit
from liveinsight.wire.guesses import Guesses

if TYPE_CHECKING:
    from liveinsight.service import Analytics
    from liveinsight.settings import Settings
    from liveinsight.wire.rate_limit import RateLimit

logger = logging.getLogger(__name__)

_MAINTAIN_EVERY_S = 3600.0
_COMPLAIN_EVERY_S = 60.0
_REMEMBER_S = 5.0  # a failed opening: a store that is away must not take a thread of the server with every request
_OTHERS_WAIT_S = 2.0  # while one thread opens the store
_CANNOT_START = "Analytics cannot start in this process of the site: its log says why."
_STARTING = "Analytics are still starting in this process of the site. Send the same request again."


@dataclass(eq=False)
class Home:
    """The service, and what its front end remembers of its clients."""

    analytics: Analytics
    limit: RateLimit = field(init=False)
    guesses: Guesses = field(init=False)
    waiting: Waiting = field(init=False)
    _closed: Event = field(default_factory=Event, init=False)

    def __post_init__(self) -> None:
        self.limit = collect_limit(self.analytics.settings)
        self.guesses = Guesses()
        self.waiting = Waiting()

    def maintain(self) -> None:
        """Once an hour, in a thread of its own: salts must go, also where nobody thinks of a timer."""
        Thread(target=self._maintain, name="liveinsight-maintain", daemon=True).start()

    def _maintain(self) -> None:
        while True:
            try:
                self.analytics.maintain()
            except Exception:
                logger.exception("maintenance failed; the next try is in an hour")
            if self._closed.wait(_MAINTAIN_EVERY_S):
                return

    def close(self) -> None:
        """Finish what was accepted."""
        self._closed.set()
        self.analytics.close()


_homes: dict[Settings, Home] = {}  # more than one only where tests change settings
_given: list[Home] = []
_failed_until: dict[Settings, float] = {}  # by `monotonic`
_opening = Lock()
_complained_at = -_COMPLAIN_EVERY_S


def home() -> Home:
    """The service and its clients. Raises StoreUnavailable when it cannot be opened; the log says why."""
    if _given:
        return _given[-1]
    try:
        settings = conf.current().core
        return _homes.get(settings) or _open(settings)
    except StartError as error:
        raise complain(error) from None


def analytics() -> Analytics:
    """The service. Raises StoreUnavailable when it cannot be opened; the log says why."""
    return home().analytics


def use(service: Home) -> None:
    """Have this process use a service that somebody else opened, and closes, until `release`."""
    _given.append(service)


def release() -> None:
    """End the last `use`."""
    _given.pop()


def close() -> None:
    """Close what this process has open; what is used next is opened anew."""
    with _opening:
        _failed_until.clear()
        while _homes:
            _homes.popitem()[1].close()


def complain(error: StartError) -> StoreUnavailable:
    """Log why there are no analytics, and give what to tell who asks for them. The site goes on without."""
    global _complained_at  # noqa: PLW0603  the log is told now and then, and not with every request
    if monotonic() - _complained_at >= _COMPLAIN_EVERY_S:
        _complained_at = monotonic()
        logger.error("LiveInsight cannot start in this process: %s", conf.told(error))
    return StoreUnavailable(_CANNOT_START, retry_after=RETRY_AFTER_S)


def _open(settings: Settings) -> Home:
    """Open the store, or wait a moment for the thread that does, or say that it failed just now."""
    _check_failed(settings)
    if not _opening.acquire(timeout=_OTHERS_WAIT_S):
        raise StoreUnavailable(_STARTING, retry_after=RETRY_AFTER_S)
    try:
        if settings not in _homes:
            _check_failed(settings)  # while this thread waited
            _homes[settings] = _opened(settings)
        return _homes[settings]
    finally:
        _opening.release()


def _opened(settings: Settings) -> Home:
    try:
        opened = Home(open_analytics(settings))
    except Exception:
        _failed_until[settings] = monotonic() + _REMEMBER_S
        raise
    opened.maintain()
    return opened


def _check_failed(settings: Settings) -> None:
    if monotonic() < _failed_until.get(settings, 0.0):
        raise StoreUnavailable(_CANNOT_START, retry_after=RETRY_AFTER_S)


def _after_fork() -> None:
    """Threads and files of the parent are not ours: a child opens its own."""
    global _opening  # noqa: PLW0603  a lock that the parent held would never be released here
    _opening = Lock()
    _homes.clear()
    _failed_until.clear()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
