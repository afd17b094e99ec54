-- name: add_search
insert into saved_search (id, tenant, owner, name, project_id, query, alerts, created_at, updated_at)
values (%(search_id)s, %(tenant)s, %(owner)s, %(name)s, %(project_id)s, %(asked)s, %(alerts)s,
    %(created_at)s, %(updated_at)s)

-- name: save_search
update saved_search set name = %(name)s, query = %(asked)s, alerts = %(alerts)s, updated_at = %(updated_at)s
where id = %(search_id)s

-- name: search
select id as search_id, owner, name, project_id, query, alerts, created_at, updated_at
from saved_search where id = %(search_id)s

-- name: search_locked
select id as search_id, owner, name, project_id, query, alerts, created_at, updated_at
from saved_search where id = %(search_id)s for update

-- name: delete_search
delete from saved_search where id = %(search_id)s

-- name: named
select id as search_id from saved_search where owner = %(owner)s and lower(name) = lower(%(name)s)

-- name: count_of
select count(*) as number from saved_search where owner = %(owner)s

-- name: listing
select id as search_id, owner, name, project_id, query, alerts, created_at, updated_at,
    (select count(*) from saved_match m where m.search_id = s.id and m.seen_at is null) as unseen
from saved_search s
where (%(owner)s::text is null or owner = %(owner)s)
  and (%(project_id)s::text is null or project_id = %(project_id)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc limit %(limit)s

-- name: watched
select id as search_id, owner, name, project_id, query, alerts, created_at, updated_at
from saved_search where alerts order by id

-- name: watched_count
select count(*) as number from saved_search where alerts

-- name: open_position
insert into watch_position (tenant, seq) values (%(tenant)s, 0) on conflict do nothing

-- name: position
select seq from watch_position

-- name: position_held
select seq from watch_position for update

-- name: move
update watch_position set seq = greatest(seq, %(seq)s)

-- name: begin_anew
update watch_position set seq = 0

-- name: know
insert into saved_match (tenant, search_id, candidate_id, found_at, seen_at)
select %(tenant)s, %(search_id)s, one, %(at)s, %(at)s from unnest(%(candidate_ids)s::text[]) one
on conflict do nothing

-- name: find
insert into saved_match (tenant, search_id, candidate_id, found_at)
select %(tenant)s, %(search_id)s, one, %(at)s from unnest(%(candidate_ids)s::text[]) one
on conflict do nothing returning candidate_id

-- name: forget_matches
delete from saved_match where search_id = %(search_id)s

-- name: join_people
with gone as (
    delete from saved_match where candidate_id = %(gone)s returning tenant, search_id, found_at, seen_at
)
insert into saved_match (tenant, search_id, candidate_id, found_at, seen_at)
select tenant, search_id, %(kept)s, found_at, seen_at from gone
on conflict do nothing

-- name: forget_people
delete from saved_match where candidate_id = any (%(candidate_ids)s::text[])

-- name: unseen
select candidate_id from saved_match where search_id = %(search_id)s and seen_at is null
order by found_at desc, candidate_id limit %(limit)s

-- name: unseen_among
select candidate_id from saved_match
where search_id = %(search_id)s and seen_at is null and candidate_id = any (%(candidate_ids)s::text[])

-- name: unseen_count
select count(*) as number from saved_match where search_id = %(search_id)s and seen_at is null

-- name: with_news
select id as search_id, owner, name, project_id, query, alerts, created_at, updated_at
from saved_search s
join lateral (
    select max(found_at) as latest from saved_match m where m.search_id = s.id and m.seen_at is null
) news on news.latest is not null
where owner = %(owner)s and (%(search_id)s::text is null or id = %(search_id)s)
order by news.latest desc, id limit %(limit)s

-- name: see
update saved_match set seen_at = %(at)s
where search_id = %(search_id)s and seen_at is null and candidate_id = any (%(candidate_ids)s::text[])
returning candidate_id
