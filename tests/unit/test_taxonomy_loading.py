"""Reading ESCO and O*NET folders into entries."""

import pytest

from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from shared.taxonomy.esco import read_esco
from shared.taxonomy.onet import read_onet

ESCO_SKILLS = (
    "preferredLabel,altLabels,skillType\n"
    'tune church organs,"tuning of organs\nchurch organ tuning",skill/competence\n'
    "Python (computer programming),Python,knowledge\n"
    "acoustics,,knowledge\n"
)
ESCO_OCCUPATIONS = 'ID,PREFERREDLABEL,ALTLABELS\nkey_1,organ builder,"maker of organs\norgan maker"\n'
ESCO_RELATIONS = "REQUIRINGID,RELATIONTYPE,REQUIREDID\nkey_1,optional,key_2\n"
ONET = {
    "Occupation Data.txt": "O*NET-SOC Code\tTitle\tDescription\n49-9063.00\tInstrument Tuners\tTune things.\n",
    "Alternate Titles.txt": "O*NET-SOC Code\tAlternate Title\n49-9063.00\tPiano Tuner\n",
    "Technology Skills.txt": (
        "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title\tHot Technology\n"
        "49-9063.00\tVeritune\t1\tTuning software\tN\n"
        "49-9063.00\tMicrosoft Excel\t2\tSpreadsheet software\tY\n"
    ),
}


def test_esco_skills_carry_their_other_labels_and_kind() -> None:
    imported = read_esco({"skills_en.csv": ESCO_SKILLS, "occupations.csv": ESCO_OCCUPATIONS})
    first = imported.skills[0]
    assert (first.label, first.aliases, first.kind) == (
        "tune church organs",
        ("tuning of organs", "church organ tuning"),
        "competence",
    )
    assert imported.occupations[0].aliases == ("maker of organs", "organ maker")


def test_relations_that_the_download_cannot_identify_are_counted() -> None:
    imported = read_esco({"skills_en.csv": ESCO_SKILLS, "skill_skill_relations.csv": ESCO_RELATIONS})
    assert list(imported.skipped.values()) == [1]


def test_relations_are_joined_where_the_skills_have_ids() -> None:
    skills = (
        "ID,preferredLabel,altLabels,skillType\nkey_1,tune organs,,knowledge\nkey_2,hear pitch,,knowledge\n"
    )
    imported = read_esco({"skills_en.csv": skills, "skill_skill_relations.csv": ESCO_RELATIONS})
    assert imported.skills[0].related == ("esco:hear-pitch",)


def test_a_widened_taxonomy_finds_imported_skills_and_keeps_its_own_ids() -> None:
    imported = read_esco({"skills_en.csv": ESCO_SKILLS})
    wide = Taxonomy.compact().widened(imported.skills, imported.occupations)
    found = [mention.skill for mention in wide.find_skills("Tuning of organs. Python, too.")]
    assert found == ["esco:tune-church-organs", "python"]


def test_a_single_imported_word_counts_only_where_the_text_speaks_of_skills() -> None:
    wide = Taxonomy.compact().widened(read_esco({"skills_en.csv": ESCO_SKILLS}).skills)
    assert wide.find_skills("The acoustics were dreadful that night") == []
    assert [m.skill for m in wide.find_skills("Knowledge of acoustics")] == ["esco:acoustics"]


def test_onet_occupations_carry_titles_and_their_hot_technologies_first() -> None:
    imported = read_onet(ONET)
    occupation = imported.occupations[0]
    assert occupation.aliases == ("Instrument Tuner", "Piano Tuner")
    assert occupation.skills == ("onet:microsoft-excel", "onet:veritune")
    assert {"onet:tuning-software", "onet:veritune"} <= {skill.id for skill in imported.skills}


def test_a_folder_of_something_else_is_refused_by_file() -> None:
    with pytest.raises(InvalidInput, match="no ESCO skills"):
        read_esco({})
    with pytest.raises(InvalidInput, match="no column preferredlabel"):
        read_esco({"skills_en.csv": "a,b\n1,2\n"})
    with pytest.raises(InvalidInput, match="no O\\*NET occupations"):
        read_onet({})
