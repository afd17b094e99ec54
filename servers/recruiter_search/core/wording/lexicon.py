"""The words that carry a query without being a condition: what turns it round, wishes, joins and frames."""

import re

TOKEN = re.compile(r"[^\W_](?:[\w+#.&'’-]*[\w+#])?|[,;:.!?/&+()|\n–—-]")


def vocabulary(*lines: str) -> frozenset[str]:
    """Return the words of some lines, which read better than a word a line."""
    return frozenset(word for line in lines for word in line.split())


NEGATES = vocabulary(
    "not no without except excluding exclude excludes never nor neither non none nobody avoid avoiding minus",
    "isn't aren't don't doesn't didn't isn’t aren’t don’t doesn’t didn’t hasn't haven't hasn’t haven’t",
    "outside other-than rather-than instead-of but-not",
)
WISHES = vocabulary(
    "ideally preferably prefer preferred prefers preferable bonus optional optionally desirable nice-to-have",
)
"""Before what is liked and no condition."""
_OF_IT = r"(?:\s+(?:experience|skills?|knowledge|background))?"
LIKED_AFTER = re.compile(
    rf"^{_OF_IT}[\s(]*,?[\s(]*(?:(?:is|are|would be|as)\s+)?"
    r"(?:(?:an? )(?:big |strong |real )?(?:plus|bonus|advantage|asset)\b|(?:preferred|preferable|nice[ -]to[ -]have|"
    r"optional|desirable|desired|welcome|good to have|helpful)\b(?!\s+\w+ing))"
    rf"|^{_OF_IT}\s+would be (?:nice|great|good|ideal|helpful)\b",
    re.I,
)
NEEDED_AFTER = re.compile(
    rf"^{_OF_IT}\s+(?:(?:(?:is|are)\s+)?(?:needed|required|necessary)|(?:is|are)\s+(?:fine|ok(?:ay)?|welcome|acceptable))\b",
    re.I,
)
"""After "no" and "without": what is not needed is not unwanted."""
NEEDLESS_AFTER = re.compile(
    rf"^{_OF_IT}[\s,]*(?:(?:is|are)\s+)?"
    r"(?:not|isn['’]t|aren['’]t)\s+(?:a\s+)?(?:needed|required|necessary|must|mandatory|"
    r"important|essential)",
    re.I,
)
"""After what is expressly no condition."""
ALTERNATIVE = vocabulary("or / |")
LISTS = vocabulary("and & + , plus")
BREAKS = vocabulary("; . ! ? \n but who that which whose where though however also – —")
JOINING = vocabulary("in at from of with for near a an the as either both to on any")
"""Words that may stand beside a join without breaking it."""
ATTACHES = vocabulary("of with in using as for on experience exp work working doing writing")
"""Between an amount of time and what it was spent on."""
FRAME = (
    NEGATES
    | WISHES
    | ALTERNATIVE
    | LISTS
    | BREAKS
    | JOINING
    | ATTACHES
    | vocabulary(
        ": ( ) - + ,",
        "are be been being by can could did do does had has have having is it its may might need needed needs must",
        "needn't our own should so someone somebody anyone anybody everyone everybody than their them they this those",
        "these there to was we were will would you your i me my us he she his her all only just please very really",
        "person people persons folks candidate candidates profile profiles talent talents professional professionals",
        "looking look search searching find finding seek seeking want wanted wants show give get hire hiring source",
        "sourcing recruit shortlist least more than minimum min over about some who've at-least years year yrs yr months",
        "experience experienced expertise experiences exp knowledge background skill skills skilled proficient",
        "proficiency familiar familiarity know knows knowing good great strong solid proven hands-on hands",
        "commercial professional relevant work works worked working works-as job jobs role roles position",
        "positions employed employee employees based located location living lives live living reside residing current",
        "currently now past former formerly previous previously earlier ever before already yet still ago since",
        "speak speaks speaking spoken spoke speaker speakers a1 a2 b1 b2 c1 c2 conversational intermediate",
        "language languages fluent fluently fluency native level hold holds holding",
        "held degree degrees certified certification certifications certificate certificates licensed use used uses",
        "using using via like within around close nearby area region city time times studied study graduated",
        "required require requires requirement mandatory essential up well one two full part ideal such",
        "used left joined became industry industries sector company companies firm firms employer employers",
        "title titled titles called named field fields ones else either then too least most extensive deep",
        "open ready level ex plus advantage asset welcome nice big",
        "relocate relocates relocating relocation move moving moves between bilingual multilingual willing",
    )
)
"""What may stand between conditions unread: it asks for nobody in particular."""
MULTIPLE = re.compile(
    r"\b(near (?:me|us|here|by)|nice[ -]to[ -]have|(?:any|every|all)(?:one|body|thing)?(?: \w+)? but|"
    r"other than|rather than|instead of|at least|hands[ -]on)\b",
    re.I,
)
"""Phrases that are looked at as one word, with hyphens."""


def tokens_of(gap: str) -> list[tuple[str, int, int]]:
    """Return the lower-case words and marks of a text between conditions, with their places."""
    joined = MULTIPLE.sub(lambda found: re.sub(r"\s", "-", found.group()), gap)
    tokens = ((found.group().lower(), found.start(), found.end()) for found in TOKEN.finditer(joined))
    return [("but-not" if word.endswith("-but") else word, start, end) for word, start, end in tokens]
