"""A Django site in this process, with LiveInsight on an empty store in memory for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.django_site.running import set_up, user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

set_up()


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """What a test leaves behind is gone before the next."""
    from django.core.cache import cache

    from liveinsight.django import running
    from liveinsight.django.outbox import outbox

    outbox.refused.clear()
    outbox._reported.clear()
    cache.clear()
    yield
    outbox.flush(60)
    running.close()


@pytest.fixture
def client() -> Client:
    """A browser that is not logged in."""
    from django.test import Client

    return Client(headers={"user-agent": BROWSER})


@pytest.fixture
def staff(client: Any) -> Any:
    """A browser of somebody who may see the numbers."""
    client.force_login(user("staff", staff=True))
    return client


BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
