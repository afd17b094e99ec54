"""How verdicts add up to a recommendation. Code decides this, by the rule that is written here.

Each must-have counts 1 when met and ½ when partly met; ``credit`` is their share of all must-haves. Where
no qualification is a must-have, the nice-to-haves take their place. Where somebody lives, which languages
they speak and at which level they have worked say nothing about whether they can do the work: such
conditions can speak against somebody, and a strong match meets them, but credit comes from the rest. Free
statements that fit no kind are treated alike: a résumé hardly ever answers them in words that rules can check.
What people must be asked for, such as a work permit, holds nobody back until it speaks against them. Where
nothing but conditions is asked, nobody is more than a possible match.

- ``not_a_match``: something speaks against two must-haves, or against one while credit is under ½.
- ``strong_match``: every must-have is met, and half of the nice-to-haves, if there are any.
- ``good_match``: nothing speaks against any must-have, credit is at least ¾, and there is evidence for half
  of the must-haves.
- ``possible_match``: credit is at least ½, whether or not something speaks against one must-have.
- ``needs_a_look``: everything else: the profile says too little to tell.

Missing evidence alone therefore never makes anybody worse than ``needs_a_look``.
"""

from collections.abc import Collection, Sequence

from shared.wire.evaluation import Judgement, Recommendation, Verdict

GOOD_CREDIT = 0.75
POSSIBLE_CREDIT = 0.5
NICE_SHARE = 0.5


def recommend(
    judgements: Sequence[Judgement],
    conditions: Collection[str] = frozenset(),
    asked: Collection[str] = frozenset(),
) -> Recommendation:
    """Return the recommendation that the rule gives for these verdicts, in any order.

    Args:
        conditions: ids of the qualifications that earn no credit; where nothing else is asked, they alone count.
        asked: ids of what people are asked for; without evidence they do not count at all.
    """
    silent = Verdict.NO_EVIDENCE
    judgements = [one for one in judgements if one.qualification_id not in asked or one.verdict is not silent]
    required = [one for one in judgements if one.importance == "must_have"]
    wished = [one for one in judgements if one.importance == "nice_to_have"]
    if not required:
        required, wished = wished, []
    if not required:
        return "needs_a_look"
    against = sum(one.verdict is Verdict.NOT_MET for one in required)
    able = [one for one in required if one.qualification_id not in conditions]
    credit = _credit(able or required)
    if against >= 2 or (against and credit < POSSIBLE_CREDIT):
        return "not_a_match"
    if not able:
        return "possible_match" if credit >= POSSIBLE_CREDIT else "needs_a_look"
    if all(one.verdict is Verdict.MEETS for one in required) and _met_share(wished) >= NICE_SHARE:
        return "strong_match"
    shown = sum(one.verdict is not silent for one in required)
    if not against and credit >= GOOD_CREDIT and 2 * shown >= len(required):
        return "good_match"
    return "possible_match" if credit >= POSSIBLE_CREDIT else "needs_a_look"


def _credit(judgements: Sequence[Judgement]) -> float:
    met = sum(one.verdict is Verdict.MEETS for one in judgements)
    part = sum(one.verdict is Verdict.PARTIAL for one in judgements)
    return (met + 0.5 * part) / len(judgements)


def _met_share(judgements: Sequence[Judgement]) -> float:
    return sum(one.verdict is Verdict.MEETS for one in judgements) / len(judgements) if judgements else 1.0


def summarise(judgements: Sequence[Judgement]) -> str:
    """Return the outcome in a sentence or two, without saying who it is about."""
    required = [one for one in judgements if one.importance == "must_have"] or list(judgements)
    what = "must-haves" if any(one.importance == "must_have" for one in judgements) else "wishes"
    met = sum(one.verdict is Verdict.MEETS for one in required)
    parts = [f"Meets {met} of {len(required)} {what}."]
    for verdict, words in (
        (Verdict.PARTIAL, "Partly"),
        (Verdict.NOT_MET, "Speaks against"),
        (Verdict.NO_EVIDENCE, "No evidence for"),
    ):
        named = [one.statement.rstrip(".") for one in required if one.verdict is verdict]
        if named:
            rest = f" and {len(named) - 2} more" if len(named) > 2 else ""
            parts.append(f"{words}: {'; '.join(_short(text) for text in named[:2])}{rest}.")
    return " ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rsplit(" ", 1)[0] + " …"
