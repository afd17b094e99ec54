"""What the sample server says of itself."""

from shared.edge.cards import McpCard


def build_card() -> McpCard:
    return McpCard(name="projects", title="Sample", description="For tests.", instructions="None.")
