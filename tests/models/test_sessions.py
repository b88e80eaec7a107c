"""Sessions are a fold that does not care about the order in which events arrive."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveinsight.models.sessions import Session, add_to_chain, fold, merge, numbered_id, session_of
from tests.brute_force import Witness, told
from tests.factories import MINUTE, at, batch, event

if TYPE_CHECKING:
    from liveinsight.models.events import StoredEvent

KINDS = ["page_view", "click", "conversion", "heartbeat", "page_exit"]


def events_at(moments: st.SearchStrategy[int]) -> st.SearchStrategy[list[StoredEvent]]:
    """Events of one client session id, each with an id of its own."""
    fields: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "timestamp": moments,
            "kind": st.sampled_from(KINDS),
            "page": st.sampled_from(["/", "/a", "/b"]),
            "visitor": st.sampled_from(["ann", "bob"]),
            "source": st.sampled_from(["Naver", "Direct"]),
        }
    )
    return st.lists(fields, min_size=1, max_size=8).map(
        lambda found: [event(event_id=f"e{number}", **each) for number, each in enumerate(found)]
    )


one_visit = events_at(st.integers(at(0), at(0, ms=3)))
any_visits = events_at(
    st.builds(lambda halves, beside: at(30 * halves, ms=beside), st.integers(0, 6), st.integers(-1, 1))
)


def folded(events: list[StoredEvent]) -> Session:
    return reduce(merge, map(session_of, events))


@given(events=one_visit, data=st.data())
def test_a_session_is_the_same_for_every_order_of_arrival(events: list[StoredEvent], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    assert folded(shuffled) == folded(events)
    assert reduce(fold, shuffled, None) == folded(events)


@given(events=one_visit, data=st.data())
def test_a_session_is_the_same_however_it_is_put_together(events: list[StoredEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(events)))
    left, right = events[:cut], events[cut:]
    if right:
        assert merge(folded(left), folded(right)) == merge(folded(right), folded(left)) == folded(events)


@given(events=any_visits, data=st.data())
def test_a_chain_holds_the_sessions_of_its_events(events: list[StoredEvent], data: st.DataObject) -> None:
    chain: list[Session] = []
    for each in data.draw(st.permutations(events)):
        chain = add_to_chain(chain, session_of(each))
    witness = Witness()
    witness.record(batch(*events))
    expected = sorted((told(visit, 0) for visit in witness.visits()), key=lambda row: row[4])
    assert [(each.visitor_id, each.started_at, each.last_activity, each.last_type) for each in chain] == [
        row[3:7] for row in expected
    ]
    assert [(each.entry_page, each.exit_page, each.context) for each in chain] == [row[7:10] for row in expected]
    assert [(each.events, each.page_views, each.interactions, each.conversions) for each in chain] == [
        row[10:14] for row in expected
    ]


@pytest.mark.parametrize(
    ("kind", "quiet", "online"),
    [
        ("page_view", 0, True),
        ("page_view", 5 * MINUTE, True),
        ("page_view", 5 * MINUTE + 1, False),
        ("page_exit", 10_000, True),
        ("page_exit", 10_001, False),
        ("page_view", -MINUTE, True),  # a clock a little ahead
        ("page_exit", -MINUTE, True),
    ],
)
def test_who_is_online(kind: str, quiet: int, online: bool) -> None:
    assert session_of(event(at(0), kind)).is_online(at(0) + quiet) is online


def test_the_first_session_keeps_the_id_of_the_client() -> None:
    assert [numbered_id("s", number) for number in (1, 2, 11)] == ["s", "s.2", "s.11"]
