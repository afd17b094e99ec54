-- name: stored
select past.document, past.reading, past.questions
from unnest(%(candidates)s::text[]) as asked (candidate_id)
cross join lateral (
    select e.document, e.reading, e.questions
    from evaluation e
    where e.candidate_id = asked.candidate_id and e.reading is not null
      and e.questions && %(questions)s::text[]
    order by e.created_at desc, e.input_hash limit 4
) past

-- name: add_evaluation
insert into evaluation (tenant, candidate_id, input_hash, engine, recommendation, document, reading, questions)
values (%(tenant)s, %(candidate_id)s, %(input_hash)s, %(engine)s, %(recommendation)s, %(document)s, %(reading)s,
        %(questions)s)
on conflict (tenant, candidate_id, input_hash) do nothing

-- name: add_run
insert into run (id, tenant, project_id, revision, engine, created_by)
values (%(evaluation_id)s, %(tenant)s, %(project_id)s, %(revision)s, %(engine)s, %(created_by)s)
on conflict (id) do nothing

-- name: add_run_candidate
insert into run_candidate (tenant, run_id, place, candidate_id, input_hash, outcome)
values (%(tenant)s, %(run_id)s, %(place)s, %(candidate_id)s, %(input_hash)s, %(outcome)s)
on conflict (run_id, place) do nothing

-- name: run_exists
select 1 as there from run where id = %(run_id)s

-- name: of_run
select e.document
from run_candidate r
join evaluation e using (tenant, candidate_id, input_hash)
where r.run_id = %(run_id)s
  and (cardinality(%(candidates)s::text[]) = 0 or r.candidate_id = any(%(candidates)s::text[]))
order by r.place
offset %(offset)s limit %(limit)s

-- name: newest
select newest.document
from unnest(%(candidates)s::text[]) with ordinality as asked (candidate_id, place)
cross join lateral (
    select e.document
    from run_candidate c
    join run r on r.id = c.run_id
    join evaluation e on (e.tenant, e.candidate_id, e.input_hash) = (c.tenant, c.candidate_id, c.input_hash)
    where c.candidate_id = asked.candidate_id
    order by r.created_at desc, r.id desc limit 1
) newest
order by asked.place
offset %(offset)s limit %(limit)s

-- name: forget
with told as (delete from shadow_difference where candidate_id = any(%(candidates)s::text[]))
delete from evaluation where candidate_id = any(%(candidates)s::text[])

-- name: outcomes
select outcome from run_candidate where run_id = %(run_id)s and outcome is not null
order by place offset %(offset)s limit %(limit)s

-- name: add_sweep
insert into sweep (id, tenant, state, reason, round, requirements, principal, deadline, seconds, "window",
    refreshed, candidates, left_out, pieces, open_pieces)
values (%(id)s, %(tenant)s, %(state)s, %(reason)s, %(round)s, %(requirements)s, %(principal)s, %(deadline)s,
    %(seconds)s, %(window)s, %(refreshed)s, %(candidates)s, %(left_out)s, %(pieces)s, %(open_pieces)s)
on conflict (id) do nothing returning id

-- name: add_piece
insert into piece (tenant, sweep_id, number, first, candidate_ids)
values (%(tenant)s, %(sweep_id)s, %(number)s, %(first)s, %(candidate_ids)s)

-- name: sweep
select s.*, r.project_id, r.revision from sweep s join run r on r.id = s.id where s.id = %(id)s

-- name: sweep_locked
select s.*, r.project_id, r.revision from sweep s join run r on r.id = s.id where s.id = %(id)s for update of s

-- name: now
select clock_timestamp() as now

-- name: newest_sweep
select s.id from sweep s join run r on r.id = s.id
where r.project_id = %(project_id)s and s.state in ('done', 'stopped')
order by r.created_at desc, r.id desc limit 1

-- name: people
-- Those of its pieces, and where these were tidied away, those who were judged.
select about.candidate_id
from (
    select one.candidate_id, p.first + one.place - 1 as place
    from piece p cross join lateral unnest(p.candidate_ids) with ordinality one (candidate_id, place)
    where p.sweep_id = %(id)s and not one.candidate_id = any(p.unknown)
    union
    select c.candidate_id, c.place from run_candidate c where c.run_id = %(id)s
) about
order by about.place

-- name: take_up
update sweep set state = case when open_pieces = 0 then 'done' else 'running' end,
    reason = %(reason)s, retryable = false, round = %(round)s,
    principal = %(principal)s
where id = %(id)s

-- name: open_pieces
select number from piece where sweep_id = %(id)s and not done order by number

-- name: piece
select number, first, candidate_ids, done from piece where sweep_id = %(id)s and number = %(number)s

-- name: end_piece
-- Nothing where somebody else was faster.
update piece set done = true, unknown = %(unknown)s
where sweep_id = %(id)s and number = %(number)s and not done returning number

-- name: count_piece
update sweep set open_pieces = open_pieces - 1, judged = judged + %(judged)s, reused = reused + %(reused)s,
    kept = kept + %(kept)s, redone = redone + %(redone)s, alone = alone + %(alone)s, spent = spent + %(seconds)s,
    state = case when open_pieces = 1 and state = 'running' then 'done' else state end,
    principal = case when open_pieces = 1 then null else principal end
where id = %(id)s

-- name: end_sweep
update sweep set state = %(state)s, reason = coalesce(%(reason)s, reason), retryable = %(retryable)s,
    principal = null
where id = %(id)s and state = 'running'

-- name: finished
select number from piece where sweep_id = %(id)s and done and not number = any(%(seen)s) order by number

-- name: piece_outcomes
select c.outcome
from piece p
join run_candidate c on c.run_id = p.sweep_id and c.place >= p.first
  and c.place < p.first + cardinality(p.candidate_ids)
join sweep s on s.id = p.sweep_id
left join run_candidate b on b.run_id = s.refreshed and b.candidate_id = c.candidate_id
where p.sweep_id = %(id)s and p.number = any(%(pieces)s)
  and (s.refreshed is null or c.outcome is distinct from b.outcome)
order by c.place

-- name: results
select outcome from run_candidate where run_id = %(id)s and outcome is not null order by place

-- name: changed
select c.candidate_id, b.outcome ->> 'recommendation' as before, c.outcome ->> 'recommendation' as now
from sweep s
join run_candidate c on c.run_id = s.id
left join run_candidate b on b.run_id = s.refreshed and b.candidate_id = c.candidate_id
where s.id = %(id)s and c.outcome is distinct from b.outcome
order by c.place

-- name: unknown
select one.candidate_id
from (
    select -1 as number, unnest(gone) as candidate_id from sweep where id = %(id)s
    union all
    select number, unnest(unknown) from piece where sweep_id = %(id)s
) one
order by one.number

-- name: forgotten_sweeps
select tenant, id from forgotten_sweeps(%(keep)s, %(most)s)

-- name: lock_untidied
select from sweep where id = %(id)s and not tidied for update skip locked

-- name: tidy
-- What came of it stays. One that was cancelled, or that nobody ended, cannot be taken up any more.
with removed as (delete from piece where sweep_id = %(id)s returning number, unknown)
update sweep set
    tidied = true, principal = null,
    gone = (select coalesce(array_agg(one order by r.number), '{}') from removed r, unnest(r.unknown) one),
    reason = case state
        when 'cancelled' then 'it was cancelled' when 'running' then 'the deadline has passed' else reason end,
    state = case when state = 'done' then state else 'stopped' end
where id = %(id)s

-- name: add_comparison
insert into shadow_comparison (tenant, sweep_id, number, serving, shadow, judgements, differing)
values (%(tenant)s, %(sweep_id)s, %(number)s, %(serving)s, %(shadow)s, %(judgements)s, %(differing)s)

-- name: add_difference
insert into shadow_difference (tenant, sweep_id, number, candidate_id, qualification_id, statement, serving,
    serving_confidence, shadow, shadow_confidence)
values (%(tenant)s, %(sweep_id)s, %(number)s, %(candidate_id)s, %(qualification_id)s, %(statement)s, %(serving)s,
    %(serving_confidence)s, %(shadow)s, %(shadow_confidence)s)

-- name: compared
select c.serving, c.shadow, sum(c.judgements)::integer as judgements,
    sum(coalesce(c.differing,
        (select count(*) from shadow_difference d where (d.sweep_id, d.number) = (c.sweep_id, c.number))
    ))::integer as differing
from shadow_comparison c
where c.shadow = %(shadow)s or starts_with(c.shadow, %(shadow)s || '+')
group by c.serving, c.shadow

-- name: differences
select d.* from shadow_difference d
join shadow_comparison c using (sweep_id, number)
where c.shadow = %(shadow)s or starts_with(c.shadow, %(shadow)s || '+')
order by c.created_at desc, d.candidate_id, d.qualification_id limit %(limit)s

-- name: engine_versions
select name, kind, state, settings, gate, served_since, changed_by, changed_at
from engine_version order by served_since desc nulls last, changed_at desc, name

-- name: lock_engine_versions
lock table engine_version in share row exclusive mode

-- name: add_engine_version
insert into engine_version (name, kind, settings, changed_by)
values (%(name)s, %(kind)s, %(settings)s, %(by)s)
on conflict (name) do update set settings = excluded.settings, changed_by = excluded.changed_by,
    changed_at = clock_timestamp()

-- name: gate_engine_version
update engine_version set gate = %(gate)s, changed_by = %(by)s, changed_at = clock_timestamp()
where name = %(name)s

-- name: leave_state
update engine_version set state = %(next)s, changed_by = %(by)s, changed_at = clock_timestamp()
where state = %(state)s returning name

-- name: leave_service
-- For good: who rolls back once more comes to the one before.
update engine_version set state = 'retired', served_since = null, changed_by = %(by)s,
    changed_at = clock_timestamp()
where state = 'serving' returning name

-- name: add_change
insert into engine_change (version, did, decided_by, reason)
values (%(version)s, %(did)s, %(by)s, %(reason)s)

-- name: changes
select at, version, did, decided_by, reason from engine_change order by id desc limit %(limit)s

-- name: enter_state
update engine_version set state = %(state)s, changed_by = %(by)s, changed_at = clock_timestamp(),
    served_since = case when %(state)s = 'serving' then clock_timestamp() else served_since end
where name = %(name)s
