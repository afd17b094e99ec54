"""One reader a format: from what the source gives to people with their identifiers. No I/O."""
