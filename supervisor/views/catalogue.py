"""Which fact is shown by which view."""

from shared.edge.units import UnitCalls
from supervisor.views import View
from supervisor.views.requirements import RequirementsView
from supervisor.views.shortlist import ShortlistView


def views(units: UnitCalls) -> dict[str, View]:
    """Return the views by the fact they show."""
    return {
        "requirements.draft": RequirementsView(announce=True),
        "project.ref": RequirementsView(announce=False),
        "shortlist.complete": ShortlistView(units),
    }
