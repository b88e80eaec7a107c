"""What goes between a server and a store elsewhere comes out as it went in, and nothing else comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from liveinsight.errors import InvalidInput
from liveinsight.models.events import FilteredEvent
from liveinsight.stats.period import Period
from liveinsight.stats.question import Question
from liveinsight.store.base import Live
from liveinsight.store.wire import KNOWN, dumps, loads
from tests.factories import THAT_DAY, event
from tests.store.asking import questions

if TYPE_CHECKING:
    from tests.store.asking import Asked


def test_every_kind_of_question_can_be_sent() -> None:
    kinds = {kind.__name__ for kind in Question.__subclasses__() if kind.__module__.startswith("liveinsight.")}
    assert kinds <= KNOWN.keys()
    assert "Funnel" in kinds


@given(questions)
def test_a_question_is_the_same_on_the_other_side(asked: Asked) -> None:
    kind, fields = asked
    try:
        question = kind(**{**fields, "period": THAT_DAY})
    except InvalidInput:  # it is none on this side either
        return
    assert loads(dumps(question)) == question


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, 1.0, -0.5, True, "é\n", [], ()],
        {"a": 1, 2: ("b",), None: []},
        {(1, "page_view"): 3},
        Live([], {(1, "click"): 2}),
        FilteredEvent("bot", event(properties={"n": 1, "x": None, "b": True}, sent={"screen": "1x1"}, value=2.5)),
    ],
)
def test_a_value_keeps_its_types(value: Any) -> None:
    assert repr(loads(dumps(value))) == repr(value)


def test_an_event_of_an_older_version_lacks_its_last_fields() -> None:
    text = dumps(event(screen_class="")).replace(b",null,null]}", b"]}")
    assert loads(text).scroll_depth is None
    assert b"null]" in dumps(event())


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"Path":["/"]}', b'{"Period":[1,2,3]}', b'{"Period":[1],"Row":[]}', b'{"Query":[]}', b"{}"]
)
def test_what_no_store_sends_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput) as told:
        loads(text)
    assert told.value.code == "invalid_store_request"


def test_a_question_that_cannot_be_is_refused_where_it_arrives() -> None:
    text = dumps(KNOWN["FilteredEvents"](site_id=None, period=Period(0, 1), limit=5)).replace(b"5]", b"0]")
    with pytest.raises(InvalidInput, match="limit must be 1 to"):
        loads(text)


def test_what_is_no_part_of_a_store_is_not_sent() -> None:
    with pytest.raises(TypeError, match="A set is not sent"):
        dumps({1, 2})
