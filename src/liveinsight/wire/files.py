"""The built files, and the headers that go with them: dashboard, tracker, demo. They are built from web/."""

from __future__ import annotations

import re
from pathlib import Path

_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")

WEB = Path(__file__).resolve().parent.parent / "web"

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",  # a page that opens ours in a window is left without a handle on it
}
# Other sites load this file, also those that isolate themselves from other origins.
TRACKER = {
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
REVALIDATED = {**SECURITY, "Cache-Control": "no-cache"}
# The names change with the content.
IMMUTABLE = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
COMPRESSED = {"br": ".br", "gzip": ".gz"}  # what the build writes beside each file, best first

NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>LiveInsight</title>
<h1>The pages are not built yet</h1>
<p>LiveInsight is running and collects events. To see them, run <code>make web</code> in its folder and reload.</p>
"""


def accepted_encodings(header: str) -> set[str]:
    """Which of ours an Accept-Encoding takes: `br;q=0` refuses one, `*` takes those that it does not name."""
    said: dict[str, bool] = {}
    for each in header.lower().split(","):
        name, _, quality = each.partition(";")
        said[name.strip()] = not _REFUSED.fullmatch(quality.strip())
    return {name for name in COMPRESSED if said.get(name, said.get("*", False))}
