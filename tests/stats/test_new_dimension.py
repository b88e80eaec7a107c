"""A new dimension is one line in the vocabulary and one in each store's map. Nothing else knows the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from liveinsight.stats import vocabulary
from liveinsight.stats.filters import Filter
from liveinsight.stats.vocabulary import EVENT, Dimension
from liveinsight.store.duckdb import columns
from liveinsight.store.plain import values
from tests.factories import Clock, at, event, put, query, table
from tests.store.homes import HOMES, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveinsight.store.base import Store

NEW = Dimension("folder", EVENT, "Folder", "폴더", "First part of the page.", "페이지의 첫 부분.")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of what adding a dimension takes."""
    monkeypatch.setitem(vocabulary.DIMENSIONS, NEW.name, NEW)
    monkeypatch.setitem(columns.EVENT_DIMENSIONS, NEW.name, "split_part(e.page, '/', 2)")
    monkeypatch.setitem(values.EVENT_VALUES, NEW.name, lambda event: event.page.split("/")[1])


@pytest.fixture(params=HOMES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    home = Home(request.param, tmp_path, Clock())
    yield home.store
    home.store.close()


@pytest.mark.usefixtures("folder")
def test_it_can_be_grouped_and_filtered_by(store: Store) -> None:
    put(store, event(at(0), page="/docs/a"), event(at(1), page="/docs/b"), event(at(2), page="/blog/a"))
    assert table(store, query("events", by="folder")) == [("docs", 2), ("blog", 1)]
    only_blog = (Filter("folder", "is", ("blog",)),)
    assert table(store, query("events", by="page", where=only_blog)) == [("/blog/a", 1)]
