"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from liveinsight.settings import Settings, from_environment

Data = Annotated[str | None, typer.Option("--data", metavar="DIR", help="Folder of the database file and the token.")]
Store = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="Store address, such as duckdb:///path/to/file.")
]
Site = Annotated[str | None, typer.Option("--site", metavar="NAME", help="Only this site.")]
Timezone = Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="Such as Asia/Seoul.")]


def settings(**given: Any) -> Settings:
    """Settings from the environment; options that were given win."""
    return from_environment(None, **given)
