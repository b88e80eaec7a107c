"""A small shop with LiveInsight inside."""
