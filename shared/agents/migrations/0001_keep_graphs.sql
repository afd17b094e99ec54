-- Makes LangGraph's tables in the schema of the unit whose migration calls it. A thread id and a namespace
-- begin with the tenant, so the tenant follows from them and the database can keep tenants apart although
-- the library knows nothing of them.
create function agents.keep_graphs() returns void
language plpgsql as $$
begin
    create table checkpoints (
        thread_id             text  not null,
        checkpoint_ns         text  not null default '',
        checkpoint_id         text  not null,
        parent_checkpoint_id  text,
        type                  text,
        checkpoint            jsonb not null,
        metadata              jsonb not null default '{}',
        written_at            timestamptz not null default clock_timestamp(),
        tenant                text  not null generated always as (split_part(thread_id, ':', 1)) stored,
        primary key (thread_id, checkpoint_ns, checkpoint_id)
    );
    create index checkpoints_by_age on checkpoints (tenant, written_at);
    perform hiremesh.enforce_tenant('checkpoints');

    create table checkpoint_blobs (
        thread_id      text not null,
        checkpoint_ns  text not null default '',
        channel        text not null,
        version        text not null,
        type           text not null,
        blob           bytea,
        tenant         text not null generated always as (split_part(thread_id, ':', 1)) stored,
        primary key (thread_id, checkpoint_ns, channel, version)
    );
    perform hiremesh.enforce_tenant('checkpoint_blobs');

    create table checkpoint_writes (
        thread_id      text  not null,
        checkpoint_ns  text  not null default '',
        checkpoint_id  text  not null,
        task_id        text  not null,
        idx            int   not null,
        channel        text  not null,
        type           text,
        blob           bytea not null,
        task_path      text  not null default '',
        tenant         text  not null generated always as (split_part(thread_id, ':', 1)) stored,
        primary key (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
    );
    perform hiremesh.enforce_tenant('checkpoint_writes');

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
    perform hiremesh.enforce_tenant('store');
end $$;
