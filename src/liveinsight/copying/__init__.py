"""Moving sites from one store to another, and comparing what both say afterwards."""

from __future__ import annotations

from liveinsight.copying.compare import Figure
from liveinsight.copying.copy import Copy
from liveinsight.copying.patience import patient

__all__ = ["Copy", "Figure", "patient"]
