"""What the catalogue says of this unit."""

from shared.edge.cards import McpCard

NAME = "recruiter_search"
TITLE = "Recruiter search"
DESCRIPTION = (
    "Finds people in the organisation's talent pool by what they can do and have done: free text, boolean "
    "expressions, over 40 filters to demand, exclude or prefer, counts by skill, place or level, what each "
    "clause costs, and people like a given one."
)
INSTRUCTIONS = (
    "Search with search_candidates: `text` for words, `expression` for boolean queries such as "
    '`title:"data engineer" AND (spark OR flink)`, `filters` for what must hold, `exclude` for what must not, '
    "`prefer` for what ranks higher; the three take the same fields. `positions` in them, or "
    "`position:(title:engineer company:cobalt)`, means one and the same position. Results name people by "
    "candidate id only, each with why it was found: nobody is found or ranked by name, age, gender, origin or "
    "photo. Skills, occupations and places may be given by name or by taxonomy id; what is not known comes back "
    "in `unresolved`, what was probably meant otherwise in `hints`. `known_headcount`, `known_growth` and `stage` are "
    "asked of other units on your behalf: `elsewhere` says what their answer stands on. Use clause_counts to see which clause "
    "empties a result, and facet_counts to see what it is made of. query_from_words reads a recruiter's own words "
    "into a query: show what each was taken for before you search. save_search keeps a query; with alerts its owner "
    "is told of people who come to match it, and saved_search_news says who they are."
)


def build_card() -> McpCard:
    """Return the unit's card without its tools."""
    return McpCard(name=NAME, title=TITLE, description=DESCRIPTION, instructions=INSTRUCTIONS)
