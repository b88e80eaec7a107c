"""AWS Lambda: the functions of infra/template.yaml. `handlers` has one module for each, with one name, `handler`."""

from __future__ import annotations
