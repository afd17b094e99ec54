"""The planner: backward chaining, freshness, renewal, honesty about the impossible."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.wire.planning import Skill
from supervisor.core.models import Fact, Goal, Plan, StepRecord, StepStatus
from supervisor.core.planner import Planner
from tests.support.catalogue import hiring_catalogue, skill

SHORTLIST = Goal(kind="shortlist", title="Shortlist", wants=["shortlist.complete"])


class World:
    """Executes plans in memory: each skill answers from a script."""

    def __init__(self, skills: list[Skill], answers: dict[str, Any], brief: str = "a nurse in Oslo") -> None:
        self.skills = {one.id: one for one in skills}
        self.answers = answers
        self.facts = {"role.brief": Fact.of("role.brief", brief)}
        self.history: list[StepRecord] = []
        self.calls: list[str] = []

    def plan(self, goal: Goal = SHORTLIST) -> Plan:
        return Planner(self.skills.values()).plan(goal, self.facts, self.history)

    def run_ready(self, plan: Plan) -> None:
        for step in plan.ready():
            planning = self.skills[step.skill].planning
            self.calls.append(step.skill)
            results = self.answers[step.skill](self.calls.count(step.skill))
            assert step.id is not None
            self.history.append(
                StepRecord(
                    id=step.id,
                    skill=step.skill,
                    required={fact: self.facts[fact].version for fact in planning.requires.values()},
                    status=StepStatus.DONE,
                )
            )
            for field, fact in planning.produces.items():
                value = results.get(field)
                self.facts = {
                    name: known for name, known in self.facts.items() if name != fact or value is not None
                }
                self.facts |= {fact: Fact.of(fact, value, step.id)} if value is not None else {}

    def run(self, rounds: int = 40) -> Plan:
        plan = self.plan()
        for _ in range(rounds):
            self.run_ready(plan)
            plan = self.plan()
        return plan


def answers(full_after: int) -> dict[str, Any]:
    return {
        "intake.draft_requirements": lambda n: {"requirements": {"draft": n}},
        "projects.create_project": lambda n: {"project": {"id": n}},
        "projects.approve_requirements": lambda n: {"approved": {"revision": n}},
        "sourcing.find_candidates": lambda n: {"found": [n], "state": {"round": n}},
        "evaluator.evaluate_candidates": lambda n: {"evaluated": [n]},
        "projects.update_shortlist": lambda n: {
            "shortlist": {"found": n},
            "complete": True if n >= full_after else None,
        },
    }


def keys(plan: Plan) -> list[str]:
    return [step.key for step in plan.steps]


def test_the_whole_chain_is_planned_before_anything_runs() -> None:
    plan = World(hiring_catalogue(), {}).plan()

    assert keys(plan) == [
        "intake.draft_requirements",
        "projects.create_project",
        "projects.approve_requirements",
        "sourcing.find_candidates",
        "evaluator.evaluate_candidates",
        "projects.update_shortlist",
    ]
    assert [step.key for step in plan.ready()] == ["intake.draft_requirements"]


def test_a_run_executes_each_step_once_when_the_first_round_fills_the_shortlist() -> None:
    world = World(hiring_catalogue(), answers(full_after=1))

    plan = world.run()

    assert plan.complete
    assert len(world.calls) == 6


def test_an_unfilled_shortlist_sends_sourcing_and_evaluation_another_round_and_nothing_else() -> None:
    world = World(hiring_catalogue(), answers(full_after=3))

    plan = world.run()

    assert plan.complete
    assert world.calls.count("projects.create_project") == 1
    assert (
        world.calls[-9:]
        == [
            "sourcing.find_candidates",
            "evaluator.evaluate_candidates",
            "projects.update_shortlist",
        ]
        * 3
    )


def test_new_candidates_are_evaluated_before_the_shortlist_is_updated_even_if_the_pool_is_dry() -> None:
    script = answers(full_after=2)
    script["sourcing.find_candidates"] = lambda n: {"found": [n], "exhausted": n == 2 or None}
    world = World(hiring_catalogue(), script)

    world.run()

    assert world.calls[-3:] == [
        "sourcing.find_candidates",
        "evaluator.evaluate_candidates",
        "projects.update_shortlist",
    ]


def test_changed_requirements_make_everything_after_them_stale() -> None:
    world = World(hiring_catalogue(), answers(full_after=1))
    world.run()
    world.facts["requirements.draft"] = Fact.of("requirements.draft", {"draft": "by a person"})

    plan = world.plan(Goal(kind="shortlist", title="Shortlist", wants=["shortlist.complete"]))

    assert "projects.approve_requirements" in keys(plan)


def test_a_goal_that_nobody_can_reach_names_the_missing_fact() -> None:
    skills = [one for one in hiring_catalogue() if one.unit != "evaluator"]

    plan = World(skills, {}).plan()

    assert (
        plan.impossible == "no discovered skill produces 'candidates.evaluated' (Update shortlist needs it)"
    )
    assert not plan.steps


def test_a_denied_approval_ends_the_plan_with_the_reason() -> None:
    world = World(hiring_catalogue(), answers(full_after=1))
    for _ in range(2):
        world.run_ready(world.plan())
    [approval] = world.plan().ready()
    assert approval.id is not None
    world.history.append(
        StepRecord(
            id=approval.id, skill=approval.skill, required={}, status=StepStatus.DENIED, error="wrong grade"
        )
    )

    assert world.plan().impossible == "Approve requirements denied: wrong grade"


def test_independent_steps_are_ready_together() -> None:
    skills = [
        skill("a.left", requires={"x": "start"}, produces={"y": "left"}),
        skill("b.right", requires={"x": "start"}, produces={"y": "right"}),
        skill("c.join", requires={"l": "left", "r": "right"}, produces={"y": "joined"}),
    ]
    goal = Goal(kind="join", title="Join", wants=["joined"])

    plan = Planner(skills).plan(goal, {"start": Fact.of("start", 1)}, [])

    assert sorted(step.key for step in plan.ready()) == ["a.left", "b.right"]


def test_the_cheapest_producer_is_chosen_and_the_other_is_used_when_it_cannot_run() -> None:
    cheap = skill("a.cheap", requires={"x": "nowhere"}, produces={"y": "thing"}, seconds=1)
    dear = skill("b.dear", requires={"x": "start"}, produces={"y": "thing"}, seconds=9)
    goal = Goal(kind="thing", title="Thing", wants=["thing"])

    plan = Planner([cheap, dear]).plan(goal, {"start": Fact.of("start", 1)}, [])

    assert keys(plan) == ["b.dear"]


def test_two_skills_that_need_each_other_are_impossible_and_not_an_endless_search() -> None:
    skills = [
        skill("a.egg", requires={"x": "chicken"}, produces={"y": "egg"}),
        skill("b.hen", requires={"x": "egg"}, produces={"y": "chicken"}),
    ]

    plan = Planner(skills).plan(Goal(kind="egg", title="Egg", wants=["egg"]), {}, [])

    assert plan.impossible is not None


FACTS = st.sampled_from(["a", "b", "c", "d", "e"])


@given(
    st.lists(st.tuples(st.lists(FACTS, max_size=2), st.lists(FACTS, max_size=2), FACTS), max_size=8),
    st.lists(FACTS, max_size=2),
)
def test_no_plan_names_an_unknown_skill_or_readies_a_step_without_its_facts(
    shapes: list[tuple[list[str], list[str], str]], known: list[str]
) -> None:
    skills = [
        skill(
            f"u{n}.s{n}",
            requires={f"r{i}": fact for i, fact in enumerate(requires)},
            optional={f"o{i}": fact for i, fact in enumerate(optional)},
            produces={"out": produced},
        )
        for n, (requires, optional, produced) in enumerate(shapes)
    ]
    facts = {name: Fact.of(name, 1) for name in known}

    plan = Planner(skills).plan(Goal(kind="e", title="E", wants=["e"]), facts, [])

    assert {step.skill for step in plan.steps} <= {one.id for one in skills}
    assert all(set(step.needs) <= set(facts) for step in plan.ready())
