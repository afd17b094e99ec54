"""Recruiter search: finds people in the talent pool by what they can do."""
