-- One row a tenant: its change feed's last number. Imports lock it, so that numbers become visible in order.
create table feed (
    tenant text primary key,
    seq bigint not null default 0
);
select hiremesh.enforce_tenant('feed');

create table candidate (
    id text primary key,
    tenant text not null,
    revision integer not null,
    seq bigint not null,
    profile jsonb not null,
    flags text[] not null default '{}',
    name_key text not null default '',
    digest jsonb not null default '{}',
    deleted boolean not null default false,
    merged_into text,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index candidate_feed on candidate (tenant, seq);
create index candidate_name on candidate (tenant, name_key) where name_key <> '' and not deleted;
create index candidate_listing on candidate (tenant, id) where not deleted;
select hiremesh.enforce_tenant('candidate');

-- Normalised e-mail addresses, phone numbers and profile links.
create table identifier (
    tenant text not null,
    key text not null,
    candidate_id text not null references candidate (id),
    primary key (tenant, key, candidate_id)
);
create index identifier_candidate on identifier (candidate_id);
select hiremesh.enforce_tenant('identifier');

-- Texts that evidence is quoted from, and the profile read from each. A replaced source stays, so that the
-- time a value was first seen is not lost.
create table source (
    id text primary key,
    tenant text not null,
    candidate_id text not null references candidate (id),
    kind text not null,
    name text not null,
    ref text not null default '',
    content_hash text not null,
    text text not null,
    profile jsonb not null,
    flags text[] not null default '{}',
    first_seen timestamptz not null,
    superseded_at timestamptz
);
create unique index source_content on source (tenant, kind, name, content_hash);
create index source_candidate on source (candidate_id);
select hiremesh.enforce_tenant('source');

create table note (
    id text primary key,
    tenant text not null,
    candidate_id text not null references candidate (id),
    text text not null,
    author text not null,
    at timestamptz not null
);
create index note_candidate on note (candidate_id, id);
select hiremesh.enforce_tenant('note');

create table engagement (
    id text primary key,
    tenant text not null,
    candidate_id text not null references candidate (id),
    kind text not null,
    channel text,
    detail text not null default '',
    project_id text,
    at timestamptz not null,
    recorded_by text not null
);
create index engagement_candidate on engagement (candidate_id, at);
select hiremesh.enforce_tenant('engagement');

create table contact_rule (
    candidate_id text primary key references candidate (id),
    tenant text not null,
    do_not_contact boolean not null,
    reason text not null default '',
    set_by text not null,
    at timestamptz not null
);
select hiremesh.enforce_tenant('contact_rule');

-- What remains of somebody erased who must not be contacted: hashes of identifiers, nothing readable.
create table suppressed (
    tenant text not null,
    key_hash text not null,
    primary key (tenant, key_hash)
);
select hiremesh.enforce_tenant('suppressed');

create table duplicate_question (
    id text primary key,
    tenant text not null,
    first_id text not null references candidate (id),
    second_id text not null references candidate (id),
    grounds text[] not null,
    similarity real not null,
    asked_at timestamptz not null,
    resolution text,
    resolved_by text,
    resolved_at timestamptz,
    unique (first_id, second_id)
);
create index duplicate_open on duplicate_question (tenant, id) where resolution is null;
select hiremesh.enforce_tenant('duplicate_question');

create table refusal (
    id text primary key,
    tenant text not null,
    name text not null,
    reason text not null,
    fix text,
    at timestamptz not null
);
create index refusal_listing on refusal (tenant, id);
select hiremesh.enforce_tenant('refusal');
