"""The Lambda functions. Importing one of these modules opens the store that the environment names."""

from __future__ import annotations
