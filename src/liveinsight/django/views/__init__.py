"""The views: each takes a checked question, calls one method of the service, and gives its data."""
