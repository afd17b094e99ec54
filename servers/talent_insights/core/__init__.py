"""What is known of the market: rows derived from careers and postings, questions to them, and privacy."""
