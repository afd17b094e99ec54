-- name: roles
-- The roles that an event concerns, each with the newest run that an agent works on it with.
with known (run, candidate) as (
    select f.run, null from fact f where f.name = 'project.ref' and f.value ->> 'project_id' = %(project)s
    union
    select f.run, null from fact f where f.name = 'posting.id' and f.value #>> '{}' = %(posting)s
    union
    select f.run, candidate from unnest(%(listed)s::text[]) candidate
    join fact f on f.name = 'shortlist.current'
        and f.value @> jsonb_build_object('entries', jsonb_build_array(jsonb_build_object('candidate_id', candidate)))
    union
    select s.run, null from step s where s.approval = %(approval)s
)
select distinct on (r.agent, role) r.agent, coalesce(p.value ->> 'project_id', r.id) as role,
    r.id as run, r.thread, r.goal ->> 'title' as title,
    array_remove(array_agg(known.candidate) over (partition by r.agent, coalesce(p.value ->> 'project_id', r.id)), null)
        as listed
from known join run r on r.id = known.run
join agent a on a.tenant = r.tenant and a.id = r.agent and a.retired_at is null
left join fact p on p.run = r.id and p.name = 'project.ref'
where r.goal ->> 'kind' <> all (%(by_itself)s) and r.status <> 'cancelled'
    and (%(project)s::text is null or coalesce(p.value ->> 'project_id', %(project)s) = %(project)s)
    and (%(agent)s::text is null or r.agent = %(agent)s)
order by r.agent, role, r.created_at desc

-- name: watchers
select agent, subject, title from watch
where subject = any (%(subjects)s::text[]) and (%(agent)s::text is null or agent = %(agent)s)
order by agent, subject desc

-- name: savers
-- Whose saved search it is, with the conversation in which they saved it.
select a.id, (
        select s.thread from talent_search s
        where s.tenant = a.tenant and s.agent = a.id and s.saved = %(search)s
        order by s.updated_at desc limit 1) as thread
from agent a
where subject = %(subject)s and retired_at is null and (%(agent)s::text is null or id = %(agent)s)

-- name: watches
select subject, title from watch where agent = %(agent)s order by title

-- name: add_watch
insert into watch (tenant, agent, subject, title) values (%(tenant)s, %(agent)s, %(subject)s, %(title)s)
on conflict (tenant, agent, subject) do update set title = excluded.title

-- name: drop_watches
delete from watch where agent = %(agent)s
    and (%(subjects)s::text[] is null or subject = any (%(subjects)s::text[]))
returning title

-- name: forget
with rules as (delete from attention where agent = %(agent)s), watched as (delete from watch where agent = %(agent)s),
    refreshed as (delete from refresh where agent = %(agent)s),
    unread as (delete from gathered where agent = %(agent)s),
    searched as (delete from talent_search where agent = %(agent)s),
    asked as (delete from market_question where agent = %(agent)s)
delete from happening where agent = %(agent)s

-- name: open_attention
insert into attention (tenant, agent) values (%(tenant)s, %(agent)s) on conflict do nothing

-- name: attention
select rules, thread, digests, digest_at, refreshes, refresh_at, unchanged
from attention where agent = %(agent)s for update

-- name: rules
select rules from attention where agent = %(agent)s

-- name: subject
select subject from agent where id = %(agent)s

-- name: save_rules
update attention set rules = %(rules)s, thread = %(thread)s, unchanged = %(unchanged)s where agent = %(agent)s

-- name: offer
update attention set offered = %(offered)s where agent = %(agent)s

-- name: take_offer
with had as (select offered from attention where agent = %(agent)s and offered is not null for update)
update attention set offered = null from had where agent = %(agent)s returning had.offered

-- name: refreshes
select subject, title, at from refresh where agent = %(agent)s order by title

-- name: add_refresh
insert into refresh (tenant, agent, subject, title, at) values (%(tenant)s, %(agent)s, %(subject)s, %(title)s, %(at)s)
on conflict (tenant, agent, subject) do update set title = excluded.title, at = excluded.at

-- name: drop_refreshes
delete from refresh where agent = %(agent)s
    and (%(subjects)s::text[] is null or subject = any (%(subjects)s::text[]))
returning title

-- name: send_refresh
update attention set refreshes = refreshes + 1, refresh_at = %(at)s where agent = %(agent)s returning refreshes

-- name: refresh_over
update attention set refresh_at = null where agent = %(agent)s

-- name: roles_to_refresh
-- An agent's roles with approved requirements, of some projects or all; not those whose last refresh still runs.
select * from (
    select distinct on (p.value ->> 'project_id') p.value ->> 'project_id' as role, r.agent,
        r.goal ->> 'title' as title, r.id as run, r.thread
    from run r join fact p on p.run = r.id and p.name = 'project.ref'
    where r.agent = %(agent)s and r.goal ->> 'kind' <> all (%(by_itself)s) and r.status <> 'cancelled'
        and exists (select from fact a where a.run = r.id and a.name = 'requirements.approved')
        and (%(projects)s::text[] is null or p.value ->> 'project_id' = any (%(projects)s::text[]))
    order by p.value ->> 'project_id', r.created_at desc
) known
where not exists (
    select from run b where b.agent = known.agent and b.thread = %(prefix)s || known.role
        and b.status not in ('done', 'failed', 'cancelled'))
order by title

-- name: run_with_list
-- The newest run of a role whose shortlist was shown.
select r.id from run r join fact p on p.run = r.id and p.name = 'project.ref' and p.value ->> 'project_id' = %(role)s
where r.agent = %(agent)s and r.goal ->> 'kind' <> all (%(by_itself)s)
    and exists (select from fact s where s.run = r.id and s.name = 'shortlist.complete')
order by r.created_at desc limit 1

-- name: send_digest
update attention set digests = digests + 1, digest_at = %(at)s where agent = %(agent)s returning digests

-- name: digest_told
update attention set digest_at = null where agent = %(agent)s

-- name: add_happening
with old as (
    delete from happening where ctid = any (array(
        select h.ctid from happening h
        where h.agent = %(agent)s and h.told_at < clock_timestamp() - %(kept)s::interval limit 10))
)
insert into happening (
    tenant, agent, event, role, title, topic, detail, by, number, at, told_at, at_once, candidates)
values (%(tenant)s, %(agent)s, %(event)s, %(role)s, %(title)s, %(topic)s, %(detail)s, %(by)s, %(number)s, %(at)s,
    %(told_at)s, %(at_once)s, %(candidates)s)
on conflict do nothing

-- name: told_lately
select count(*) as number from happening where agent = %(agent)s and at_once and told_at > %(since)s

-- name: topics_told_lately
select topic from happening where agent = %(agent)s and told_at is not null
group by topic order by max(told_at) desc limit 3

-- name: topics_untold
select distinct topic from happening where agent = %(agent)s and told_at is null

-- name: untold
select role, max(title) as title, topic, detail, by, sum(number)::int as number, min(at) as since,
    jsonb_agg(candidates) as candidates
from happening where agent = %(agent)s and told_at is null
group by role, topic, detail, by
order by min(at)

-- name: mark_told
update happening set told_at = %(at)s
where agent = %(agent)s and told_at is null and (%(topics)s::text[] is null or topic = any (%(topics)s::text[]))

-- name: place_on_list
select place::int from fact f, jsonb_array_elements(f.value -> 'entries') with ordinality as listed (entry, place)
where f.run = %(run)s and f.name = 'shortlist.current' and entry ->> 'candidate_id' = %(candidate)s

-- name: waiting_run
select r.id, r.thread from step s join run r on r.id = s.run
where s.approval = %(approval)s and s.status = 'awaiting_approval' and r.agent = %(agent)s
    and r.status not in ('done', 'failed', 'cancelled')

-- name: newest_thread
select thread from (
    select thread, updated_at from run where agent = %(agent)s and goal ->> 'kind' <> all (%(by_itself)s)
    union all
    select thread, updated_at from talent_search where agent = %(agent)s
) talked
order by updated_at desc limit 1

-- name: gathering_run
-- A run for applicants that has not begun: those who apply meanwhile go with it.
select id from run
where agent = %(agent)s and thread = %(thread)s and goal ->> 'kind' = %(applicants)s and plan is null
    and status = 'running'
order by created_at desc limit 1 for update
