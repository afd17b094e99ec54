"""Plain Python: reading postings, drafting requirements, checking that they are lawful."""
