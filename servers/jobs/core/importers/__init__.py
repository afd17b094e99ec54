"""One reader a format of postings. No I/O."""
