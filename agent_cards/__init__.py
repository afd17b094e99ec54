"""Published cards, generated from each unit's card and tool schemas and checked for drift."""
