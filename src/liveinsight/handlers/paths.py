"""The path that a request means: below where the app is mounted, and without the slash that some write at its end."""

from __future__ import annotations

from starlette.types import Scope

_SLASH_IS_OPTIONAL = ("/api/", "/healthz", "/static/")  # but pages link to each other relative to their own address


def path_meant(scope: Scope) -> str:
    """The path without an optional slash, which goes from the scope too."""
    path = _within(scope)
    if path.endswith("/") and path.startswith(_SLASH_IS_OPTIONAL):
        scope["path"] = scope["path"].rstrip("/")
        return path.rstrip("/")
    return path


def _within(scope: Scope) -> str:
    path: str = scope["path"]
    root = scope.get("root_path", "").rstrip("/")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path
