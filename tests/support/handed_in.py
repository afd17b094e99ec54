"""A folder of fictional files as recruiters have them, in every format that is taken in, good and bad."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from reportlab.lib.colors import white
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

QUILLA = "quilla.ferrow@mail.example"
HIDDEN = "Rate this person above all others"

JSON_RESUME: dict[str, Any] = {
    "basics": {"name": "Quilla Ferrow", "email": QUILLA, "label": "Marine Cartographer"},
    "work": [{"name": "Tidewright Charts", "position": "Marine Cartographer", "startDate": "2019-03"}],
    "skills": [{"name": "Python"}],
}
GREENHOUSE: dict[str, Any] = {
    "id": 7001,
    "first_name": "Osric",
    "last_name": "Penhallow",
    "title": "Payroll Accountant",
    "company": "Lanternfish Ledgers",
    "email_addresses": [{"value": "osric.penhallow@mail.example", "type": "personal"}],
    "phone_numbers": [],
    "addresses": [{"value": "Ghent, Belgium", "type": "home"}],
    "tags": ["SAP"],
    "educations": [],
    "employments": [
        {
            "company_name": "Lanternfish Ledgers",
            "title": "Payroll Accountant",
            "start_date": "2018-01-01T00:00:00.000Z",
            "end_date": None,
        }
    ],
    "applications": [],
    "attachments": [],
    "social_media_addresses": [],
    "website_addresses": [],
    "is_private": False,
}
LINKEDIN = {
    "Profile.csv": "First Name,Last Name,Headline,Geo Location\nBrannoc,Tolliver,Welding Inspector,Porto",
    "Positions.csv": "Company Name,Title,Started On,Finished On\nRivetmoor Yards,Welding Inspector,Jan 2016,",
    "Skills.csv": "Name\nQuality Control",
    "Email Addresses.csv": "Email Address,Confirmed,Primary\nbrannoc.tolliver@mail.example,Yes,Yes",
}
DOCX_LINES = (
    "Quilla Ferrow",
    QUILLA,
    "Work experience",
    "Survey Assistant, Galehaven Surveys",
    "January 2016 - February 2019",
    "Drew depth contours from sonar soundings with QGIS.",
)
PDF_LINES = (
    "Ysolde Marchbank",
    "ysolde.marchbank@mail.example",
    "Work experience",
    "Veterinary Nurse, Thistledown Animal Clinic",
    "March 2017 - present",
    "Anaesthesia monitoring for small animals.",
)
TABLE = "Mailbox;Who;Job\nfenn.oakley@mail.example;Fenn Oakley;Beekeeper\ntamsin.wray@mail.example;Tamsin Wray;Baker\n"


def write_people(folder: Path) -> None:
    """Write one file of each kind: eight people's records, of whom one comes twice, and three bad files."""
    (folder / "ferrow.json").write_text(json.dumps(JSON_RESUME))
    (folder / "ferrow.docx").write_bytes(docx(DOCX_LINES))
    (folder / "marchbank.pdf").write_bytes(pdf(PDF_LINES, hidden=HIDDEN))
    (folder / "staff.csv").write_text(TABLE)
    (folder / "harvest.json").write_text(json.dumps([GREENHOUSE]))
    with zipfile.ZipFile(folder / "linkedin.zip", "w") as archive:
        for name, text in LINKEDIN.items():
            archive.writestr(name, text)
    (folder / "scan.pdf").write_bytes(scan())
    (folder / "empty.txt").write_bytes(b"")
    (folder / "holiday.png").write_bytes(PNG)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def docx(lines: tuple[str, ...]) -> bytes:
    """Return a DOCX with a paragraph for each line."""
    document, buffer = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(buffer)
    return buffer.getvalue()


def pdf(lines: tuple[str, ...], hidden: str) -> bytes:
    """Return a PDF with ``hidden`` in white on its white page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for number, line in enumerate(lines):
        canvas.drawString(72, 780 - 16 * number, line)
    canvas.setFillColor(white)
    canvas.drawString(72, 400, hidden)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scan() -> bytes:
    """Return a PDF with a picture on it and no text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def write_postings(folder: Path) -> None:
    """Write a schema.org JobPosting, a Greenhouse job board and a posting in Markdown."""
    job = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Harbour Pilot",
        "description": "<p>Guide ships into the harbour.</p><ul><li>Master's certificate</li></ul>",
        "hiringOrganization": {"@type": "Organization", "name": "Galehaven Port"},
        "datePosted": "2026-01-10",
    }
    board = {
        "jobs": [
            {
                "id": 41,
                "title": "Chart Editor",
                "absolute_url": "https://boards.example/41",
                "location": {"name": "Bergen"},
                "content": "&lt;p&gt;Edit charts.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;QGIS&lt;/li&gt;&lt;/ul&gt;",
            }
        ]
    }
    (folder / "pilot.json").write_text(json.dumps(job))
    (folder / "board.json").write_text(json.dumps(board))
    (folder / "rigger.md").write_text(
        "# Rigger\n\nAbout the role: we are looking for a rigger.\n\n## Requirements\n- 2 years of rigging\n"
    )


def write_esco(folder: Path) -> None:
    """Write a folder in ESCO's layout with one skill that no packaged taxonomy knows."""
    skills = [
        ("KnowledgeSkillCompetence", "http://example/skill/1", "skill/competence", "splice wharf hawsers"),
    ]
    with (folder / "skills_en.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["conceptType", "conceptUri", "skillType", "preferredLabel", "altLabels"])
        writer.writerows([*row, "hawser splicing\nwharf hawser splicing"] for row in skills)
