"""Plan-and-execute without I/O: facts, goals, the planner, what may run unasked, and explanations."""
