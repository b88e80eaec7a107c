"""Run by the Python of the AWS tools: the template as JSON, as it is written and as the SAM transform makes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]
from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-not-found]

if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8").replace("../dist/lambda/", "s3://bucket/")
    written = yaml_parse(text)
    made = Translator({}, Parser()).translate(yaml_parse(text), {"AdminToken": "a-token-of-the-tests"})
    sys.stdout.write(json.dumps({"written": written, "made": made}, default=str))
