"""Small documents: sites, goals, salts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.store.base import Store


def test_a_document_is_what_was_written_last(store: Store) -> None:
    assert store.document("site", "a") is None
    assert store.put_document("site", "a", "one") == "one"
    assert store.put_document("site", "a", "둘 😀") == "둘 😀"
    assert store.document("site", "a") == "둘 😀"


def test_keep_leaves_what_is_there_and_says_what_it_is(store: Store) -> None:
    assert store.put_document("salt", "1", "first", keep=True) == "first"
    assert store.put_document("salt", "1", "second", keep=True) == "first"
    assert store.document("salt", "1") == "first"


def test_a_document_can_be_deleted_and_written_anew(store: Store) -> None:
    store.put_document("goal", "g", "x")
    assert store.put_document("goal", "g", None) is None
    assert store.document("goal", "g") is None
    assert store.documents("goal") == {}
    assert store.put_document("goal", "g", None) is None
    assert store.put_document("goal", "g", "y", keep=True) == "y"


def test_kinds_do_not_mix(store: Store) -> None:
    store.put_document("a", "k", "1")
    store.put_document("b", "k", "2")
    store.put_document("b", "", "")
    assert store.documents("a") == {"k": "1"}
    assert store.documents("b") == {"k": "2", "": ""}
    assert store.documents("c") == {}


def test_documents_survive_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    store.put_document("a", "kept", "1")
    store.put_document("a", "gone", "2")
    store.put_document("a", "gone", None)
    assert reopen().documents("a") == {"kept": "1"}
