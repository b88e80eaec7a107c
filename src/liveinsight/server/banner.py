"""What `liveinsight serve` prints when it is ready."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from liveinsight.settings import Settings

_ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  recognised, not bound to


def banner(settings: Settings, token: str, port: int) -> str:
    """Where the dashboard is, and the line to put into a page. `port` is the one listened on."""
    base = base_url(settings, port)
    lines = [
        f"LiveInsight is running at {base}/",
        "",
        f"  Dashboard   {base}/login?token={quote(token, safe='')}",
    ]
    if settings.demo:
        lines.append(f"  Demo shop   {base}/demo/")
    lines += [
        f'  Your site   <script defer src="{base}/static/js/liveinsight-tracker.js"></script>',
        "",
        "The login link is a key: whoever has it sees the numbers. Stop with Ctrl+C.",
    ]
    if "*" in settings.sites and not _is_loopback(settings.host):
        lines.append("Warning: events of any site are accepted. Name yours: LIVEINSIGHT_SITES=example.com")
    return "\n".join(lines)


def base_url(settings: Settings, port: int) -> str:
    """The address without a slash at its end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = settings.host
    return f"http://{_ANY.get(host) or (f'[{host}]' if ':' in host else host)}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
