create table saved_search (
    id text primary key,
    tenant text not null,
    owner text not null,
    name text not null,
    project_id text,
    query jsonb not null,
    alerts boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index saved_search_name on saved_search (tenant, owner, lower(name));
create index saved_search_project on saved_search (tenant, project_id) where project_id is not null;
create index saved_search_watched on saved_search (tenant) where alerts;
select hiremesh.enforce_tenant('saved_search');

-- Whom a watched search was found to match, once each: from the start (known), or since (told, until seen).
create table saved_match (
    tenant text not null,
    search_id text not null references saved_search (id) on delete cascade,
    candidate_id text not null,
    found_at timestamptz not null,
    seen_at timestamptz,
    primary key (search_id, candidate_id)
);
create index saved_match_unseen on saved_match (search_id, found_at) where seen_at is null;
create index saved_match_person on saved_match (tenant, candidate_id);
select hiremesh.enforce_tenant('saved_match');

-- Up to which change of the candidates' feed the watched searches of a tenant were compared with who changed.
create table watch_position (
    tenant text primary key,
    seq bigint not null
);
select hiremesh.enforce_tenant('watch_position');
