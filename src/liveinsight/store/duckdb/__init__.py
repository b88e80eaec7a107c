"""The embedded store: one DuckDB file. Events are the truth; sessions and ledger are folds of them."""

from __future__ import annotations

from liveinsight.store.duckdb.store import DuckDBStore

__all__ = ["DuckDBStore"]
