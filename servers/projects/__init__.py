"""Hiring projects: what a role asks for, who is on its list, and what people decided."""
