"""HTTP: bytes in, one call of the service, JSON out."""

from __future__ import annotations
