"""Options that several commands share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveinsight.errors import StartError
from liveinsight.settings import Settings, from_environment

if TYPE_CHECKING:
    from liveinsight.service import Analytics

Data = Annotated[str | None, typer.Option("--data", metavar="DIR", help="Folder of the database file and the token.")]
Store = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="Store address, such as duckdb:///path/to/file.")
]
Site = Annotated[str | None, typer.Option("--site", metavar="NAME", help="Only this site.")]
Timezone = Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="Such as Asia/Seoul.")]


def settings(**given: Any) -> Settings:
    """Settings from the environment; options that were given win."""
    return from_environment(None, **given)


def existing(settings: Settings) -> Analytics:
    """The service on data that is there: a folder that was mistyped is no empty site. Raises StartError.

    A command that is over in a moment takes no share of the aggregators' work.
    """
    from liveinsight.bootstrap import DATABASE, open_analytics

    if not settings.store and not (settings.data_folder / DATABASE).exists():
        msg = f"There is no data in {settings.data_folder}: name the server's folder with --data or LIVEINSIGHT_DATA."
        raise StartError(msg)
    return open_analytics(replace(settings, aggregate=False))
