-- A mailbox is a row: its counters, its lease, and when it may next be worked on.

create table mailbox (
    tenant      text        not null,
    id          text        not null,
    kind        text        not null generated always as (split_part(id, ':', 1)) stored,
    tail        bigint      not null default 0,   -- sequence of the newest message
    head        bigint      not null default 1,   -- sequence of the message to handle next
    pending     int         not null default 0,   -- messages still to handle
    -- Idle flag (infinity), lease (its end), retry back-off and schedule in one.
    ready_at    timestamptz not null default 'infinity',
    epoch       bigint      not null default 0,   -- raised by each claim: an older claim is void
    owner       text,                             -- who holds the lease
    lane        smallint    not null default 1,
    lane_until  bigint      not null default 0,   -- an urgent message lifts all before it, up to here
    attempts    int         not null default 0,   -- of the head
    last_error  jsonb,
    primary key (tenant, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create index mailbox_ready on mailbox (kind, lane, ready_at) where ready_at < 'infinity';

create table message (
    tenant          text        not null,
    mailbox         text        not null,
    seq             bigint      not null,
    key             text,                         -- the sender's: the same key is the same message
    lane            smallint    not null,
    not_before      timestamptz,
    body            jsonb       not null,         -- an A2A Message
    correlation_id  text,
    causation_id    text,
    traceparent     text,
    sent_at         timestamptz not null default clock_timestamp(),
    outcome         text check (outcome in ('noted', 'cancelled', 'dead')),   -- null: handled in turn
    primary key (tenant, mailbox, seq)
);

create unique index message_key on message (tenant, mailbox, key) where key is not null;
create index message_correlation on message (tenant, correlation_id) where correlation_id is not null;

create table dead_letter (
    tenant      text        not null,
    mailbox     text        not null,
    seq         bigint      not null,
    attempts    int         not null,
    code        text        not null,
    error       text        not null,
    failed_at   timestamptz not null default clock_timestamp(),
    resolution  text check (resolution in ('retried', 'dropped')),
    reason      text,
    resolved_by text,
    resolved_at timestamptz,
    primary key (tenant, mailbox, seq)
);

select hiremesh.enforce_tenant('mailbox');
select hiremesh.enforce_tenant('message');
select hiremesh.enforce_tenant('dead_letter');

-- Workers claim across tenants: only through the functions that run as the owner.
create policy workers on mailbox to hiremesh_owner using (true);
create policy workers on message to hiremesh_owner using (true);

grant select, insert, update on mailbox, message, dead_letter to hiremesh_unit;

-- Text of an A2A message, for searching a history.
create function text_of(body jsonb) returns text language sql immutable parallel safe as $$
    select coalesce(string_agg(part ->> 'text', E'\n'), '')
    from jsonb_array_elements(case jsonb_typeof(body -> 'parts') when 'array' then body -> 'parts' end) part
$$;
