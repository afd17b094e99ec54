"""What past roles of the tenant suggest; never added without asking."""

from collections import Counter

from servers.intake.core.ports import PastRole
from shared.taxonomy import Taxonomy, certificate
from shared.wire.requirements import Inference, Qualification, Question

MAX_SUGGESTIONS = 3


def suggestions(
    past: list[PastRole], qualifications: list[Qualification], taxonomy: Taxonomy
) -> tuple[list[Question], list[Inference]]:
    """Return a question for what past roles demanded and this one does not, and what was looked at."""
    if not past:
        return [], []
    titles = ", ".join(dict.fromkeys(role.title for role in past))
    looked = Inference(
        field="past_projects",
        value=", ".join(role.project_id for role in past),
        reason=f"Similar past roles were looked at: {titles}. Nothing was taken over from them unasked.",
    )
    asked_for = {key for one in qualifications for key in (*one.skills, *one.certificates)}
    counts: Counter[str] = Counter()
    for role in past:
        must = [one for one in role.requirements.qualifications if one.importance == "must_have"]
        counts.update({key for one in must for key in (*one.skills, *one.certificates)})
    needed = 2 if len(past) > 1 else 1
    missing = [
        key for key, count in counts.most_common() if count >= needed and not _known(key, asked_for, taxonomy)
    ]
    questions = [
        Question(
            id=f"past:{key}",
            field="must_have",
            text=f"Should {_label(key, taxonomy)} be asked for here too?",
            why=f"{counts[key]} of {len(past)} similar past roles ({titles}) had it as a must-have.",
        )
        for key in missing[:MAX_SUGGESTIONS]
    ]
    return questions, [looked]


def _known(key: str, asked_for: set[str], taxonomy: Taxonomy) -> bool:
    return any(taxonomy.satisfies(have, key) for have in asked_for)


def _label(key: str, taxonomy: Taxonomy) -> str:
    if taxonomy.has_skill(key):
        return taxonomy.skill(key).label
    named = certificate(key)
    return named.label if named else key
