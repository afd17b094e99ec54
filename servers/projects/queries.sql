-- name: add_project
insert into project (id, tenant, title, status, revision, approved_revision, wanted, posting_id,
    created_by, created_at, updated_at)
values (%(project_id)s, %(tenant)s, %(title)s, %(status)s, %(revision)s, %(approved_revision)s, %(wanted)s,
    %(posting_id)s, %(created_by)s, %(created_at)s, %(updated_at)s)

-- name: project
select id as project_id, title, status, revision, approved_revision, wanted, posting_id, created_by,
    created_at, updated_at
from project where id = %(project_id)s

-- name: project_locked
select id as project_id, title, status, revision, approved_revision, wanted, posting_id, created_by,
    created_at, updated_at
from project where id = %(project_id)s for update

-- name: save_project
update project set title = %(title)s, status = %(status)s, revision = %(revision)s,
    approved_revision = %(approved_revision)s, wanted = %(wanted)s, updated_at = %(updated_at)s
where id = %(project_id)s

-- name: projects
-- A title is like another when they share a word stem: plainto_tsquery asks for all, so "and" becomes "or".
select id as project_id, title, status, revision, approved_revision, wanted, posting_id, created_by,
    created_at, updated_at
from project
where (%(before)s::text is null or id < %(before)s)
  and (%(like)s::text is null
       or words @@ replace(plainto_tsquery('english', %(like)s)::text, '&', '|')::tsquery)
order by id desc limit %(limit)s

-- name: add_revision
insert into revision (tenant, project_id, revision, requirements, changes, note, changed_by, changed_at)
values (%(tenant)s, %(project_id)s, %(revision)s, %(requirements)s, %(changes)s, %(note)s, %(changed_by)s,
    %(changed_at)s)

-- name: revision
select project_id, revision, requirements, changes, note, changed_by, changed_at, approved_by, approved_at
from revision where project_id = %(project_id)s and revision = %(revision)s

-- name: revisions
select project_id, revision, changes, note, changed_by, changed_at, approved_by, approved_at
from revision where project_id = %(project_id)s order by revision

-- name: approve_revision
update revision set approved_by = %(person)s, approved_at = %(at)s
where project_id = %(project_id)s and revision = %(revision)s

-- name: save_entry
insert into shortlist_entry (tenant, project_id, revision, candidate_id, recommendation, meets, partial,
    not_met, no_evidence, missing, evaluation_id, updated_at)
values (%(tenant)s, %(project_id)s, %(revision)s, %(candidate_id)s, %(recommendation)s, %(meets)s,
    %(partial)s, %(not_met)s, %(no_evidence)s, %(missing)s, %(evaluation_id)s, now())
on conflict (project_id, revision, candidate_id) do update set
    recommendation = excluded.recommendation, meets = excluded.meets, partial = excluded.partial,
    not_met = excluded.not_met, no_evidence = excluded.no_evidence, missing = excluded.missing,
    evaluation_id = excluded.evaluation_id, updated_at = excluded.updated_at

-- name: entry_ids
select candidate_id from shortlist_entry where project_id = %(project_id)s and revision = %(revision)s

-- name: entries
select e.candidate_id, e.recommendation, e.meets, e.partial, e.not_met, e.no_evidence, e.missing,
    e.evaluation_id, s.stage
from shortlist_entry e
left join candidate_stage s on s.project_id = e.project_id and s.candidate_id = e.candidate_id
where e.project_id = %(project_id)s and e.revision = %(revision)s

-- name: note_exhausted
insert into shortlist (tenant, project_id, revision, exhausted, updated_at)
values (%(tenant)s, %(project_id)s, %(revision)s, %(exhausted)s, now())
on conflict (project_id, revision) do update set exhausted = excluded.exhausted, updated_at = now()

-- name: exhausted
select exhausted from shortlist where project_id = %(project_id)s and revision = %(revision)s

-- name: stage
select stage from candidate_stage where project_id = %(project_id)s and candidate_id = %(candidate_id)s

-- name: stage_locked
select stage from candidate_stage where project_id = %(project_id)s and candidate_id = %(candidate_id)s
for update

-- name: save_stage
insert into candidate_stage (tenant, project_id, candidate_id, stage, since)
values (%(tenant)s, %(project_id)s, %(candidate_id)s, %(to_stage)s, %(at)s)
on conflict (project_id, candidate_id) do update set stage = excluded.stage, since = excluded.since

-- name: save_move
insert into stage_move (id, tenant, project_id, candidate_id, from_stage, to_stage, person, actor, reason, at)
values (%(move_id)s, %(tenant)s, %(project_id)s, %(candidate_id)s, %(from_stage)s, %(to_stage)s, %(person)s,
    %(actor)s, %(reason)s, %(at)s)

-- name: moves
select id as move_id, project_id, candidate_id, from_stage, to_stage, person, actor, reason, at
from stage_move
where project_id = %(project_id)s and (%(candidate_id)s::text is null or candidate_id = %(candidate_id)s)
order by id

-- name: runners_up
-- The race is over for who was rejected or withdrew, and for everybody once somebody was hired.
select m.candidate_id
from stage_move m
join candidate_stage s on s.project_id = m.project_id and s.candidate_id = m.candidate_id
where m.to_stage in ('interview', 'offer')
  and (%(but)s::text is null or m.project_id <> %(but)s)
  and (s.stage in ('rejected', 'withdrawn')
       or exists (select from candidate_stage won where won.project_id = m.project_id and won.stage = 'hired'))
  and not exists (
      select from candidate_stage hired where hired.candidate_id = m.candidate_id and hired.stage = 'hired')
group by m.candidate_id
order by max(m.at) desc, m.candidate_id
limit %(limit)s

-- name: add_ranking
insert into ranking (id, tenant, project_id, weights, reason, approved_by, approved_at)
values (%(id)s, %(tenant)s, %(project_id)s, %(weights)s, %(reason)s, %(approved_by)s, %(approved_at)s)

-- name: ranking
select project_id, weights, reason, approved_by, approved_at
from ranking where project_id = %(project_id)s order by id desc limit 1

-- name: add_approval
insert into approval (id, tenant, action, summary, arguments, arguments_hash, project_id, requested_by,
    requested_at, expires_at, status)
values (%(approval_id)s, %(tenant)s, %(action)s, %(summary)s, %(arguments)s, %(arguments_hash)s,
    %(project_id)s, %(requested_by)s, %(requested_at)s, %(expires_at)s, %(status)s)

-- name: approval
select id as approval_id, action, summary, arguments, arguments_hash, project_id, requested_by, requested_at,
    expires_at, status, decided_by, decided_at, reason, used_by, used_at
from approval where id = %(approval_id)s

-- name: approval_locked
select id as approval_id, action, summary, arguments, arguments_hash, project_id, requested_by, requested_at,
    expires_at, status, decided_by, decided_at, reason, used_by, used_at
from approval where id = %(approval_id)s for update

-- name: save_approval
update approval set status = %(status)s, decided_by = %(decided_by)s, decided_at = %(decided_at)s,
    reason = %(reason)s, used_by = %(used_by)s, used_at = %(used_at)s
where id = %(approval_id)s

-- name: approvals
-- An answer that came, or was to be used, too late counts as expired.
select id as approval_id, action, summary, arguments, arguments_hash, project_id, requested_by, requested_at,
    expires_at, status, decided_by, decided_at, reason, used_by, used_at
from approval
where (%(before)s::text is null or id < %(before)s)
  and (%(status)s::text is null
       or %(status)s = case when status in ('pending', 'approved') and expires_at <= %(now)s
                            then 'expired' else status end)
order by id desc limit %(limit)s

-- name: receipt
select result from receipt where call = %(call)s

-- name: add_receipt
insert into receipt (tenant, call, result) values (%(tenant)s, %(call)s, %(result)s)
