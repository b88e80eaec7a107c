"""The admin token: what a reader has to know. Given by a setting, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from liveinsight.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

    from liveinsight.settings import Settings

FILE = "admin_token"
SAFE_LENGTH = 16  # characters; one of our own has 43


def admin_token(settings: Settings) -> str:
    """The token; made on the first call. Raises StartError when the data folder cannot keep it."""
    if settings.admin_token:
        return settings.admin_token
    path = settings.data_folder / FILE
    try:
        return _create(path) or _read(path)
    except OSError as error:
        msg = f"The token file {path} cannot be used: {error.strerror}. Choose another data folder, or set a token."
        raise StartError(msg) from None


def _create(path: Path) -> str:
    """A new token in a file that only its owner can read; empty when there is one already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return ""
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def _read(path: Path) -> str:
    token = path.read_text(encoding="utf-8").strip()
    if not token:
        msg = f"The token file {path} is empty. Delete it: a new token is made at the next start."
        raise StartError(msg)
    return token
