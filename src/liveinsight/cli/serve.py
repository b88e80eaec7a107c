"""`liveinsight serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from liveinsight.cli import options

EXAMPLE = "Example: liveinsight serve --port 9000 --sites example.com --timezone Asia/Seoul"


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 for other machines.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    data: options.Data = None,
    store: options.Store = None,
    sites: Annotated[
        str | None, typer.Option(metavar="A,B", help="Sites whose events are accepted; * for any.")
    ] = None,
    timezone: options.Timezone = None,
    demo: Annotated[bool, typer.Option("--demo", help="Serve a demo shop to click on.")] = False,
) -> None:
    """Collect events and show them: the server."""
    names = None if sites is None else tuple(name.strip() for name in sites.split(",") if name.strip())
    settings = options.settings(
        host=host, port=port, data=data, store=store, sites=names, timezone=timezone, demo=demo or None
    )
    from liveinsight.server import serve as run

    run(settings)


command = serve
