"""Sentences with a blank for what they speak of, and everything else a résumé is made of. All of it is invented."""

ASKS = (
    "{0}",
    "Experience with {0}",
    "Hands-on experience in {0}",
    "Solid knowledge of {0}",
    "Confident with {0}",
    "You bring {0}",
)
LISTED = "{0}"
NEGATED = (
    "No experience with {0} so far.",
    "I have not worked with {0} yet.",
    "{0} is something I have never done.",
    "Never had to do with {0}.",
    "I lack {0}, as my employers bought it in.",
    "To be open about it: {0} is not among what I can do.",
    "Without any practice in {0} until now.",
)
WISHED = (
    "Would like to learn {0}.",
    "In my next position I hope to get into {0}.",
    "Keen to move towards {0} in the coming years.",
    "Curious about {0} and reading up on it in the evenings.",
    "Looking for an employer who would teach me {0}.",
    "My aim: to become good at {0} one day.",
)
OTHERS = (
    "{1} took care of {0}; I kept the calendar",
    "Sat next to {1}, who did the {0}",
    "{0} was done by {1}, not by my team",
    "Booked travel and rooms for {1} and their {0}",
)
BUSINESS = (
    "Receptionist duties at a firm known for {0}",
    "Sold tickets for a trade fair on {0}",
    "Delivered post to offices in which {0} was taught",
    "My employer advertised {0}; I looked after the car park",
)
COURSES = (
    "Attended a two-day introduction to {0}",
    "Evening course on {0}, not finished yet",
    "Took a webinar series about {0}",
    "Currently in a beginners' class for {0}",
)
ASSISTED = (
    "Assisted senior colleagues with {0}",
    "Looked over the shoulder of experts during {0} and handed them what they needed",
    "First exposure to {0} as a helper during one placement",
)
FILLERS = (
    "Wrote a short report every Friday",
    "Took part in the morning round with the whole crew",
    "Kept the common kitchen list",
    "Stood in for absent colleagues at short notice",
    "Represented the crew in the works council",
    "Carried the duty phone every fourth weekend",
    "Welcomed visitors and new starters",
    "Moved with the company to its new building",
    "Wrote two articles for the staff newsletter",
    "Was first aider for the floor",
    "Looked after the archive of older files",
    "Answered questions of other branches",
    "Kept deadlines through two mergers",
    "Organised the summer party for eighty guests",
    "Checked incoming mail and passed it on",
    "Ordered stationery and protective clothing",
    "Took minutes in the monthly meeting",
    "Tidied up the shared drive",
    "Worked part of the week from another location",
    "Reported near accidents and suggested remedies",
    "Handed over open tasks before each holiday",
    "Worked closely with two neighbouring departments",
    "Kept the notice board up to date",
    "Helped to choose new office chairs",
    "Took over an abandoned task and brought it to its end",
    "Stayed calm when the power failed",
    "Drove the company's electric van now and then",
    "Filled the suggestion box more than anybody else",
    "Waited for signatures and chased them",
    "Gave farewell speeches for three retiring colleagues",
)
SUMMARIES = (
    "{name} is known for steady work; colleagues call {them} reliable.",
    "Steady and reliable: ask those who worked with {them}.",
    "{they} can start after the usual notice. Former employers speak well of {them}.",
)
HOBBIES = ("choir", "long walks", "chess", "gardening", "swimming", "old films", "baking bread")

EMPLOYERS_FIRST = (
    "Quillfern", "Ostervane", "Pellmarsh", "Dunwick", "Harrowgale", "Brindlewood", "Tamsin Cross", "Marlow Heath",
    "Eastmere", "Northgate", "Silverdown", "Kestrel Bay", "Oakhollow", "Fennimore", "Larkspur", "Windlestone",
)  # fmt: skip
EMPLOYERS_LAST = (
    "& Pell",
    "Works",
    "Group",
    "Brothers",
    "House",
    "Partners",
    "Union",
    "& Daughters",
    "Company",
)
OLD_TRADES = (
    ("Shop Assistant", "Bakery counter and till"),
    ("Call Centre Agent", "Took orders over the telephone"),
    ("Postal Carrier", "Delivered letters to nine hundred addresses"),
    ("Taxi Driver", "Drove guests at night"),
    ("Cinema Projectionist", "Showed films and swept the hall"),
    ("Lifeguard", "Watched over the outdoor pool"),
)
SCHOOLS = (
    "University of Invented Studies", "Fictional Institute", "Sample State University", "Academy of Made-up Arts",
    "Polytechnic of Nowhere", "Placeholder College",
)  # fmt: skip
OTHER_FIELDS = ("musicology", "theology", "philosophy", "archaeology", "dance")
CITIES = {
    "DE": ("Hamburg", "Munich", "Leipzig", "Cologne"),
    "FR": ("Lyon", "Toulouse", "Nantes"),
    "ES": ("Valencia", "Seville", "Bilbao"),
    "PL": ("Gdansk", "Krakow", "Poznan"),
    "GB": ("Manchester", "Leeds", "Bristol"),
    "US": ("Denver", "Chicago", "Seattle", "Boston"),
    "NL": ("Rotterdam", "Utrecht"),
    "SE": ("Gothenburg", "Malmo"),
}
COUNTRIES = {
    "DE": "Germany", "FR": "France", "ES": "Spain", "PL": "Poland", "GB": "United Kingdom", "US": "United States",
    "NL": "Netherlands", "SE": "Sweden",
}  # fmt: skip
LANGUAGES = (
    ("German", "de"), ("French", "fr"), ("Spanish", "es"), ("Polish", "pl"), ("Italian", "it"), ("Dutch", "nl"),
    ("Portuguese", "pt"), ("Turkish", "tr"), ("Arabic", "ar"), ("Japanese", "ja"),
)  # fmt: skip
LEVELS = ("A2", "B1", "B2", "C1", "C2")
LEVEL_WORDS = {
    "A2": "basic",
    "B1": "intermediate",
    "B2": "upper intermediate",
    "C1": "fluent",
    "C2": "near-native",
}

NAMES = {
    "British women": ("Florence Placeholder", "Ruby Placeholder", "Harriet Specimen"),
    "British men": ("Kelvin Placeholder", "Chase Specimen", "Basil Exemplar"),
    "German women": ("Käthe Musterfrau", "Julia Beispiel", "Anneliese Muster-Weiß"),
    "German men": ("Jörg Mustermann", "Pascal Beispiel", "Götz Musterer"),
    "Spanish women": ("Paris Ejemplo", "Inés Muestra Ejemplar", "Dolores Ejemplo"),
    "Spanish men": ("German Ejemplo", "Íñigo Muestra", "Jesús Ejemplar"),
    "Polish women": ("Łucja Przykładowska", "Żaneta Wzorcowa", "Agnieszka Wzór"),
    "Polish men": ("Łukasz Przykładowski", "Grzegorz Wzorowy", "Kazimierz Wzór"),
    "Turkish women": ("Şule Örnek", "Gülşen Misal", "İpek Örnekli"),
    "Turkish men": ("Çağrı Örnek", "Oğuz Misal", "Yiğit Örnekli"),
    "Nigerian women": ("Ngozi Apeere", "Folasade Awose", "Chiamaka Ihemmuta"),
    "Nigerian men": ("Babatunde Apeere", "Obinna Ihemmuta", "Segun Awose"),
    "Vietnamese women": ("Nguyễn Thị Mẫu", "Trần Thị Ví Dụ", "Lê Mẫu Anh"),
    "Vietnamese men": ("Phạm Văn Mẫu", "Đỗ Ví Dụ", "Võ Mẫu Bình"),
    "Indian women": ("Namuna Udaharan", "Priya Namunawala", "Lakshmi Udaharanam"),
    "Indian men": ("Rajesh Udaharan", "Suresh Namunawala", "Venkat Udaharanam"),
}
PRONOUNS = {"women": ("she", "her"), "men": ("he", "him")}
STREETS = (
    ("12 Elm Street", "20095"), ("7 Imaginary Lane", "10115"), ("221 Long Avenue", "69002"), ("4 Mosque Road", "46001"),
    ("98 Golf Drive", "80331"), ("3 Harbour Way", "30-002"),
)  # fmt: skip
