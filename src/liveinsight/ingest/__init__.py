"""From the raw bytes of a request to events that can be stored: parse, then one readable list of steps."""
