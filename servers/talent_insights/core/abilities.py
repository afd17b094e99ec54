"""Skills that go together, skills that come up, and which schools lead to which work."""

from servers.talent_insights.core.figures import Desk, withheld
from servers.talent_insights.core.models import (
    AdjacentSkill,
    AdjacentSkills,
    EmergingSkill,
    EmergingSkills,
    Pipeline,
    SchoolPipelines,
)
from servers.talent_insights.core.naming import named
from servers.talent_insights.core.privacy import Cell, gathered, overlapping, publishable
from servers.talent_insights.core.segments import FULL, Segment
from shared.kernel.errors import InvalidInput


class AbilityQuestions:
    """Questions about skills and schools."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def adjacent(self, tenant: str, skill: str, limit: int) -> AdjacentSkills:
        """Return the skills that people with ``skill`` show more often than others do."""
        desk, k = self._desk, self._desk.k
        asked = desk.reading.skill(skill, "skill")
        rows = await desk.ask(tenant, "adjacent", {"skill": asked}, limit=4 * limit)
        # What follows from a skill, and what it follows from, says nothing about people.
        covered = desk.taxonomy.covered_by
        rows = [r for r in rows if r["value"] not in covered(asked) and asked not in covered(r["value"])]
        shown = [
            row
            for row in rows
            if all(
                rest == 0 or rest >= k
                for rest in (row["n"] - row["together"], row["holders"] - row["together"])
            )
        ]
        holders = rows[0]["holders"] if rows else 0
        everybody = desk.reading.conditions(Segment())
        told = desk.told(tenant, holders, "people", everybody.cell({"skill": asked}))
        skills: list[AdjacentSkill] = []
        for row in shown:
            pair = desk.reading.conditions(Segment(skills=[asked, row["value"]]))
            together = desk.told(tenant, row["together"], "people", pair.cell())
            alone = desk.told(tenant, row["n"], "people", everybody.cell({"skill": row["value"]}))
            skills.append(
                AdjacentSkill(
                    **desk.group("skill", row["value"]).model_dump(),
                    people=together,
                    share=min(1.0, round(together / told, 4)),
                    lift=round(together * row["people"] / (told * alone), 2),
                )
            )
        return AdjacentSkills(
            basis=desk.basis(
                tenant,
                f"people with {desk.taxonomy.skill(asked).label}",
                "People who show both, beside those who show either; lift is the share by the share of all people.",
                n=told if holders >= k else None,
                hidden=len(rows) - len(shown),
            ),
            skills=skills[:limit],
        )

    async def emerging(self, tenant: str, segment: Segment, limit: int) -> EmergingSkills:
        """Return the skills that more people's work shows for the first time than a year before."""
        desk, k = self._desk, self._desk.k
        conditions = desk.reading.conditions(segment)
        question = "emerging" if conditions.asked else "emerging_of_all"
        rows = await desk.ask(tenant, question, conditions.with_(), limit=limit)
        lately = gathered(rows, "value", count="lately")
        earlier = gathered(rows, "value", count="earlier")
        skills: list[EmergingSkill] = []
        for (value,), masks in lately.items():
            if publishable(masks, k):
                cell = conditions.cell({"skill": str(value)})
                now = desk.told(tenant, masks[FULL], "lately", cell)
                known = publishable(earlier[value,], k)
                before = desk.told(tenant, earlier[value,][FULL], "earlier", cell) if known else None
                skills.append(
                    EmergingSkill(
                        **desk.group("skill", str(value)).model_dump(),
                        lately=now,
                        earlier=before,
                        times=round(now / (before or k), 2),
                    )
                )
        return EmergingSkills(
            basis=desk.basis(
                tenant,
                conditions,
                "People whose dated work first shows the skill in the last twelve months, by those of the twelve before.",
                n=sum(skill.lately for skill in skills) or None,
                hidden=len(lately) - len(skills),
            ),
            skills=sorted(skills, key=lambda skill: (-skill.times, skill.value)),
        )

    async def schools(self, tenant: str, segment: Segment, school: str | None, limit: int) -> SchoolPipelines:
        """Return which schools people studied at, and what they do now."""
        desk, k = self._desk, self._desk.k
        conditions = desk.reading.conditions(segment)
        key = named(school) if school else None
        if school and key is None:
            raise InvalidInput("the school has no name", field="school", fix="Name it or leave it out.")
        masks = await desk.pool(tenant, conditions)
        n = masks[FULL] if publishable(masks, k) else None
        pipelines, hidden = list[Pipeline](), 0
        total = None if n is None else desk.told(tenant, n, "people", conditions.cell())
        if n is not None and total is not None:
            parameters = conditions.with_(school=key[0] if key else None)
            question = "schools" if conditions.asked else "schools_of_all"
            rows = await desk.ask(tenant, question, parameters, limit=limit)
            labels = {row["school"]: row["label"] for row in rows}
            cells = [Cell(what, of) for what, of in gathered(rows, "school", "occupation").items()]
            shown = overlapping(cells, n, k)
            hidden = len(cells) - len(shown)
            for cell in sorted(shown, key=lambda cell: -cell.n):
                come, work = map(str, cell.what)
                people = desk.told(
                    tenant, cell.n, "people", conditions.cell({"school": come, "occupation": work})
                )
                pipelines.append(
                    Pipeline(
                        school=desk.group("school", come, labels[come]),
                        occupation=desk.group("occupation", work),
                        people=people,
                        share=min(1.0, round(people / total, 4)),
                    )
                )
        return SchoolPipelines(
            basis=desk.basis(
                tenant,
                conditions,
                "People by the school they name and the work they do now; who names several counts for each.",
                n=total,
                hidden=hidden,
                note="" if n is not None else withheld(masks, k),
            ),
            pipelines=pipelines,
        )
