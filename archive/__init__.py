"""Records to a published archive."""
