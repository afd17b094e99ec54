"""From a recruiter's words to a typed query: what was read, and how; what was not; what may not be asked."""
