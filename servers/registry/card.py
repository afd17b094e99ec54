"""What the catalogue says of this unit."""

from shared.edge.cards import McpCard

NAME = "registry"
TITLE = "Unit registry"
DESCRIPTION = (
    "Knows every agent and tool server of this installation and of registered partners: what each can do, "
    "where it answers, how fast, and whether its card is still the one that was accepted."
)
INSTRUCTIONS = (
    "Search for a skill by what it should do, by the fact it should produce, or by both; then read its "
    "schema with get_skill and call it at its unit. A quarantined unit offers something else than was "
    "accepted: its skills are withheld until a person pins the new card. A unit that is down keeps its "
    "skills in the catalogue, marked as not available."
)


def build_card() -> McpCard:
    """Return the card; its tools are added from the server's code."""
    return McpCard(name=NAME, title=TITLE, description=DESCRIPTION, instructions=INSTRUCTIONS)
