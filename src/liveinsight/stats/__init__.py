"""What the numbers mean and how a question is asked: no store, no SQL."""
