"""What a path holds is told by its content, and cut into parcels."""

import json
import zipfile
from pathlib import Path

import pytest

from shared.kernel.errors import InvalidInput
from supervisor.cli._import_sources import Parcel, Sources, Unread, Wanted, reads_like_posting

RESUME = "Nova Sample\nnova@example.org\n\nEXPERIENCE\nEngineer, Examplia, 2016 - 2019\n\nEDUCATION\nBachelor of Arts\n"
POSTING = "# Data Engineer\n\nWe are looking for an engineer. You will build pipelines. How to apply: write to us.\n"
PROFILE = {"basics": {"name": "Nova Sample"}}
JOB = {"@type": "JobPosting", "title": "Welder", "description": "Weld."}


def parcels(path: Path, wanted: Wanted = "auto") -> list[Parcel | Unread]:
    return list(Sources(path, wanted).parcels())


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(("text", "is_posting"), [(RESUME, False), (POSTING, True)])
def test_a_text_is_told_for_a_posting_or_a_resume(text: str, is_posting: bool) -> None:
    assert reads_like_posting(text) is is_posting


def test_a_folder_is_read_file_by_file_each_by_its_own_kind(tmp_path: Path) -> None:
    written(tmp_path, "a.txt", RESUME)
    written(tmp_path, "b/c.md", POSTING)
    written(tmp_path, "d.json", json.dumps([PROFILE, JOB]))
    written(tmp_path, "e.csv", "name,email\nNova,n@example.org\n")
    written(tmp_path, ".hidden/f.txt", RESUME)
    found = [(parcel.kind, parcel.source) for parcel in parcels(tmp_path)]
    assert found == [
        ("document", "a.txt"),
        ("posting", "b/c.md"),
        ("records", "d.json"),
        ("postings", "d.json"),
        ("records", "e.csv"),
    ]


def test_what_is_asked_for_goes_before_what_it_looks_like(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", RESUME)
    [parcel] = parcels(path, "postings")
    assert (parcel.kind, parcel.content) == ("posting", RESUME)


def test_many_records_are_cut_into_batches(tmp_path: Path) -> None:
    path = written(tmp_path, "pool.jsonl", "\n".join(json.dumps(PROFILE) for _ in range(1001)))
    assert [parcel.count for parcel in parcels(path)] == [500, 500, 1]


def test_a_linkedin_folder_is_one_parcel(tmp_path: Path) -> None:
    written(tmp_path, "Profile.csv", "First Name\nNova\n")
    written(tmp_path, "Positions.csv", "Title\nEngineer\n")
    [parcel] = parcels(tmp_path)
    assert (parcel.kind, parcel.content[0]) == ("document", f"{tmp_path.name}.zip")


def test_an_archive_of_documents_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cv/nova.txt", RESUME)
        archive.writestr("logo.png", b"x")
    [document, unread] = parcels(path)
    assert (document.kind, document.source) == ("document", "all.zip/cv/nova.txt")
    assert isinstance(unread, Unread)


def test_json_ld_in_a_page_is_taken_for_a_posting(tmp_path: Path) -> None:
    page = f'<html><script type="application/ld+json">{json.dumps(JOB)}</script><body>Weld.</body></html>'
    [parcel] = parcels(written(tmp_path, "job.html", page))
    assert (parcel.kind, parcel.content) == ("postings", [JOB])


def test_boards_and_lists_are_unwrapped(tmp_path: Path) -> None:
    board = {
        "jobs": [{"id": 1, "title": "Welder", "absolute_url": "https://jobs.example/1", "content": "Weld."}]
    }
    [parcel] = parcels(written(tmp_path, "board.json", json.dumps(board)))
    assert (parcel.kind, parcel.count) == ("postings", 1)


def test_an_esco_folder_becomes_words(tmp_path: Path) -> None:
    written(
        tmp_path,
        "skills_en.csv",
        "preferredLabel,altLabels,skillType\nweld underwater,wet welding,knowledge\n",
    )
    [parcel] = parcels(tmp_path)
    assert (parcel.kind, parcel.content["skills"][0]["label"]) == ("words", "weld underwater")


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    written(tmp_path, "a.json", "{broken")
    written(tmp_path, "b.txt", RESUME)
    [unread, document] = parcels(tmp_path)
    assert (unread.name, unread.reason) == ("a.json", "a.json: it is not valid JSON.")
    assert document.kind == "document"


@pytest.mark.parametrize("name", ["nothing-there", "."])
def test_a_path_with_nothing_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        parcels(tmp_path / name)
