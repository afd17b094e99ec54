-- LangGraph's checkpoint tables. A thread id is '<tenant>:<run>', so the tenant follows from it and the
-- database can keep tenants apart although the library knows nothing of them.
create table checkpoints (
    thread_id             text  not null,
    checkpoint_ns         text  not null default '',
    checkpoint_id         text  not null,
    parent_checkpoint_id  text,
    type                  text,
    checkpoint            jsonb not null,
    metadata              jsonb not null default '{}',
    tenant                text  not null generated always as (split_part(thread_id, ':', 1)) stored,
    primary key (thread_id, checkpoint_ns, checkpoint_id)
);
select hiremesh.enforce_tenant('checkpoints');

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
select hiremesh.enforce_tenant('checkpoint_blobs');

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
select hiremesh.enforce_tenant('checkpoint_writes');
