"""Projects and the revisions of what they ask for."""

from typing import Any

from servers.projects.core.approvals import require_person
from servers.projects.core.consent import spend_approval
from servers.projects.core.models import (
    ApprovedRequirements,
    CreatedProject,
    Project,
    ProjectPage,
    RevisionDocument,
    RevisionHistory,
)
from servers.projects.core.ports import Book, Ledger
from servers.projects.core.revisions import check_requirements, diff_requirements
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed
from shared.wire.facts import ProjectRef
from shared.wire.requirements import Requirements, RequirementsRef


async def load_project(book: Book, project_id: str, *, lock: bool = False) -> Project:
    """Return the tenant's project, or raise NotFound."""
    project = await book.project(project_id, lock=lock)
    if project is None:
        raise NotFound("no such project", field="project_id")
    return project


async def load_revision(book: Book, project_id: str, revision: int) -> RevisionDocument:
    """Return one revision, or raise NotFound."""
    document = await book.revision(project_id, revision)
    if document is None:
        raise NotFound("no such revision of the requirements", field="revision")
    return document


class Openings:
    """Creates, lists, revises and approves."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def create(
        self,
        caller: Principal,
        requirements: Requirements,
        posting_id: str | None,
        wanted: int,
        call: str | None = None,
    ) -> CreatedProject:
        """Open a project with revision 1 of its requirements, not yet approved.

        ``call`` is the name the caller gave this call; repeated, it returns the project it opened then.
        """
        check_requirements(requirements)
        now = self._clock.now()
        project = Project(
            project_id=new_id("proj"),
            title=requirements.title.strip(),
            status="draft",
            revision=1,
            approved_revision=None,
            wanted=wanted,
            posting_id=posting_id,
            created_by=caller.subject,
            created_at=now,
            updated_at=now,
        )
        async with self._ledger.begin(caller.tenant) as book:
            if opened := await book.receipt(call):
                return CreatedProject(project=ProjectRef(project_id=opened, revision=1))
            await book.add_receipt(call, project.project_id)
            await book.add_project(project)
            await book.add_revision(
                RevisionDocument(
                    project_id=project.project_id,
                    revision=1,
                    changed_by=caller.subject,
                    changed_at=now,
                    note="first draft",
                    changes=[],
                    requirements=requirements,
                )
            )
            await _tell(book, caller, "created", project.project_id, revision=1)
        return CreatedProject(project=ProjectRef(project_id=project.project_id, revision=1))

    async def redraft(self, caller: Principal, ref: ProjectRef, requirements: Requirements) -> CreatedProject:
        """Take in requirements that were drafted again, as a new revision where they differ."""
        async with self._ledger.begin(caller.tenant) as book:
            project = await load_project(book, ref.project_id)
            latest = await load_revision(book, ref.project_id, project.revision)
        revision = project.revision
        if diff_requirements(latest.requirements, requirements):
            revised = await self.revise(caller, ref.project_id, requirements, revision, "drafted again")
            revision = revised.revision
        return CreatedProject(project=ProjectRef(project_id=ref.project_id, revision=revision))

    async def get(self, caller: Principal, project_id: str) -> Project:
        async with self._ledger.begin(caller.tenant) as book:
            return await load_project(book, project_id)

    async def list(self, caller: Principal, like: str | None, cursor: str | None, limit: int) -> ProjectPage:
        """Return projects, newest first; with ``like``, only those whose titles share words with it."""
        before = read_cursor(cursor, "projects", caller.tenant, like)
        async with self._ledger.begin(caller.tenant) as book:
            rows = await book.projects(like=like, before=before, limit=limit + 1)
        page = rows[:limit]
        more = len(rows) > limit
        following = write_cursor(page[-1].project_id, "projects", caller.tenant, like) if more else None
        return ProjectPage(projects=page, next_cursor=following)

    async def revise(
        self,
        caller: Principal,
        project_id: str,
        requirements: Requirements,
        expected_revision: int,
        note: str,
    ) -> RevisionDocument:
        """Write the next revision if nobody else did since ``expected_revision``."""
        check_requirements(requirements)
        async with self._ledger.begin(caller.tenant) as book:
            project = await load_project(book, project_id, lock=True)
            if project.revision != expected_revision:
                raise Conflict(
                    f"the requirements are at revision {project.revision} by now",
                    field="expected_revision",
                    fix="Read that revision and repeat the change on it.",
                )
            before = await load_revision(book, project_id, project.revision)
            changes = diff_requirements(before.requirements, requirements)
            if not changes:
                raise InvalidInput("this changes nothing", field="requirements")
            now = self._clock.now()
            document = RevisionDocument(
                project_id=project_id,
                revision=project.revision + 1,
                changed_by=caller.subject,
                changed_at=now,
                note=note,
                changes=changes,
                requirements=requirements,
            )
            await book.add_revision(document)
            newer = {"revision": document.revision, "title": requirements.title.strip(), "updated_at": now}
            await book.save_project(project.model_copy(update=newer))
            await _tell(book, caller, "revised", project_id, revision=document.revision)
        return document

    async def requirements(
        self, caller: Principal, project_id: str, revision: int | None
    ) -> RevisionDocument:
        """Return one revision; without a number the latest one."""
        async with self._ledger.begin(caller.tenant) as book:
            project = await load_project(book, project_id)
            return await load_revision(book, project_id, revision or project.revision)

    async def history(self, caller: Principal, project_id: str) -> RevisionHistory:
        async with self._ledger.begin(caller.tenant) as book:
            await load_project(book, project_id)
            return RevisionHistory(revisions=await book.revisions(project_id))

    async def approve(
        self, caller: Principal, ref: ProjectRef, approval_id: str | None, arguments: dict[str, Any]
    ) -> ApprovedRequirements:
        """Record that a person approves this revision; approving it again changes nothing."""
        person = require_person(caller)
        async with self._ledger.begin(caller.tenant) as book:
            project = await load_project(book, ref.project_id, lock=True)
            document = await load_revision(book, ref.project_id, ref.revision)
            approved = ApprovedRequirements(
                approved=RequirementsRef(project_id=ref.project_id, revision=ref.revision)
            )
            if document.approved_at is not None:
                return approved
            if ref.revision != project.revision:
                raise Conflict(
                    f"the requirements are at revision {project.revision} by now",
                    field="project.revision",
                    fix="Read and approve the latest revision.",
                )
            now = self._clock.now()
            await spend_approval(book, caller, approval_id, "projects.approve_requirements", arguments, now)
            await book.approve_revision(ref.project_id, ref.revision, person, now)
            status = "open" if project.status == "draft" else project.status
            newer = {"approved_revision": ref.revision, "status": status, "updated_at": now}
            await book.save_project(project.model_copy(update=newer))
            await _tell(book, caller, "approved", ref.project_id, revision=ref.revision)
        return approved


async def _tell(book: Book, caller: Principal, what: str, project_id: str, **more: int) -> None:
    await book.tell(what, {"project_id": project_id, **signed(caller), **more})
