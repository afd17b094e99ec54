-- name: renew_agent
update agent set delegation = %(delegation)s
where subject = %(subject)s and retired_at is null and closed_at is null
returning id

-- name: insert_agent
insert into agent (tenant, id, subject, generation, delegation)
values (%(tenant)s, %(id)s, %(subject)s, %(generation)s, %(delegation)s)
on conflict do nothing
returning id

-- name: agent_of
-- The agent that somebody has, or the one they would get: after others that were retired it has a name of its own.
select coalesce(
        max(id) filter (where retired_at is null),
        case count(*) when 0 then %(subject)s else %(subject)s || '~' || max(generation) + 1 end) as id,
    coalesce(max(generation), 0) + 1 as generation,
    coalesce(bool_or(retired_at is null), false) as known
from agent where subject = %(subject)s

-- name: delegation
select delegation from agent where id = %(id)s

-- name: insert_run
insert into run (tenant, id, agent, thread, turn, goal, status)
values (%(tenant)s, %(id)s, %(agent)s, %(thread)s, %(turn)s, %(goal)s, 'running')
on conflict (tenant, id) do nothing

-- name: get_run
select id, agent, thread, turn, goal, plan, status, reason, created_at, updated_at from run where id = %(id)s

-- name: latest_run
select id, agent, thread, turn, goal, plan, status, reason, created_at, updated_at
from run where agent = %(agent)s and thread = %(thread)s
order by created_at desc limit 1

-- name: list_runs
select id, agent, thread, turn, goal, plan, status, reason, created_at, updated_at
from run where agent = %(agent)s
order by created_at desc limit %(limit)s

-- name: goes_first
select f.goal ->> 'title' as title
from run r join run f on f.agent = r.agent and f.id <> r.id
where r.id = %(id)s and r.first_at is null and f.first_at is not null and f.status = 'running'
limit 1

-- name: put_first
update run set first_at = case when id = %(id)s then now() end
where agent = %(agent)s and (id = %(id)s or first_at is not null)

-- name: held_runs
select id from run where agent = %(agent)s and status = 'running' and plan ->> 'held' is not null

-- name: rest
select paused_at, paused_until from agent where id = %(id)s and paused_at is not null

-- name: set_run_status
update run set status = %(status)s, reason = %(reason)s, updated_at = now()
where id = %(id)s and status not in ('done', 'failed', 'cancelled')

-- name: settle_run
update run set status = %(status)s, reason = %(reason)s, updated_at = now()
where id = %(id)s and turn = %(turn)s and status = 'running'
returning id

-- name: set_run_running
update run set status = 'running', reason = null, updated_at = now()
where id = %(id)s and status in ('waiting', 'retrying')

-- name: set_run_turn
update run set turn = %(turn)s, updated_at = now() where id = %(id)s

-- name: set_run_plan
update run set plan = %(plan)s, updated_at = now() where id = %(id)s

-- name: put_fact
insert into fact (tenant, run, name, value, version, step)
values (%(tenant)s, %(run)s, %(name)s, %(value)s, %(version)s, %(step)s)
on conflict (tenant, run, name) do update
set value = excluded.value, version = excluded.version, step = excluded.step, at = now()

-- name: drop_fact
delete from fact where run = %(run)s and name = %(name)s

-- name: facts
select name, value, version, step from fact where run = %(run)s

-- name: steps
select id, skill, title, required, optional, status, attempts, retry_at, approval, question, error, summary,
    started_at, ended_at
from step where run = %(run)s order by started_at, id

-- name: get_step
select id, skill, title, required, optional, status, attempts, retry_at, approval, question, error, summary,
    started_at, ended_at
from step where run = %(run)s and id = %(id)s

-- name: begin_step
insert into step (tenant, run, id, skill, title, required, optional, status)
values (%(tenant)s, %(run)s, %(id)s, %(skill)s, %(title)s, %(required)s, %(optional)s, %(status)s)
on conflict (tenant, run, id) do update set status = excluded.status
where step.status not in ('done', 'denied')

-- name: set_step_approval
update step set approval = %(approval)s, status = 'awaiting_approval' where run = %(run)s and id = %(id)s

-- name: ask_in_step
update step set question = %(question)s, status = 'awaiting_answer', error = null
where run = %(run)s and id = %(id)s and status <> 'done'

-- name: answer_in_step
update step set question = question || jsonb_build_object('answer', %(answer)s::jsonb)
where run = %(run)s and id = %(id)s and status = 'awaiting_answer' and question ->> 'id' = %(question)s
    and question ->> 'answer' is null

-- name: hasten_steps
update step set retry_at = now()
where run = %(run)s and status = 'retrying' and split_part(skill, '.', 1) = %(unit)s

-- name: end_step
update step
set status = %(status)s, attempts = attempts + 1, error = %(error)s, summary = %(summary)s, retry_at = %(retry_at)s,
    ended_at = now()
where run = %(run)s and id = %(id)s and status <> 'done'

-- name: get_agent
select id, subject, generation, created_at, paused_at, paused_until, exported_at, closed_at, retired_at
from agent where id = %(id)s

-- name: find_agent
-- By the name that people use: a subject stands for the agent it has now, and for the last one once it has none.
select id, subject, generation, created_at, paused_at, paused_until, exported_at, closed_at, retired_at
from agent where subject = %(name)s or id = %(name)s or (subject = %(base)s and generation = %(generation)s)
order by (subject = %(name)s and retired_at is null) desc, id = %(name)s desc, generation desc limit 1

-- name: count_agents
with busy as (
    select r.agent as id from run r where r.status not in ('done', 'failed', 'cancelled')
    union
    select substr(m.id, length(%(prefix)s) + 1) from mailbox.mailbox m
    where m.kind = %(kind)s and m.lane in (0, 1, 2) and m.ready_at < 'infinity' and m.mode = 'open'
)
select count(*) filter (where retired_at is not null) as retired,
    count(*) filter (where retired_at is null and closed_at is not null) as retiring,
    count(*) filter (where retired_at is null and closed_at is null and paused_at is not null) as paused,
    count(*) filter (where retired_at is null and closed_at is null and paused_at is null) as open,
    (select count(*) from busy join agent b on b.id = busy.id
     where b.retired_at is null and b.closed_at is null and b.paused_at is null) as working
from agent

-- name: list_agents
-- The page first, then each mailbox by its key: else all of a tenant's would be read for every page.
with page as materialized (
    select * from agent where id > %(after)s order by id limit %(limit)s
)
select a.id, a.subject, a.generation, a.created_at, a.paused_at, a.closed_at, a.retired_at,
    coalesce(m.pending, 0) as waiting, coalesce(m.tail, 0) as messages, m.sent_at as last_message_at,
    (select count(*) from run r where r.agent = a.id and r.status not in ('done', 'failed', 'cancelled')) as open_runs
from page a
left join lateral (
    select b.pending, b.tail, g.sent_at from mailbox.mailbox b
    left join mailbox.message g on g.tenant = b.tenant and g.mailbox = b.id and g.seq = b.tail
    where b.tenant = a.tenant and b.id = %(prefix)s || a.id
    limit 1
) m on true
order by a.id

-- name: hold_life
select pg_advisory_xact_lock(hashtextextended(%(tenant)s || '/' || %(id)s, 0))

-- name: pause_agent
update agent set paused_at = coalesce(paused_at, now()), paused_until = %(until)s
where id = %(id)s and closed_at is null and retired_at is null

-- name: resume_agent
update agent set paused_at = null, paused_until = null where id = %(id)s and closed_at is null and retired_at is null

-- name: close_agent
update agent set closed_at = coalesce(closed_at, now()), exported_at = case when closed_at is not null then exported_at end,
    paused_until = null
where id = %(id)s and retired_at is null

-- name: exported_agent
update agent set exported_at = now() where id = %(id)s and closed_at is not null

-- name: unanswered
select count(*) as number from mailbox.message
where tenant = %(tenant)s and mailbox = %(mailbox)s and outcome = 'cancelled'

-- name: retire_agent
update agent set delegation = null, retired_at = coalesce(retired_at, now()) where id = %(id)s

-- name: open_runs
select id, agent, thread, turn, goal, plan, status, reason, created_at, updated_at
from run where agent = %(agent)s and status not in ('done', 'failed', 'cancelled')
order by created_at, id

-- name: runs_after
select id, agent, thread, turn, goal, plan, status, reason, created_at, updated_at
from run where agent = %(agent)s
    and (created_at, id) > (coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(id)s::text, ''))
order by created_at, id limit %(limit)s

-- name: errors_of_steps
select s.title as "where", s.error, coalesce(s.ended_at, s.started_at) as at
from step s join run r on r.tenant = s.tenant and r.id = s.run
where r.agent = %(agent)s and s.error is not null
order by coalesce(s.ended_at, s.started_at) desc limit %(limit)s

-- name: conversation_about
-- What people call a project: its conversation, one of its runs, or the project in which they ended up.
select thread from run
where agent = %(agent)s and (
    thread = %(project)s or id = %(project)s
    or exists (
        select from fact f
        where f.tenant = run.tenant and f.run = run.id and f.name = 'project.ref'
            and f.value ->> 'project_id' = %(project)s))
order by created_at desc limit 1

-- name: place_of_message
select seq from mailbox.message where tenant = %(tenant)s and mailbox = %(mailbox)s and key = %(key)s

-- name: hold_mailbox
select mode from mailbox.mailbox where tenant = %(tenant)s and id = %(mailbox)s for update
