-- name: search
select document, on_table, saved from talent_search where agent = %(agent)s and thread = %(thread)s

-- name: put
insert into talent_search (tenant, agent, thread, document, saved)
values (%(tenant)s, %(agent)s, %(thread)s, %(document)s, %(saved)s)
on conflict (tenant, agent, thread) do update
set document = excluded.document, saved = excluded.saved, on_table = true, updated_at = now()

-- name: put_aside
update talent_search set on_table = false where agent = %(agent)s and thread = %(thread)s and on_table

-- name: conversations
-- Those in which no work was begun.
select thread, document ->> 'title' as title from talent_search s
where agent = %(agent)s
    and not exists (select from run r where r.tenant = s.tenant and r.agent = s.agent and r.thread = s.thread)
order by updated_at desc limit %(limit)s
