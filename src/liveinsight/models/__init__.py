"""What the tracker sends, what is kept of it, and what a session is."""
