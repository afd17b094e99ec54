-- What the registry knows between restarts. Units belong to the installation, not to a tenant.

create table unit (
    name           text        primary key,
    kind           text        not null check (kind in ('mcp', 'a2a')),
    url            text        not null,
    origin         text        not null check (origin in ('catalogue', 'registered')),
    status         text        not null,
    summary        text        not null,
    latency_ms     float8,
    last_seen      timestamptz,
    last_probe     timestamptz,
    failure        text,
    differences    jsonb       not null,
    card           jsonb,
    accepted       jsonb,
    registered_by  text
);

-- Every card that a person accepted; the latest one counts.
create table pin (
    name       text        not null,
    card       jsonb       not null,
    pinned_by  text        not null,
    pinned_at  timestamptz not null default clock_timestamp(),
    primary key (name, pinned_at)
);
