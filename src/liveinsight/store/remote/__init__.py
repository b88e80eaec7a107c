"""The store that a running LiveInsight has, for other processes."""

from __future__ import annotations

from liveinsight.store.remote.store import RemoteStore

__all__ = ["RemoteStore"]
