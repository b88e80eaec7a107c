"""The admin token: whether somebody knows it, and how often an address may be wrong about it."""

from __future__ import annotations

import hmac

from liveinsight.wire.client_address import network_of
from liveinsight.wire.rate_limit import RateLimit

_GUESSES_PER_SECOND, _GUESS_BURST = 1, 10


class Guesses:
    """Wrong tokens by address. The right one always passes.

    Behind a proxy that is not set as trusted all have one address, and no stranger may lock out the owner.
    """

    def __init__(self) -> None:
        self._limit = RateLimit(_GUESSES_PER_SECOND, _GUESS_BURST)

    def count(self, address: str) -> None:
        """Count a wrong token of this address. Raises RateLimited when there were too many."""
        self._limit.take(network_of(address))


def same(token: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing about them."""
    return hmac.compare_digest(token.encode(), other.encode())


def bearer(authorization: str) -> str | None:
    """The token of an Authorization header; None when it carries none."""
    scheme, _, credentials = authorization.partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None
