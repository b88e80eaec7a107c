"""`liveinsight token`."""

from __future__ import annotations

import typer

from liveinsight.cli import options
from liveinsight.tokens import admin_token

EXAMPLE = 'Example: curl -H "Authorization: Bearer $(liveinsight token)" http://127.0.0.1:8000/api/realtime'


def token(data: options.Data = None) -> None:
    """Print the admin token, which readers need; make it first if there is none."""
    typer.echo(admin_token(options.settings(data=data)))


command = token
