"""How many candidates are judged per second, how long one of them waits, and what drafting tokens brings."""
