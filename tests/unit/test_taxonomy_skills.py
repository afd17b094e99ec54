"""Skills in running text: spelling, context, negation, and what one skill proves of another."""

import pytest

from shared.kernel.errors import InvalidInput, NotFound
from shared.taxonomy import SkillEntry, Taxonomy
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
