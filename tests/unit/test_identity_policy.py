"""The policy table: who may do what."""

from pathlib import Path

import pytest

from shared.edge.policy import PolicyEngine
from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal

ENGINE = PolicyEngine()


def caller(kind: str, *scopes: str, tenant: str = "acme", actor: str | None = None) -> Principal:
    return Principal(subject=f"{kind}:x", kind=kind, tenant=tenant, scopes=frozenset(scopes), actor=actor)


@pytest.mark.parametrize(
    ("who", "risk", "allowed", "policies"),
    [
        (caller("person", "candidates.read"), "read", True, ("scope-for-the-unit",)),
        (caller("person", "*.read"), "read", True, ("scope-for-every-unit",)),
        (caller("person", "candidates.read"), "write", False, ()),
        (caller("person", "projects.read"), "read", False, ()),
        (caller("person"), "read", False, ()),
        (caller("person", "*.decide"), "decide", True, ("scope-for-every-unit",)),
        (caller("person", "*.decide", actor="service:supervisor"), "decide", True, ("scope-for-every-unit",)),
        (caller("person", "*.contact"), "contact", True, ("scope-for-every-unit",)),
        (caller("service", "*.write"), "write", True, ("scope-for-every-unit",)),
        (caller("service", "*.decide"), "decide", False, ("only-people-decide",)),
        (caller("service", "candidates.contact"), "contact", False, ("only-people-decide",)),
        (caller("service", "*.read", tenant="-"), "read", True, ("scope-for-every-unit",)),
        (caller("service", "*.write", tenant="-"), "write", False, ("tenantless-work-reads",)),
        (caller("person", "*.read", tenant="-"), "read", False, ("tenantless-work-reads",)),
        (caller("partner", "candidates.read"), "read", True, ("scope-for-the-unit",)),
        (caller("partner", "candidates.write"), "write", True, ("scope-for-the-unit",)),
        (caller("partner", "*.read"), "read", False, ()),
        (caller("partner", "candidates.decide"), "decide", False, ("only-people-decide",)),
        (
            caller("partner", "candidates.contact", actor="service:y"),
            "contact",
            False,
            ("assistants-need-an-approval", "only-people-decide"),
        ),
        (caller("person", "*.decide", actor="service:y"), "decide", False, ("assistants-need-an-approval",)),
        (
            caller("person", "*.contact", actor="service:y"),
            "contact",
            False,
            ("assistants-need-an-approval",),
        ),
        (caller("person", "*.write", actor="service:y"), "write", True, ("scope-for-every-unit",)),
    ],
)
def test_policy_table(who, risk, allowed, policies):
    decision = ENGINE.decide(who, "candidates", "get_dossier", risk)
    assert (decision.allowed, decision.policies) == (allowed, policies)


def test_an_assistant_may_use_a_deciding_skill_that_checks_the_approval_it_shows():
    assistant = caller("person", "*.decide", actor="service:y")
    assert ENGINE.decide(assistant, "projects", "move_stage", "decide", approved=True).allowed


def test_an_assistant_in_the_chain_counts_behind_the_page_too():
    behind = caller("person", "*.decide", actor="service:supervisor")
    behind = behind.model_copy(update={"via": ("service:y",)})
    decision = ENGINE.decide(behind, "projects", "move_stage", "decide")
    assert decision.policies == ("assistants-need-an-approval",)
    assert "request_approval" in (decision.fix or "")


def test_a_refusal_says_which_scope_is_missing():
    decision = ENGINE.decide(caller("person"), "candidates", "get_dossier", "read")
    assert decision.reason == "no scope permits read on candidates.get_dossier"
    assert "candidates.read" in (decision.fix or "")


def test_hostile_names_are_data_and_change_nothing():
    odd = Principal(
        subject='person:x"};permit', kind="person", tenant='a"\n', scopes=frozenset({'*.read"\n'})
    )
    assert not ENGINE.decide(odd, "candidates", 'x"\n\u0000', "read").allowed


def test_a_deployment_adds_policies_of_its_own(tmp_path: Path):
    (tmp_path / "freeze.cedar").write_text(
        '@id("hiring-freeze") forbid (principal, action == Action::"write", resource) '
        'when { principal.tenant == "acme" };'
    )
    engine = PolicyEngine(tmp_path)
    frozen = engine.decide(caller("person", "*.write"), "jobs", "add_posting", "write")
    assert (frozen.allowed, frozen.policies) == (False, ("hiring-freeze",))
    assert engine.decide(caller("person", "*.write", tenant="globex"), "jobs", "add_posting", "write").allowed


@pytest.mark.parametrize(
    "text", ["permit (principal, action, resource) when { principal.salary > 3 };", "permit everything"]
)
def test_a_policy_that_does_not_fit_the_schema_stops_the_start_and_names_its_file(tmp_path: Path, text):
    (tmp_path / "odd.cedar").write_text(text)
    with pytest.raises(InvalidInput, match=r"odd\.cedar"):
        PolicyEngine(tmp_path)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (caller("person", "*.decide"), False),
        (caller("person", "evaluator.decide", "models.decide"), True),
        (caller("person", "evaluator.decide", "models.decide", actor="service:y"), False),
        (caller("service", "evaluator.decide", "models.decide"), False),
    ],
)
def test_which_model_judges_is_decided_by_people_of_the_platform_team(who, allowed):
    assert ENGINE.decide(who, "evaluator", "promote_version", "decide").allowed is allowed


def test_recruiters_read_which_model_judges():
    assert ENGINE.decide(caller("person", "*.read"), "evaluator", "list_versions", "read").allowed
