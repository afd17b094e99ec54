"""Intake: from a posting or a sentence to requirements that can be tested and may be asked for."""
