"""What the catalogue says of this unit."""

from shared.edge.cards import McpCard

NAME = "projects"
TITLE = "Hiring projects"
DESCRIPTION = (
    "Keeps hiring projects: what each role asks for, revision by revision with who changed what, the ranked "
    "shortlist, every candidate's way through the pipeline, and the approvals that people gave."
)
INSTRUCTIONS = (
    "A project is opened from drafted requirements. A person approves a revision before anybody is sought "
    "for it; candidates who were evaluated against that revision then go onto its shortlist. Nobody is ever "
    "removed from a shortlist: candidates beyond the list stay on record with their outcome. Moving "
    "candidates, approving requirements and deciding approvals are decisions: a person makes them."
)


def build_card() -> McpCard:
    """Return the card; its tools are added from the server's code."""
    return McpCard(name=NAME, title=TITLE, description=DESCRIPTION, instructions=INSTRUCTIONS)
