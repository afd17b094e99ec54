-- name: upsert_agent
insert into agent (tenant, id, subject, delegation)
values (%(tenant)s, %(id)s, %(subject)s, %(delegation)s)
on conflict (tenant, id) do update set delegation = excluded.delegation

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

-- name: set_run_status
update run set status = %(status)s, reason = %(reason)s, updated_at = now()
where id = %(id)s and status not in ('done', 'failed', 'cancelled')

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
