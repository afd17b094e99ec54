"""The sentences that summaries and headlines are made of. All written for this pool."""

SUMMARIES = (
    "{Title} with {years} years of experience, mostly in {industry}. "
    "At home in {skill}, {skill2} and {skill3}.",
    "I have worked as {a_title} for {years} years. My strengths are {skill} and {skill2}; "
    "lately also {skill3}.",
    "{years} years in {field}, the last of them at {firm}. I like {thing} and know {skill} well.",
    "Hands-on {title} who enjoys {skill} and explains it to people who have never heard of it.",
    "Career in {field} since {since}. Focus on {skill}, {skill2} and {skill3}. "
    "Looking for a team that cares.",
    "{Title}. {years} years, {firms} employers, one habit: leave things tidier than I found them. "
    "Tools I reach for: {skill}, {skill2}.",
    "After {years} years around {thing}, I want to use {skill} and {skill2} on a larger stage.",
    "Reliable {title}, used to working with {skill} under pressure. "
    "Also experienced in {skill2} and {skill3}.",
    "What I do best: {skill}. What I did most: {thing}. What I am learning now: {skill2}.",
    "{Title} in {industry}. I have taken {thing} from idea to daily use, with {skill} and "
    "{skill2} at its heart.",
    "Known among colleagues for calm in busy weeks and for solid {skill}. {years} years of practice.",
    "Background in {field} with {years} years of practice in {skill}; comfortable with {skill2} as well.",
)

HEADLINES = (
    "{Title}",
    "{Title}",
    "{Title} at {firm}",
    "{Title} | {skill} | {skill2}",
    "{Title}, {industry}",
)

ALIASES = {
    "Kubernetes": "k8s",
    "JavaScript": "JS",
    "TypeScript": "TS",
    "PostgreSQL": "Postgres",
    "Amazon Web Services": "AWS",
    "Google Cloud Platform": "GCP",
    "Microsoft Azure": "Azure",
    "Machine Learning": "ML",
    "Natural Language Processing": "NLP",
    "Apache Spark": "Spark",
    "Apache Kafka": "Kafka",
    "Apache Airflow": "Airflow",
    "Google BigQuery": "BigQuery",
    "Microsoft Excel": "Excel",
    "React": "ReactJS",
    "Node.js": "NodeJS",
    "Vue.js": "Vue",
    "Go": "Golang",
    "Terraform": "terraform",
    "Continuous Improvement": "Kaizen",
    "Search Engine Optimization": "SEO",
    "Customer Relationship Management": "CRM",
    "Cardiopulmonary Resuscitation": "CPR",
    "Electronic Health Records": "EHR",
}

LEVELS = ((8.0, "Expert"), (4.0, "Advanced"), (1.5, "Intermediate"), (0.0, "Basic"))

STUDY = {
    "certificate": "Certificate",
    "apprenticeship": "Apprenticeship",
    "associate": "Associate Degree",
    "bachelor": "Bachelor",
    "master": "Master",
    "doctorate": "PhD",
}
BACHELORS = ("Bachelor of Science", "BSc", "Bachelor's degree", "B.Sc.", "Bachelor")
MASTERS = ("Master of Science", "MSc", "Master's degree", "M.Sc.", "Master")
SECOND_LANGUAGE_LEVELS = ("A2", "B1", "B1", "B2", "B2", "C1", "C1", "C2")
