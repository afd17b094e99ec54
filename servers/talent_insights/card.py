"""What the catalogue says of this unit."""

from shared.edge.cards import McpCard

NAME = "talent_insights"
TITLE = "Talent insights"
DESCRIPTION = (
    "Tells what the organisation's talent pool and postings say of the market: supply and demand, what each "
    "requirement costs, where to hire, who wins people from whom, growth and layoffs, skills, schools and pay. "
    "Never about fewer than a handful of people."
)
INSTRUCTIONS = (
    "role_market tells all of a role that intake drafted. Else begin with pool_what_if: how many people meet a "
    "role, and how many would with one requirement less. "
    "talent_supply counts people and open postings by skill, occupation, place and more; supply_over_time shows "
    "three years; best_places ranks where to open a role, remote_share tells how much is done from anywhere. "
    "talent_flows tells who moves between employers or "
    "places, workforce_trends hiring, attrition, tenure and growth, market_signals layoffs and fast growth, "
    "school_pipelines which schools lead to which work, adjacent_skills and emerging_skills what goes together and "
    "comes up, posted_pay what postings pay. Every answer says as of when, from how many people and how it was "
    "computed: pass that on. Counts of people are off by up to the `noise` that is told, on purpose: parts need not add up "
    "to their whole. A null figure would tell of too few people; do not work it out from others. "
    "There are no figures by age, gender, origin or anything else that must not count."
)


def build_card() -> McpCard:
    """Return the unit's card without its tools."""
    return McpCard(name=NAME, title=TITLE, description=DESCRIPTION, instructions=INSTRUCTIONS)
