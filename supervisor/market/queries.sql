-- name: put
insert into market_question (tenant, agent, thread, document)
values (%(tenant)s, %(agent)s, %(thread)s, %(document)s)
on conflict (tenant, agent, thread) do update set document = excluded.document

-- name: take
delete from market_question where agent = %(agent)s and thread = %(thread)s returning document
