-- name: save_task
insert into edge.task (tenant, unit, id, owner, context_id, state, instance, updated_at, task)
values (%(tenant)s, %(unit)s, %(id)s, %(owner)s, %(context_id)s, %(state)s, %(instance)s,
        %(updated_at)s, %(task)s)
on conflict (tenant, unit, id) do update set
    state = excluded.state, instance = excluded.instance,
    updated_at = excluded.updated_at, task = excluded.task

-- name: get_task
select task from edge.task where unit = %(unit)s and id = %(id)s and owner = %(owner)s

-- name: delete_task
delete from edge.task where unit = %(unit)s and id = %(id)s and owner = %(owner)s

-- name: count_tasks
select count(*) as total from edge.task
where unit = %(unit)s and owner = %(owner)s
    and (%(context_id)s::text is null or context_id = %(context_id)s)
    and (%(state)s::text is null or state = %(state)s)
    and (%(since)s::timestamptz is null or updated_at >= %(since)s)

-- name: list_tasks
select id, updated_at, task from edge.task
where unit = %(unit)s and owner = %(owner)s
    and (%(context_id)s::text is null or context_id = %(context_id)s)
    and (%(state)s::text is null or state = %(state)s)
    and (%(since)s::timestamptz is null or updated_at >= %(since)s)
    and (%(before)s::timestamptz is null or (updated_at, id) < (%(before)s, %(before_id)s))
order by updated_at desc, id desc
limit %(limit)s

-- name: beat
select edge.beat(%(unit)s, %(instance)s, %(status)s, %(silence)s, %(keep)s) as failed

-- name: leave
select edge.leave(%(unit)s, %(instance)s)
