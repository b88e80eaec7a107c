"""`liveinsight serve`: one process, one port, from open to close."""

from __future__ import annotations

from liveinsight.server.run import serve

__all__ = ["serve"]
