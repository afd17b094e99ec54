"""Questions about the market are understood in the languages that have a table, and read to their last word."""

import pytest

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.reader import read_words
from shared.taxonomy import Taxonomy
from supervisor.core.intents import AskForHelp, AskMarket, Explain, Search, StartGoal, read
from supervisor.core.market import (
    LANGUAGES,
    Change,
    MarketQuestion,
    Span,
    is_question,
    read_change,
    read_market,
)
from supervisor.core.phrasing import Phrases
from supervisor.market.segment import whom_of

NAMES = Names(Taxonomy.compact())
NURSES = {"occupation": "Registered nurse"}
DATA = {"occupation": "Data engineer"}


@pytest.mark.parametrize(
    ("text", "insight", "segment"),
    [
        ("Wie viele Krankenpfleger gibt es in Wien?", "talent_supply", NURSES | {"place": "Vienna, Austria"}),
        ("Wieviele Pflegekräfte haben wir in Frankreich?", "talent_supply", NURSES | {"place": "France"}),
        (
            "Sag mir, wie viele Schweißer es in Polen gibt",
            "talent_supply",
            {"occupation": "Welder", "place": "Poland"},
        ),
        ("Was verdienen Krankenschwestern in Berlin?", "posted_pay", NURSES | {"place": "Berlin, Germany"}),
        (
            "Wie hoch ist das Gehalt von Buchhaltern in der Schweiz?",
            "posted_pay",
            {"occupation": "Accountant", "place": "Switzerland"},
        ),
        (
            "Wie sieht der Markt für Pflegekräfte in Wien aus?",
            "talent_supply",
            NURSES | {"place": "Vienna, Austria"},
        ),
        ("Wo sollten wir Elektriker einstellen?", "best_places", {"occupation": "Electrician"}),
        ("Woher kommen unsere Krankenpfleger?", "talent_flows", NURSES),
        ("Welche Skills sind im Kommen bei Data Engineers?", "emerging_skills", DATA),
        (
            "Was bringt es, SQL wegzulassen bei Data Engineers mit SQL?",
            "pool_what_if",
            DATA | {"skills": ["SQL"]},
        ),
        (
            "Wie viele Softwareentwickler arbeiten remote?",
            "remote_share",
            {"occupation": "Software engineer"},
        ),
        (
            "Combien d’infirmiers y a-t-il à Paris ?",
            "talent_supply",
            NURSES | {"place": "Paris, Île-de-France, France"},
        ),
        (
            "Il y a combien de développeurs Java en Allemagne ?",
            "talent_supply",
            {"occupation": "Software engineer", "skills": ["Java"], "place": "Germany"},
        ),
        (
            "Combien gagne un data engineer à Londres ?",
            "posted_pay",
            DATA | {"place": "London, Greater London, United Kingdom"},
        ),
        (
            "Combien les comptables gagnent-ils en Belgique ?",
            "posted_pay",
            {"occupation": "Accountant", "place": "Belgium"},
        ),
        ("Où devrions-nous recruter des électriciens ?", "best_places", {"occupation": "Electrician"}),
        ("De quelles entreprises viennent nos infirmiers ?", "talent_flows", NURSES),
        ("Quelles compétences sont émergentes chez les data engineers ?", "emerging_skills", DATA),
        (
            "Que changerait l’abandon de SQL pour les data engineers avec SQL ?",
            "pool_what_if",
            DATA | {"skills": ["SQL"]},
        ),
        ("¿Cuántos enfermeros hay en Madrid?", "talent_supply", NURSES | {"place": "Madrid, Spain"}),
        (
            "¿Cuántos enfermeros con al menos 5 años de experiencia hay en Viena?",
            "talent_supply",
            NURSES | {"min_years": 5, "place": "Vienna, Austria"},
        ),
        (
            "¿Cuánto cobra un desarrollador Java en París?",
            "posted_pay",
            {"occupation": "Software engineer", "skills": ["Java"], "place": "Paris, Île-de-France, France"},
        ),
        ("¿Dónde deberíamos contratar soldadores?", "best_places", {"occupation": "Welder"}),
        ("¿De qué empresas vienen nuestros enfermeros?", "talent_flows", NURSES),
        ("¿Qué competencias están en auge entre los ingenieros de datos?", "emerging_skills", DATA),
        (
            "¿Qué supondría eliminar Python para ingenieros de datos con Python?",
            "pool_what_if",
            DATA | {"skills": ["Python"]},
        ),
    ],
)
def test_who_is_asked_about_is_read_to_the_last_word(
    text: str, insight: str, segment: dict[str, object]
) -> None:
    question = read_market(text)
    assert question
    read_as = read_words(question.whom, NAMES).query.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True
    )
    whom = whom_of(read_as)
    assert (question.insight, whom.segment, whom.left) == (insight, segment, [])
    assert isinstance(read(text, approval_pending=False, work_pending=False).intent, AskMarket)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("An wen verliert Gallonox Leute?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("Von wem bekommt Gallonox seine Mitarbeiter?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("Wer verliert Leute an Gallonox?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("Wie ist der Markt für diese Stelle?", MarketQuestion("role_market", talked_of=True)),
        ("Welche Fähigkeiten passen zu Kubernetes?", MarketQuestion("adjacent_skills", focus="Kubernetes")),
        (
            "Was wäre, wenn wir Kubernetes weglassen?",
            MarketQuestion("pool_what_if", change="Kubernetes", talked_of=True),
        ),
        ("Was verdienen sie?", MarketQuestion("posted_pay", talked_of=True)),
        ("Wie viele Fachkräfte gibt es pro Land?", MarketQuestion("talent_supply", by="country")),
        ("À qui Gallonox perd-elle ses employés ?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("D’où viennent les employés de Gallonox ?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("Quelles compétences vont avec Kubernetes ?", MarketQuestion("adjacent_skills", focus="Kubernetes")),
        (
            "Et si on laissait tomber Kubernetes ?",
            MarketQuestion("pool_what_if", change="Kubernetes", talked_of=True),
        ),
        ("Que gagnent-ils ?", MarketQuestion("posted_pay", talked_of=True)),
        ("¿Con quién pierde Gallonox a su gente?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("¿De dónde vienen los empleados de Gallonox?", MarketQuestion("talent_flows", focus="Gallonox")),
        ("¿Qué habilidades van con Kubernetes?", MarketQuestion("adjacent_skills", focus="Kubernetes")),
        ("¿Y si quitamos Kubernetes?", MarketQuestion("pool_what_if", change="Kubernetes", talked_of=True)),
        ("¿Cuánto ganan ellos?", MarketQuestion("posted_pay", talked_of=True)),
    ],
)
def test_what_is_asked_about_is_taken_as_it_is_called(text: str, question: MarketQuestion) -> None:
    assert read_market(text) == question


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("und in Hamburg?", Change("instead", "in Hamburg")),
        ("Wie sieht es mit Schweißern aus?", Change("instead", "welders")),
        ("und ohne Kubernetes?", Change("without", "Kubernetes")),
        ("nur remote", Change("only", "remote")),
        ("pro Stadt", Change("by", by="place")),
        ("und in den letzten zwei Jahren?", Change("span", span=Span(months=24))),
        ("Et pour les électriciens ?", Change("instead", "electricians")),
        ("Qu’en est-il de l’Allemagne ?", Change("instead", "Germany")),
        ("seulement à distance", Change("only", "remote")),
        ("et l’année dernière ?", Change("span", span=Span(months=12))),
        ("par ville", Change("by", by="place")),
        ("¿Y en Berlín?", Change("instead", "in Berlin")),
        ("solo remotos", Change("only", "remote")),
        ("¿y sin Kubernetes?", Change("without", "Kubernetes")),
        ("desde 2025", Change("span", span=Span(since=2025))),
        ("por ciudad", Change("by", by="place")),
    ],
)
def test_one_thing_is_changed_in_few_words(text: str, change: Change) -> None:
    assert read_change(text) == change


@pytest.mark.parametrize(
    "text",
    [
        "Wie viel Urlaub haben Krankenpfleger?",
        "Comment devient-on soudeur ?",
        "¿Cómo se llama?",
        "What holidays do nurses have?",
    ],
)
def test_a_question_that_is_not_understood_begins_nothing(text: str) -> None:
    assert is_question(text)
    assert read(text, approval_pending=False, work_pending=False).intent == AskForHelp(unread=True)


@pytest.mark.parametrize(
    "text",
    [
        "Was verdient Kandidat 2?",
        "Wie weit bist du?",
        "Wie viele Leute hast du in Wien bewertet?",
        "Combien gagne le candidat 2 ?",
        "¿Cuánto cobra el candidato 2?",
    ],
)
def test_candidates_and_the_work_are_not_the_market(text: str) -> None:
    assert read_market(text) is None


def test_roles_and_searches_stay_what_they_are() -> None:
    assert isinstance(
        read("Wir suchen einen Data Engineer in Berlin", approval_pending=False, work_pending=False).intent,
        StartGoal,
    )
    assert isinstance(
        read("How many nurses are there in Oslo?", approval_pending=False, work_pending=False).intent, Search
    )
    assert isinstance(read("status", approval_pending=False, work_pending=True).intent, Explain)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_and_changes_the_same(language: str) -> None:
    table, english = Phrases.of(language), Phrases.of("en")
    assert set(table.names("questions")) == set(english.names("questions"))
    assert set(table.names("changes")) == set(english.names("changes"))
    assert set(table.dimensions) == set(english.dimensions)
