"""What a Lambda function opens when its environment starts, and keeps for all requests to come.

Nothing unique is made here: an environment may be a copy of another one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from liveinsight.bootstrap import open_analytics, open_dynamodb
from liveinsight.errors import SettingError
from liveinsight.logs import configure_logging
from liveinsight.settings import Settings, from_environment, variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liveinsight.service import Analytics

FRONT_PROOF = "LIVEINSIGHT_FRONT_PROOF"  # set by the template: see handlers.cloudfront


def open_lambda() -> Analytics:
    """The service on the tables that the environment names. Raises StartError."""
    return open_analytics(_settings())


def open_fold() -> Callable[[Iterable[dict[str, Any]]], None]:
    """What takes in items of the events table. Raises StartError."""
    return open_dynamodb(_settings()).aggregator.fold


def readers_token(settings: Settings) -> str:
    """Raises SettingError: there is no folder to keep one that would be made here."""
    if not settings.admin_token:
        msg = f"{variable('admin_token')} is empty: the function needs the token that readers have to show."
        raise SettingError(msg)
    return settings.admin_token


def front_proof() -> str:
    """What CloudFront shows; empty when nothing stands in front."""
    return os.environ.get(FRONT_PROOF, "")


def _settings() -> Settings:
    # One proxy: `CloudFront` writes X-Forwarded-For, whoever calls.
    settings = from_environment(None, store="dynamodb://", log_format="json", trusted_proxies=1, aggregate=False)
    configure_logging(settings)
    return settings
