"""Which few words name a job, which an employer, and which neither."""

import re
from functools import lru_cache

from shared.resume.sections import is_heading
from shared.taxonomy import Taxonomy, find_places, seniority_of

_EMPLOYER = re.compile(
    r"\b(?:inc|ltd|limited|llc|llp|plc|gmbh|ag|corp|corporation|co|company|pvt|private|university|college|school"
    r"|schools|institute|institution|academy|bank|group|technologies|technology|tech|solutions|services|systems|labs"
    r"|laboratories|laboratory|hospital|clinic|department|dept|agency|ministry|foundation|association|council"
    r"|consulting|consultants|consultancy|software|industries|international|motors|partners|holdings|enterprises"
    r"|studio|studios|centre|center|church|museum|library|restaurant|hotel|airlines|insurance|infotech"
    r"|media|magazine|press|society|trust|bureau|office|army|navy|air force|store|shop|stores|firm|commission"
    r"|authority|district|board|communications|networks|pharma|pharmaceuticals|financial|airways|publishers?|publishing"
    r"|publication|publications|employers? name)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:intern(?:ship)?|trainee|assistant|associate|officer|member|volunteer|specialist|manager|engineer|developer"
    r"|programmer|analyst|consultant|designer|administrator|director|supervisor|coordinator|co-ordinator|lead|leader"
    r"|head|executive|representative|advisor|adviser|teacher|tutor|instructor|lecturer|professor|fellow|researcher"
    r"|scientist|architect|technician|mechanic|operator|clerk|secretary|accountant|auditor|nurse|editor|writer"
    r"|copywriter|journalist|photographer|producer|artist|mentor|coach|trainer|planner|estimator|buyer|agent"
    r"|president|chair|founder|owner|partner|contractor|freelancer?|apprentice|worker|driver|cook|chef|cashier"
    r"|salesman|sales person|webmaster|tester|strategist|ceo|cto|cfo|coo|cio|vp|svp|president|principal|chief"
    r"|counselor|counsellor|librarian|facilitator|organizer|liaison|guide|server|bartender|laborer|expert"
    r"|student|monitor|guard|attendant|receptionist|steward|drafter|surveyor|inspector|examiner|practitioner"
    r"|therapist|advertiser|animator|reporter|presenter|merchandiser|postdoc\w*|retoucher"
    r"|illustrator|scrum master|qa|rep|reps|aide|wait(?:er|ress|person|staff)|newsreader|newscaster|anchor|lawyer|attorney"
    r"|paralegal|counsel|economist|machinist|millwright|maker|translator|interpreter|linguist|contributor|trader|broker"
    r"|banker|adjunct|educator|captain|janitor|nanny|carer|caregiver|ranger|dispatcher|dean|superintendent|host|hostess"
    r"|fellowship|postdoctoral|teaching)\b",
    re.IGNORECASE,
)
# Products and phrases that hold a word of a title.
_NO_TITLE = re.compile(
    r"\b(?:(?:google|voice|smart|ai|digital) assistant|(?:sql|windows|web|exchange|application|app|file|mail|iis|linux"
    r"|foundation|biztalk|sharepoint|proxy|dns|apache|tomcat|print|report|reporting|media|database|ms|microsoft) servers?"
    r"|lead generation|leads|head office|expert systems?|(?:user|style) guides?|server (?:side|20\d\d)|server agent"
    r"|student (?:union|council|organi[sz]ation|teaching evaluations?))\b",
    re.IGNORECASE,
)
MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|tember|ober)?\.?",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(
    r"^(?:[a-z]|\(|(?:[Ww]ork(?:ed|ing)|[Rr]esponsible|[Cc]urrently)\s|(?:\w+(?:ed|ing)|[Bb]uilt|[Ll]ed|[Ww]r[io]te)\s+[a-z])"
)
_NO_EMPLOYER = re.compile(
    r"(?:(?:early|late|mid)?\W*(?:spring|summers?|autumn|fall|winter)\W*(?:of)?\W*[\d/ -]*|.*\b(?:19|20)(?:\d\d|xx)\b.*"
    r"|\$.*|team size.*|\W*(?:present|current|now|to date|duration|salary|status|project|product|position|company"
    r"|client|resume|environment|platform|role"
    r"|references?|dates?|ongoing|history|supervisor|website|web|url|reason for leaving|achievements?|responsibilities|duties"
    r"|employers?(?:['’]s)? name|company(?: name)?|name of (?:company|employer)"
    r"|part[- ]time|full[- ]time|permanent|contract|remote|freelance|short[- ]term\b.*|member of .*|membership .*)\W*)",
    re.IGNORECASE,
)
_MOST_WORDS = 9
_FEW_WORDS = 3
_LAST_PLAIN = re.compile(r"\s[a-z]+$")


@lru_cache(maxsize=16384)
def is_title(text: str) -> bool:
    """Tell whether a few words name a job."""
    if len(text.split()) > 9:
        return False
    text = _NO_TITLE.sub(" ", text)
    return bool(_TITLE.search(text) or Taxonomy.compact().find_occupations(text) or seniority_of(text))


def is_employer(text: str) -> bool:
    """Tell whether a few words name an organisation, by the kind of words that organisations have."""
    return bool(_EMPLOYER.search(text))


def can_employ(piece: str) -> bool:
    """Tell what may be an organisation's name from seasons, labels, headings, places and sentences."""
    if _SENTENCE_START.match(piece) or _NO_EMPLOYER.fullmatch(piece) or MONTH.fullmatch(piece):
        return False
    if not piece[-1:].isdigit() and not is_employer(piece) and _LAST_PLAIN.search(piece):
        return False
    words = [word for word in piece.split() if len(word) > 3]
    plain = sum(1 for word in words if word.islower())
    sentence = plain * 2 > len(words) and len(words) > _FEW_WORDS
    if len(piece.split()) > _MOST_WORDS or sentence or is_heading(piece):
        return False
    return not any(not m.start and m.end == len(piece) and m.place.kind != "city" for m in find_places(piece))


def ends_as_title(piece: str) -> bool:
    """Tell ``Software Eng Lead``, whose last word names a job, from ``Lead Software``."""
    return bool(_TITLE.search(piece.split()[-1]))
