"""How fast LiveInsight is: `python -m benchmarks`. See README.md in this folder."""
