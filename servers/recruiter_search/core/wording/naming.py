"""Names for what was read, such as people write them and as the query reads them back."""

from collections.abc import Mapping

from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.wording.known import PROJECT
from shared.taxonomy import certificate, field_of_study, industry, with_label
from shared.taxonomy.places import place


class Labels:
    """Writes ids as names, where the name means the same id again."""

    def __init__(self, names: Names, projects: Mapping[str, str] | None = None) -> None:
        self._names = names
        self._projects = projects or {}

    def project(self, name: str) -> str:
        """Return the id of a project by its id or name; empty where none is known."""
        return name if name.startswith(PROJECT) else self._projects.get(name, "")

    def of(self, kind: Kind, id: str) -> str:
        """Return the name of an id, or the id where its name means something else as well."""
        label = self._label(kind, id)
        return label if label and self._names.ids(kind, label)[:1] == (id,) else id

    def _label(self, kind: Kind, id: str) -> str | None:
        taxonomy = self._names.taxonomy
        match kind:
            case "skill":
                return taxonomy.skill(id).label
            case "occupation":
                return taxonomy.occupation(id).label
            case "place":
                found = place(id)
                return with_label(found) if found else None
            case "industry":
                entry = industry(id)
            case "certificate":
                entry = certificate(id)
            case "field_of_study":
                entry = field_of_study(id)
            case "function":
                return None
        return entry.label if entry else None
