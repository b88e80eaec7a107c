"""Who is asking, where CloudFront stands in front of an address that others can reach, too."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Receive, Scope, Send

PROOF = b"x-liveinsight-front"  # CloudFront adds it to what it passes on; the template says what it has to be
_VIEWER = b"cloudfront-viewer-address"
_FORWARDED = b"x-forwarded-for"
_OURS = b"cloudfront-"


class CloudFront:
    """Writes the client's address into X-Forwarded-For, alone: serve the app with one trusted proxy.

    Function URLs keep of that header only what its sender wrote. So the address is what CloudFront says in a header of
    its own, if the request shows `proof`; else the one that called, and nothing that CloudFront would say is believed.
    """

    def __init__(self, app: ASGIApp, proof: str) -> None:
        self._app = app
        self._proof = proof.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        proven = bool(self._proof) and hmac.compare_digest(headers.get(PROOF, b""), self._proof)
        caller = scope.get("client")
        address = (caller[0] or "").encode("latin-1", "replace") if caller else b""
        if proven and (viewer := headers.get(_VIEWER)):
            address = viewer.rpartition(b":")[0]  # the port stands at the end, also after an IPv6 address
        believed = [
            (name, value)
            for name, value in scope["headers"]
            if name not in (_FORWARDED, PROOF) and (proven or not name.startswith(_OURS))
        ]
        await self._app({**scope, "headers": [*believed, (_FORWARDED, address)]}, receive, send)
