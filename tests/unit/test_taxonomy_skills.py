"""Skills in running text: spelling, context, negation, and what one skill proves of another."""

from itertools import pairwise

import pytest

from shared.kernel.errors import InvalidInput, NotFound
from shared.taxonomy import OccupationEntry, SkillEntry, Taxonomy
from shared.taxonomy.serial import occupation_from_json, occupation_to_json, skill_from_json, skill_to_json
from shared.taxonomy.skill_data import read_skills

TAXONOMY = Taxonomy.compact()


def found(text: str) -> list[str]:
    return [mention.skill for mention in TAXONOMY.find_skills(text) if not mention.negated]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("C++, C# and .NET", ["c-plus-plus", "c-sharp", "dot-net"]),
        ("Node.js with React.js", ["node-js", "react"]),
        ("experience with k8s", ["kubernetes"]),
        ("CI / CD and micro-services", ["ci-cd", "microservices"]),
        ("REST APIs", ["rest-apis"]),
        ("a RESTful API", ["rest-apis"]),
        ("PostgreSQL/MySQL", ["postgresql", "mysql"]),
        ("Machine-learning models", ["machine-learning"]),
        ("vital signs and wound care", ["vital-signs-monitoring", "wound-care"]),
        ("MS Excel, PowerPoint", ["excel", "powerpoint"]),
        ("Python's ecosystem", ["python"]),
        ("hard-wrapped machine\nlearning", ["machine-learning"]),
    ],
)
def test_a_skill_is_found_in_each_of_its_spellings(text: str, skills: list[str]) -> None:
    assert found(text) == skills


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("We go to market fast", []),
        ("Responsible for our garden and its web of paths", []),
        ("Programs, initiatives and projects", []),
        ("Custom orders and requests", []),
        ("SOAP, JAX-RS, XML", ["soap", "xml"]),
        ("Selected publications and presentations", []),
        ("Customs clearance of parcels", ["customs-clearance"]),
        ("Windows 7, Vista and XP", ["windows"]),
        ("Moved a legacy warehouse to Snowflake", ["snowflake"]),
        ("CRM, SCM and HCM", ["crm-software"]),
        ("You go the extra mile", []),
        ("Services in Go", ["go"]),
        ("Python, Go and Rust", ["python", "go", "rust"]),
        ("Statistics with R or Stata", ["statistics", "r", "stata"]),
        ("the R&D department", []),
        ("You excel at cooking up plans", []),
        ("skills: excel, word", ["excel"]),
        ("a swift response", []),
        ("Swift and Kotlin", ["swift", "kotlin"]),
        ("starting in spring 2026", []),
        ("Java, Spring and Hibernate", ["java", "spring", "hibernate"]),
        ("word of mouth", []),
        ("the rest of the team", []),
        ("Head chef wanted", []),
        ("c-level executives", []),
    ],
)
def test_an_everyday_word_is_a_skill_only_where_the_text_speaks_of_skills(
    text: str, skills: list[str]
) -> None:
    assert found(text) == skills


def test_a_name_never_matches_inside_another_word() -> None:
    assert found("Javanese coffee, sapphire, gopher, scalable") == []


def test_the_longest_name_wins() -> None:
    assert found("SQL Server Integration Services") == ["ssis"]


@pytest.mark.parametrize(
    "text",
    [
        "No experience with Kubernetes",
        "Kubernetes is not required",
        "without Kubernetes",
        "You don't need Kubernetes",
        "I have never used Kubernetes",
    ],
)
def test_a_skill_that_is_said_to_be_absent_or_unneeded_is_negated(text: str) -> None:
    assert [(m.skill, m.negated) for m in TAXONOMY.find_skills(text)] == [("kubernetes", True)]


@pytest.mark.parametrize(
    "text",
    [
        "Not only Kubernetes",
        "no less than 5 years of Kubernetes",
        "Not a manager. Kubernetes",
        "Kubernetes, not Docker",
    ],
)
def test_a_negation_of_something_else_leaves_the_skill_standing(text: str) -> None:
    assert ("kubernetes", False) in [(m.skill, m.negated) for m in TAXONOMY.find_skills(text)]


def test_a_mention_quotes_the_text_at_its_place() -> None:
    text = "Strong Amazon Web Services background"
    mention = TAXONOMY.find_skills(text)[0]
    assert text[mention.start : mention.end] == mention.text == "Amazon Web Services"


def test_a_special_skill_proves_the_general_one_and_not_the_reverse() -> None:
    assert TAXONOMY.satisfies("django", "python")
    assert TAXONOMY.satisfies("aws-lambda", "cloud-computing")
    assert TAXONOMY.satisfies("python", "python")
    assert not TAXONOMY.satisfies("python", "django")


def test_a_rival_product_is_related_and_proves_nothing() -> None:
    assert "zabbix" in dict(TAXONOMY.related("nagios"))
    assert not TAXONOMY.satisfies("nagios", "zabbix")


def test_every_relation_of_the_packaged_taxonomy_points_to_a_skill_it_has() -> None:
    ids = {entry.id for entry in TAXONOMY.skills}
    named = {r for entry in TAXONOMY.skills for r in (*entry.broader, *entry.implies, *entry.related)}
    assert named <= ids
    assert {skill for one in TAXONOMY.occupations for skill in one.skills} <= ids


def test_the_compact_taxonomy_covers_many_walks_of_work() -> None:
    assert len(TAXONOMY.skills) > 1400
    assert len(TAXONOMY.occupations) > 240


def test_widening_adds_new_skills_and_lends_spellings_to_known_ones() -> None:
    wide = TAXONOMY.widened(
        [
            SkillEntry("x:falconry", "falconry", ("train hawks",), "competence"),
            SkillEntry("x:python", "Python", ("=?Python", "pythonic scripting"), "technology"),
        ]
    )
    assert [m.skill for m in wide.find_skills("We train hawks")] == ["x:falconry"]
    assert wide.resolve_skill("pythonic scripting") == "python"
    assert [m.skill for m in wide.find_skills("Only Python")] == ["python"]
    assert TAXONOMY.resolve_skill("pythonic scripting") is None


def test_entries_survive_being_stored_as_json() -> None:
    skill, occupation = TAXONOMY.skill("django"), TAXONOMY.occupations[0]
    assert skill_from_json(skill_to_json(skill)) == skill
    assert occupation_from_json(occupation_to_json(occupation)) == occupation


def test_a_broken_entry_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="needs label"):
        skill_from_json({"id": "x"})
    with pytest.raises(InvalidInput, match="not a kind of skill"):
        read_skills(["[magic]", "Levitation"])


def test_an_unknown_id_is_not_found() -> None:
    with pytest.raises(NotFound):
        TAXONOMY.skill("levitation")


@pytest.mark.parametrize(
    ("title", "occupation"),
    [
        ("Sr. Java Developer (m/f/d)", "software-engineer"),
        ("Registered Nurse - ICU", "registered-nurse"),
        ("Head of IT", "it-manager"),
        ("DevOps/Site Reliability Supervisory Engineer GS15", "software-engineering-manager"),
        ("IT Specialist (INFOSEC)", "security-analyst"),
        ("Warehouse Operative", "warehouse-worker"),
    ],
)
def test_a_title_is_resolved_to_its_occupation(title: str, occupation: str) -> None:
    resolved = TAXONOMY.resolve_occupation(title)
    assert resolved is not None
    assert resolved.id == occupation


def test_an_unknown_title_resolves_to_nothing() -> None:
    assert TAXONOMY.resolve_occupation("Grand Vizier of Widgets") is None


@pytest.mark.parametrize(
    "title",
    [
        "Backend Services Engineer",
        "Accelerator Director",
        "Clerk of the Court",
        "Developer Advocate",
        "Nurse Recruiter",
    ],
)
def test_a_title_of_another_trade_is_no_occupation_rather_than_a_wrong_one(title: str) -> None:
    resolved = TAXONOMY.resolve_occupation(title)
    assert resolved is None or resolved.id in {"software-engineer", "recruiter"}


def test_a_name_that_any_trade_has_counts_as_a_whole_title_only() -> None:
    whole = TAXONOMY.resolve_occupation("Senior Consultant")
    assert whole is not None
    assert whole.id == "management-consultant"
    assert TAXONOMY.find_occupations("worked with a consultant from SAP") == []


def test_an_imported_title_that_many_occupations_share_names_none_of_them() -> None:
    wide = TAXONOMY.widened(
        occupations=[
            OccupationEntry("onet:1", "Falconers", ("Keeper", "Director"), "onet", ()),
            OccupationEntry("onet:2", "Lighthouse staff", ("Keeper",), "onet", ()),
        ]
    )
    assert wide.resolve_occupation("Keeper") is None
    assert wide.resolve_occupation("Director") is None
    assert wide.find_occupations("a keeper of Falconers")[0].occupation == "onet:1"


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/jane",
        "gitlab.com/made-up",
        "www.python.org",
        "GitHub: jane-sample",
        "a@salesforce.com",
    ],
)
def test_an_address_is_no_skill(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Led a team of 5 engineers", "people-management"),
        ("formulating digital identity policy recommendations", "policy-development"),
        ("Coordinated with internal stakeholders", "stakeholder-management"),
        ("Managed budgets of two million", "budgeting"),
    ],
)
def test_what_somebody_did_shows_a_trade_that_it_does_not_name(text: str, skill: str) -> None:
    assert skill in [one.skill for one in TAXONOMY.find_skills(text, acts=True)]
    assert skill not in found(text)


def test_mentions_with_acts_never_overlap() -> None:
    text = "Managed a Python development team and led Kubernetes projects with direct reports"
    mentions = TAXONOMY.find_skills(text, acts=True)
    assert {"python", "people-management", "project-management"} <= {one.skill for one in mentions}
    assert all(a.end <= b.start for a, b in pairwise(mentions))
