"""Which demands are refused, on what ground, and which look-alikes are left standing."""

import pytest

from shared.lawful import SafetyCheck

CHECK = SafetyCheck()

REFUSED = [
    # age
    ("age", "We are looking for a young and dynamic salesperson"),
    ("age", "Join our young, dynamic team"),
    ("age", "Applicants must be under 35"),
    ("age", "Age 25-35"),
    ("age", "between 25 and 35 years old"),
    ("age", "Maximum age 40"),
    ("age", "Recent graduates only"),
    ("age", "Ideal for a fresh graduate"),
    ("age", "Digital native"),
    ("age", "Millennials preferred"),
    ("age", "No more than 5 years of experience"),
    ("age", "Mature person preferred"),
    ("age", "Overqualified applicants need not apply"),
    ("age", "born after 1990"),
    ("age", "We want someone in their twenties"),
    ("age", "Y0ung energetic people wanted"),
    ("age", "y o u n g candidates preferred"),
    ("age", "y\u200boung candidates preferred"),
    ("age", "уoung candidates preferred"),
    ("age", "Must be between 20 and 30"),
    ("age", "Candidates above 45 need not apply"),
    ("age", "No 0ld people"),
    ("age", "late 20s to early 30s"),
    # gender
    ("gender", "Female candidates only"),
    ("gender", "Male preferred"),
    ("gender", "Looking for a lady receptionist"),
    ("gender", "Gender: male"),
    ("gender", "He must be able to lead a team"),
    ("gender", "Men only"),
    ("gender", "Housewives welcome, men need not apply"),
    ("gender", "fem@le only"),
    ("gender", "ｆｅｍａｌｅ only"),
    # origin
    ("nationality or ethnicity", "Caucasian applicants preferred"),
    ("nationality or ethnicity", "No Indians"),
    ("nationality or ethnicity", "German nationals only"),
    ("nationality or ethnicity", "Must be a US citizen"),
    ("nationality or ethnicity", "Only U.S. citizens"),
    ("nationality or ethnicity", "US citizens and green card holders only"),
    ("nationality or ethnicity", "no foreign accent"),
    ("nationality or ethnicity", "Accent-free English"),
    ("nationality or ethnicity", "EU passport holders"),
    ("nationality or ethnicity", "Brahmin candidates"),
    ("native language", "Native English speaker"),
    ("native language", "German mother tongue"),
    ("native language", "Must be a native speaker"),
    # religion
    ("religion or belief", "Christian candidates preferred"),
    ("religion or belief", "Must be a practicing Catholic"),
    ("religion or belief", "No headscarves"),
    ("religion or belief", "Clean-shaven"),
    ("religion or belief", "Must attend church weekly"),
    ("religion or belief", "Only Hindus"),
    # disability and health
    ("disability or health", "Must be in good health"),
    ("disability or health", "Able-bodied"),
    ("disability or health", "No disabilities"),
    ("disability or health", "No history of mental illness"),
    ("disability or health", "Physically and mentally fit"),
    ("disability or health", "few sick days"),
    ("disability or health", "We do not hire people with disabilities"),
    # family
    ("pregnancy or family status", "Not pregnant"),
    ("pregnancy or family status", "No children"),
    ("pregnancy or family status", "Unmarried women preferred"),
    ("pregnancy or family status", "without family commitments"),
    ("pregnancy or family status", "not planning to have children"),
    ("pregnancy or family status", "State your marital status"),
    # others
    ("sexual orientation or gender identity", "Must be straight"),
    ("trade union membership", "No union members"),
    ("political opinion", "Republicans only"),
    ("military status", "No reservists"),
    ("military status", "Must have completed military service"),
    ("appearance", "Attach a photo to your CV"),
    ("appearance", "Attractive appearance"),
    ("appearance", "Height at least 175 cm"),
    ("appearance", "No visible tattoos"),
    ("appearance", "Well-groomed"),
    ("criminal record", "No criminal record"),
    ("criminal record", "Never been arrested"),
    ("salary history", "State your current salary"),
    ("salary history", "Attach your last three payslips"),
    ("graduation year", "Graduated in 2023 or later"),
    ("graduation year", "Class of 2024"),
    ("graduation year", "2022/2023 batch"),
    ("prestige of a school", "Degree from a top-tier university"),
    ("prestige of a school", "Ivy League education"),
    ("prestige of a school", "IIT/IIM graduates preferred"),
    ("postcode or neighbourhood", "Must live in zip code 90210"),
    ("postcode or neighbourhood", "From a good family"),
    ("gaps in employment", "No gaps in employment"),
    ("gaps in employment", "Continuous work history"),
    ("gaps in employment", "Unemployed candidates need not apply"),
]

LAWFUL = [
    "Experience with a mature codebase",
    "Senior engineer with 8 years of experience",
    "We are a young company in Berlin",
    "Native iOS apps",
    "Cloud-native and React Native",
    "Native-level English",
    "English at C2 level",
    "Able to physically inspect sites",
    "Lifts parcels of up to 20 kg",
    "Experience teaching young children",
    "Work with young people at risk",
    "Experience in women's health",
    "Support for women returning to work",
    "Single-page applications and single sign-on",
    "Single point of contact for customers",
    "Debugging race conditions",
    "White-box and black-box testing",
    "Writes white papers",
    "Lean Six Sigma Black Belt",
    "Knowledge of Islamic finance",
    "Experience with disability insurance claims",
    "Health insurance experience",
    "Family law experience",
    "Care for pregnant women and newborns",
    "Runs programmes for LGBTQ+ communities",
    "Experience with trade union negotiations",
    "European Union law",
    "At least 5 years of experience",
    "3-5 years of experience",
    "Less than 30 minutes response time",
    "Manages budgets of under 50 projects",
    "A master's degree in design",
    "Degree from an accredited university",
    "Experience recruiting recent graduates",
    "Works at heights of up to 20 metres",
    "Photo editing with Photoshop",
    "Prepares payslips for 200 employees",
    "Valid driver's licence",
    "Willing to travel 20% of the time",
    "Authorised to work in the United States",
    "Available for night shifts and weekends",
    "Background check required",
    "Enhanced DBS check required",
    "Attractive salary and benefits",
    "Reports to the head of Asian markets",
    "Senior Java Developer (m/f/d)",
    "He or she will lead the team",
    "Equal opportunity employer regardless of race, religion, sex, age or disability",
    "We welcome applications from people of all backgrounds",
    "Experience with gap analysis",
    "Mentors young engineers",
    "Fits hearing aids well",
    "Team of 25 to 35 engineers",
    "B2B sales on K8s with 3D models",
    "Leading university hospital experience",
    "Support for people with disabilities",
    "Must be at least 18 years old",
    "Energetic self-starter",
    "Experience of working in a unionised environment",
    "Holds an FAA medical certificate",
    "Professional appearance of documents",
    "Straightforward communicator",
]


@pytest.mark.parametrize(("attribute", "demand"), REFUSED)
def test_an_unlawful_demand_is_refused_with_reason_and_rewording(attribute: str, demand: str) -> None:
    findings = CHECK.findings(demand)
    assert attribute in [one.attribute for one in findings]
    assert all(one.reason and one.rewording for one in findings)


@pytest.mark.parametrize("demand", LAWFUL)
def test_a_lawful_look_alike_is_left_standing(demand: str) -> None:
    check = CHECK(demand)
    assert (check.lawful, check.attribute) == (True, None)


@pytest.mark.parametrize(("attribute", "demand"), REFUSED)
def test_each_rewording_is_itself_lawful(attribute: str, demand: str) -> None:
    del attribute
    assert all(CHECK(one.rewording or "").lawful for one in CHECK.findings(demand))


def test_citizenship_may_be_asked_where_the_text_names_the_law_that_demands_it() -> None:
    check = CHECK("Must be a U.S. citizen", context="A federal position that needs a security clearance.")
    assert check.lawful
    assert check.note is not None
    assert "law" in check.note


def test_an_occupational_requirement_stands_with_a_note() -> None:
    check = CHECK(
        "Female support worker only (occupational requirement under Schedule 9 of the Equality Act)"
    )
    assert check.lawful
    assert check.note is not None
    assert "documented" in check.note


def test_a_legal_minimum_age_excuses_no_other_demand() -> None:
    findings = CHECK.findings("Must be at least 18 years old and male only")
    assert [one.attribute for one in findings] == ["gender"]


def test_praise_of_diversity_covers_no_ban_after_but() -> None:
    findings = CHECK.findings("We are an equal opportunity employer, but men only for this role")
    assert [one.attribute for one in findings] == ["gender"]


def test_each_attribute_of_a_demand_is_named() -> None:
    findings = CHECK.findings("Young male, native English speaker, no children")
    assert {one.attribute for one in findings} == {
        "age",
        "gender",
        "native language",
        "pregnancy or family status",
    }


def test_a_native_speaker_demand_is_reworded_with_its_language() -> None:
    assert CHECK("Native German speaker").rewording == "German at C2 level"
