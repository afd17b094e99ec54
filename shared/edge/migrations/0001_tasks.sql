-- A2A tasks of all agents: each unit sees its own, each tenant its own, and the caller its own.

create table instance (
    unit     text        not null,
    id       text        not null,
    seen_at  timestamptz not null default clock_timestamp(),
    primary key (unit, id)
);

create table task (
    tenant      text        not null,
    unit        text        not null,
    id          text        not null,
    owner       text        not null,   -- the subject that asked for it
    context_id  text        not null,
    state       text        not null,   -- an A2A TaskState
    instance    text        not null,   -- the process that works on it
    updated_at  timestamptz not null,
    task        jsonb       not null,   -- an A2A Task
    primary key (tenant, unit, id)
);

create index task_listed on task (tenant, unit, owner, updated_at desc, id desc);
create index task_open on task (unit, instance)
    where state in ('TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING');
create index task_old on task (unit, updated_at);

select hiremesh.enforce_tenant('task');
create policy own_unit on task as restrictive
    using (session_user not like 'hiremesh\_%' or session_user = 'hiremesh_' || unit);
create policy keeper on task to hiremesh_owner using (true);
grant select, insert, update, delete on task to hiremesh_unit;

-- Says that an instance is alive, fails what dead ones left open, forgets what ended long ago.
-- Returns how many tasks it failed.
create function beat(p_unit text, p_instance text, p_status jsonb, p_silence interval, p_keep interval)
returns int language plpgsql security definer set search_path = edge, pg_temp as $$
declare
    failed int;
begin
    if session_user like 'hiremesh\_%' and session_user <> 'hiremesh_' || p_unit then
        raise insufficient_privilege using message = 'a unit keeps its own tasks only';
    end if;
    insert into instance (unit, id) values (p_unit, p_instance)
    on conflict (unit, id) do update set seen_at = clock_timestamp();
    delete from instance where unit = p_unit and seen_at < clock_timestamp() - p_silence;
    update task t set
        state = p_status ->> 'state',
        updated_at = clock_timestamp(),
        task = jsonb_set(t.task, '{status}', p_status)
    where t.unit = p_unit and t.state in ('TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING')
        and not exists (select from instance i where i.unit = t.unit and i.id = t.instance);
    get diagnostics failed = row_count;
    delete from task t where t.unit = p_unit and t.updated_at < clock_timestamp() - p_keep
        and t.state not in ('TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING');
    return failed;
end $$;

-- Says that an instance stops; what it left open fails at the next beat of any other, or its own restart.
create function leave(p_unit text, p_instance text)
returns void language plpgsql security definer set search_path = edge, pg_temp as $$
begin
    if session_user like 'hiremesh\_%' and session_user <> 'hiremesh_' || p_unit then
        raise insufficient_privilege using message = 'a unit keeps its own tasks only';
    end if;
    delete from instance where unit = p_unit and id = p_instance;
end $$;

revoke execute on all functions in schema edge from public;
grant execute on all functions in schema edge to hiremesh_unit;
