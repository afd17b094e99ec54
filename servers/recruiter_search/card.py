"""What the catalogue says of this unit."""

from shared.edge.cards import McpCard

NAME = "recruiter_search"
TITLE = "Recruiter search"
DESCRIPTION = (
    "Finds people in the organisation's talent pool by what they can do and have done: free text, boolean "
    "expressions, filters, counts by skill, place or level, and people like a given one."
)
INSTRUCTIONS = (
    "Search with search_candidates: `text` for words, `expression` for boolean queries such as "
    '`title:"data engineer" AND (spark OR flink)`, `filters` for what must hold, `prefer` for what '
    "ranks higher. Results name people by candidate id only: nobody is found or ranked by name, age, gender, "
    "origin or photo. Skills, occupations and places may be given by name or by taxonomy id; what is not "
    "known comes back in `unresolved`. Use facet_counts to see what empties a result."
)


def build_card() -> McpCard:
    """Return the unit's card without its tools."""
    return McpCard(name=NAME, title=TITLE, description=DESCRIPTION, instructions=INSTRUCTIONS)
