"""Jobs: postings, who applied to them, frequently asked questions, and words that widen the taxonomy."""
