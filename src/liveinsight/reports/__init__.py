"""Answers to the questions of readers, as JSON: each asks the store what it needs, and puts it into words."""
