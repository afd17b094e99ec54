-- LangGraph's store, for what a recruiter's agent remembers across runs. A namespace begins with the tenant,
-- so the tenant follows from it and the database can keep tenants apart although the library knows nothing of them.
create table store (
    prefix       text  not null,
    key          text  not null,
    value        jsonb not null,
    created_at   timestamptz default now(),
    updated_at   timestamptz default now(),
    expires_at   timestamptz,
    ttl_minutes  int,
    tenant       text  not null generated always as (split_part(prefix, '.', 1)) stored,
    primary key (prefix, key)
);
create index store_by_expiry on store (expires_at) where expires_at is not null;
select hiremesh.enforce_tenant('store');
