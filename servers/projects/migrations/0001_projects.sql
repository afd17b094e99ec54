create table project (
    id text primary key,
    tenant text not null,
    title text not null,
    status text not null check (status in ('draft', 'open', 'filled', 'closed')),
    revision integer not null check (revision >= 1),
    approved_revision integer,
    wanted integer not null check (wanted between 1 and 1000),
    posting_id text,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    words tsvector not null generated always as (to_tsvector('english', title)) stored
);
create index project_recent on project (tenant, id desc);
create index project_words on project using gin (words);
select hiremesh.enforce_tenant('project');

create table revision (
    tenant text not null,
    project_id text not null references project (id),
    revision integer not null,
    requirements jsonb not null,
    changes jsonb not null,
    note text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    primary key (project_id, revision)
);
select hiremesh.enforce_tenant('revision');

-- One row for everybody ever evaluated against a revision; nobody is deleted from it.
create table shortlist_entry (
    tenant text not null,
    project_id text not null,
    revision integer not null,
    candidate_id text not null,
    recommendation text not null,
    meets integer not null,
    partial integer not null,
    not_met integer not null,
    no_evidence integer not null,
    missing text[] not null,
    evaluation_id text not null,
    updated_at timestamptz not null,
    primary key (project_id, revision, candidate_id),
    foreign key (project_id, revision) references revision (project_id, revision)
);
select hiremesh.enforce_tenant('shortlist_entry');

create table shortlist (
    tenant text not null,
    project_id text not null,
    revision integer not null,
    exhausted boolean not null,
    updated_at timestamptz not null,
    primary key (project_id, revision),
    foreign key (project_id, revision) references revision (project_id, revision)
);
select hiremesh.enforce_tenant('shortlist');

create table candidate_stage (
    tenant text not null,
    project_id text not null references project (id),
    candidate_id text not null,
    stage text not null,
    since timestamptz not null,
    primary key (project_id, candidate_id)
);
select hiremesh.enforce_tenant('candidate_stage');

create table stage_move (
    id text primary key,
    tenant text not null,
    project_id text not null references project (id),
    candidate_id text not null,
    from_stage text,
    to_stage text not null,
    person text not null,
    actor text,
    reason text not null,
    at timestamptz not null
);
create index stage_move_of_candidate on stage_move (project_id, candidate_id, id);
select hiremesh.enforce_tenant('stage_move');

create table approval (
    id text primary key,
    tenant text not null,
    action text not null,
    summary text not null,
    arguments jsonb not null,
    arguments_hash text not null,
    project_id text references project (id),
    requested_by text not null,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    status text not null check (status in ('pending', 'approved', 'refused', 'used')),
    decided_by text,
    decided_at timestamptz,
    reason text,
    used_by text,
    used_at timestamptz
);
create index approval_recent on approval (tenant, id desc);
select hiremesh.enforce_tenant('approval');

-- Calls that were carried out, by the name their caller gave them: the same call finds its result here.
create table receipt (
    tenant text not null,
    call text not null,
    result text not null,
    at timestamptz not null default now(),
    primary key (tenant, call)
);
select hiremesh.enforce_tenant('receipt');
