-- name: known
select e.document
from evaluation e
join unnest(%(candidates)s::text[], %(hashes)s::text[]) as asked (candidate_id, input_hash)
  using (candidate_id, input_hash)

-- name: add_evaluation
insert into evaluation (tenant, candidate_id, input_hash, engine, recommendation, document)
values (%(tenant)s, %(candidate_id)s, %(input_hash)s, %(engine)s, %(recommendation)s, %(document)s)
on conflict (tenant, candidate_id, input_hash) do nothing

-- name: add_run
insert into run (id, tenant, project_id, revision, engine, created_by)
values (%(evaluation_id)s, %(tenant)s, %(project_id)s, %(revision)s, %(engine)s, %(created_by)s)
on conflict (id) do nothing

-- name: add_run_candidate
insert into run_candidate (tenant, run_id, place, candidate_id, input_hash)
values (%(tenant)s, %(run_id)s, %(place)s, %(candidate_id)s, %(input_hash)s)
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
delete from evaluation where candidate_id = any(%(candidates)s::text[])
