"""What a path holds to import: people, postings or taxonomy words, cut into parcels that fit one call."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast

from shared.documents import Limits, read_document
from shared.kernel.errors import InvalidInput
from shared.taxonomy.esco import SKILLS_FILE, ImportedTaxonomy, read_esco
from shared.taxonomy.onet import read_onet

Wanted = Literal["auto", "candidates", "postings", "taxonomy"]
ParcelKind = Literal["records", "document", "postings", "posting", "words"]
Record = dict[str, Any]

BATCH = 500
WORDS_BATCH = 1500
LARGEST_FILE = 20_000_000
LARGEST_DATA_FILE = 2_000_000_000
_MOST_ENTRIES = 5_000
_TABLE = Limits(size=LARGEST_DATA_FILE, characters=LARGEST_DATA_FILE)
_DOCUMENTS = {".txt", ".text", ".md", ".markdown", ".pdf", ".docx", ".html", ".htm"}
_ONET_FILE = "Technology Skills.txt"
_LINKEDIN = {"profile.csv", "positions.csv", "education.csv", "skills.csv"}
_JSON_LD = re.compile(r"<script[^>]+application/ld\+json[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Parcel:
    """What one call takes: its kind, where it comes from, how many things it holds, and the things.

    Records are JSON lines: one text passes through the protocol's layers far faster than nested objects.
    """

    kind: ParcelKind
    source: str
    count: int
    content: Any


@dataclass(slots=True)
class Unread:
    """A file that was not even sent: its name, the reason, and what would help."""

    name: str
    reason: str
    fix: str | None


@dataclass(slots=True)
class Sources:
    """The path to import and how to read it."""

    path: Path
    wanted: Wanted = "auto"
    hidden_in: list[str] = field(default_factory=list[str])

    def parcels(self) -> Iterator[Parcel | Unread]:
        """Yield what there is to send, file by file. Raises InvalidInput when there is nothing at all."""
        if not self.path.exists():
            raise InvalidInput(f"{self.path} does not exist.", field="path", fix="Check the path.")
        if not self.path.is_dir():
            yield from self._file(self.path, self.path.name)
            return
        names = {entry.name.casefold() for entry in self.path.iterdir()}
        if SKILLS_FILE in names or _ONET_FILE.casefold() in names:
            yield from _words(self.path)
        elif "profile.csv" in names and names & _LINKEDIN - {"profile.csv"}:
            yield Parcel("document", self.path.name, 1, (f"{self.path.name}.zip", _zipped(self.path)))
        else:
            files = sorted(f for f in self.path.rglob("*") if f.is_file() and not _is_hidden(f, self.path))
            if not files:
                raise InvalidInput(
                    f"{self.path} is empty.", field="path", fix="Name a file or another folder."
                )
            for file in files:
                yield from self._file(file, str(file.relative_to(self.path)))

    def _file(self, file: Path, name: str) -> Iterator[Parcel | Unread]:
        try:
            suffix = file.suffix.casefold()
            size = file.stat().st_size
            if suffix in (".json", ".jsonl", ".ndjson") and size <= LARGEST_DATA_FILE:
                yield from self._json(name, file)
            elif suffix in (".csv", ".tsv") and size <= LARGEST_DATA_FILE:
                yield from _table(name, file)
            elif size > LARGEST_FILE:
                raise InvalidInput(f"{name}: it is larger than 20 MB.", fix="Send a smaller export of it.")
            else:
                yield from self._document(name, file.read_bytes())
        except InvalidInput as error:
            yield Unread(name, error.message, error.fix)
        except OSError as error:
            yield Unread(name, f"{name}: {error.strerror}.", "Check that it can be read.")
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):  # damaged, or locked by a password
            yield Unread(name, f"{name}: the archive cannot be unpacked.", "Unpack it first.")

    def _document(self, name: str, data: bytes) -> Iterator[Parcel | Unread]:
        if data.startswith(b"PK\x03\x04") and not name.casefold().endswith(".docx"):
            yield from self._archive(name, data)
            return
        suffix = Path(name).suffix.casefold()
        if suffix in (".html", ".htm") and self.wanted != "candidates":
            postings = [
                found for text in _JSON_LD.findall(data.decode(errors="replace")) for found in _objects(text)
            ]
            if any(is_posting(posting) for posting in postings):
                yield Parcel("postings", name, len(postings), postings)
                return
        if self.wanted == "candidates" or suffix not in _DOCUMENTS:
            yield Parcel("document", name, 1, (name, data))
            return
        document = read_document(name, data)
        if self.wanted == "postings" or reads_like_posting(document.text):
            if document.hidden:
                self.hidden_in.append(name)
            yield Parcel("posting", name, 1, document.text)
        else:
            yield Parcel("document", name, 1, (name, data))

    def _archive(self, name: str, data: bytes) -> Iterator[Parcel | Unread]:
        """A LinkedIn export goes as it is; any other archive by the documents in it."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            stems = {entry.filename.rsplit("/", 1)[-1].casefold() for entry in entries}
            if "profile.csv" in stems and stems & _LINKEDIN - {"profile.csv"}:
                yield Parcel("document", name, 1, (name, data))
                return
            if len(entries) > _MOST_ENTRIES:
                raise InvalidInput(
                    f"{name}: it holds more than {_MOST_ENTRIES} files.", fix="Unpack it first."
                )
            for entry in entries:
                inner = f"{name}/{entry.filename}"
                if entry.file_size > LARGEST_FILE or entry.file_size > 200 * max(entry.compress_size, 5_000):
                    yield Unread(
                        inner, f"{inner}: it unpacks to far more than a document.", "Send it by itself."
                    )
                elif Path(entry.filename).suffix.casefold() in _DOCUMENTS:
                    yield from self._document(inner, archive.read(entry))
                else:
                    yield Unread(inner, f"{inner}: this type is not read in archives.", "Unpack it first.")

    def _json(self, name: str, file: Path) -> Iterator[Parcel | Unread]:
        postings: list[Record] = []
        people: list[str] = []
        for record in _json_records(name, file):
            if self.wanted == "postings" or (self.wanted == "auto" and is_posting(record)):
                postings.append(record)
            else:
                people.append(_line(record))
            if len(people) == BATCH:
                yield Parcel("records", name, BATCH, ("auto", people))
                people = []
        if people:
            yield Parcel("records", name, len(people), ("auto", people))
        for start in range(0, len(postings), BATCH):
            part = postings[start : start + BATCH]
            yield Parcel("postings", name, len(part), part)


def is_posting(record: Record) -> bool:
    """Tell a posting by its shape: schema.org JobPosting or Greenhouse Job Board."""
    kinds = record.get("@type")
    return (
        kinds == "JobPosting" or "JobPosting" in (kinds or []) or {"title", "absolute_url"} <= record.keys()
    )


_POSTING_WORDS = re.compile(
    r"\b(?:we are (?:looking|hiring|seeking)|we offer|you will|you have|you are|you'll|your (?:profile|role|tasks|r[ée]sum[ée]|cv)"
    r"|the role|job description|apply (?:now|today|by|for)|how to apply|equal opportunity|join (?:us|our)"
    r"|about (?:us|the (?:role|job|company|team))|this (?:role|position)|the (?:ideal|successful|selected) candidate"
    r"|candidates? (?:must|should|will)|what we offer|salary range|major duties|minimum qualifications|who you are)\b"
    r"|^\W*(?:requirements|benefits|responsibilities|duties|qualifications)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_RESUME_WORDS = re.compile(
    r"\b(?:curriculum vitae|references available|date of birth|marital status|linkedin\.com/in"
    r"|email me on indeed|gpa|bachelor of|master of)\b|[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:19|20)\d\d\s*(?:[-–]|to|\s)\s*(?:\w+ )?(?:(?:19|20)\d\d|present|current)\b"
    r"|^\W*(?:r[ée]sum[ée]|objective|hobbies|education|references|(?:career|employment|work|job) history|skills"
    r"|(?:(?:work|professional|relevant) )?experience)\W*$",
    re.IGNORECASE | re.MULTILINE,
)


def reads_like_posting(text: str) -> bool:
    """Tell whether a text describes a role rather than a person, by the words that each one uses."""
    return len(_POSTING_WORDS.findall(text)) > len(_RESUME_WORDS.findall(text))


def _is_hidden(file: Path, root: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)


def _objects(text: str) -> list[Record]:
    try:
        content = json.loads(text)
    except ValueError:
        return []
    return list(_unwrapped(content))


def _unwrapped(content: Any) -> Iterator[Record]:
    """Yield the records of a JSON value: a list, a list under ``jobs`` or ``candidates``, a graph, or itself."""
    if isinstance(content, list):
        for item in cast(list[Any], content):
            yield from _unwrapped(item)
    elif isinstance(content, dict):
        record = cast(Record, content)
        inner = next(
            (record[k] for k in ("jobs", "candidates", "@graph") if isinstance(record.get(k), list)), None
        )
        if inner is None:
            yield record
        else:
            yield from _unwrapped(inner)


def _json_records(name: str, file: Path) -> Iterator[Record]:
    try:
        if file.suffix.casefold() == ".json":
            yield from _unwrapped(json.loads(file.read_bytes()))
            return
        with file.open(encoding="utf-8-sig") as lines:
            for line in lines:
                if line.strip():
                    yield from _unwrapped(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name}: it is not valid JSON.", fix="Export it again.") from error


def _table(name: str, file: Path) -> Iterator[Parcel]:
    text = read_document(file.name, file.read_bytes(), _TABLE).text
    sample = text[:8192]
    delimiter = max(",;\t|", key=lambda mark: sample.split("\n", 1)[0].count(mark))
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    # Every row goes with every column, so that each batch is mapped alike.
    records = ({key: value or "" for key, value in row.items() if key} for row in rows)
    for batch in batched((r for r in records if any(r.values())), BATCH):
        yield Parcel("records", name, len(batch), ("csv", [_line(record) for record in batch]))


def batched(items: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """Yield lists of at most ``size`` items."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def _line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False)


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, file.name)
    return buffer.getvalue()


def _words(folder: Path) -> Iterator[Parcel]:
    files = {f.name: f for f in folder.iterdir() if f.suffix.casefold() in (".csv", ".txt")}
    texts = {name: f.read_text(encoding="utf-8-sig", errors="replace") for name, f in files.items()}
    imported: ImportedTaxonomy = read_esco(texts) if SKILLS_FILE in texts else read_onet(texts)
    for kind, entries in (("skills", imported.skills), ("occupations", imported.occupations)):
        for batch in batched((asdict(entry) for entry in entries), WORDS_BATCH):
            yield Parcel("words", folder.name, len(batch), {kind: batch})
