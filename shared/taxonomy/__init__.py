"""Skills, occupations, degrees, certificates, languages, places and industries, found in plain text.

A pure library: it reads only its packaged data, once, and does no other I/O. All mentions carry
``start`` and ``end``, so that callers can quote what they rest on.
"""

from shared.taxonomy.asking import asks_nothing, has_word_that_asks, without_others_degrees
from shared.taxonomy.degrees import (
    degree_of,
    degree_rank,
    field_of_study,
    fields_match,
    find_degrees,
    find_fields_of_study,
)
from shared.taxonomy.languages import find_languages, language_label, resolve_language
from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import (
    CertificateMention,
    DegreeLevel,
    DegreeMention,
    IndustryMention,
    LanguageLevel,
    LanguageMention,
    Mention,
    NamedEntry,
    OccupationEntry,
    OccupationMention,
    PhraseMention,
    Place,
    PlaceMention,
    Seniority,
    SkillEntry,
    SkillKind,
    SkillMention,
)
from shared.taxonomy.named import (
    certificate,
    find_certificates,
    find_industries,
    industry,
    industry_of,
    resolve_certificate,
)
from shared.taxonomy.phrases import extract_skill_phrases
from shared.taxonomy.places import distance_km, find_places, place, place_contains, resolve_place, with_label
from shared.taxonomy.seniority import seniority_of
from shared.taxonomy.skill_sets import SkillSet, skill_sets, skills_asked
from shared.taxonomy.taxonomy import Taxonomy
from shared.taxonomy.text import tokenise
from shared.taxonomy.words import Words

__all__ = [
    "CertificateMention",
    "DegreeLevel",
    "DegreeMention",
    "IndustryMention",
    "LanguageLevel",
    "LanguageMention",
    "Mention",
    "NamedEntry",
    "OccupationEntry",
    "OccupationMention",
    "PhraseMatcher",
    "PhraseMention",
    "Place",
    "PlaceMention",
    "Seniority",
    "SkillEntry",
    "SkillKind",
    "SkillMention",
    "SkillSet",
    "Taxonomy",
    "Words",
    "asks_nothing",
    "certificate",
    "degree_of",
    "degree_rank",
    "distance_km",
    "extract_skill_phrases",
    "field_of_study",
    "fields_match",
    "find_certificates",
    "find_degrees",
    "find_fields_of_study",
    "find_industries",
    "find_languages",
    "find_places",
    "has_word_that_asks",
    "industry",
    "industry_of",
    "language_label",
    "place",
    "place_contains",
    "resolve_certificate",
    "resolve_language",
    "resolve_place",
    "seniority_of",
    "skill_sets",
    "skills_asked",
    "tokenise",
    "with_label",
    "without_others_degrees",
]
