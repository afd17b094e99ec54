"""Training data with known truth, made from tables of facts and of sentence patterns, the same from the same seed."""
