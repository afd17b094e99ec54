-- name: search
select document from search where id = %(search_id)s

-- name: newest
select document from search
where project_id = %(project_id)s and (%(revision)s::integer is null or revision = %(revision)s::integer)
order by id desc limit 1

-- name: queries
select document from query where search_id = %(search_id)s order by rank, id

-- name: brought
select candidate_id, query_id, round, rank, score, found_by, shows, good from result
where search_id = %(search_id)s order by round, rank

-- name: shown
select candidate_id from result where project_id = %(project_id)s order by search_id, round, rank

-- name: found
select r.candidate_id
from search s
join result r on r.project_id = s.project_id
where s.id = %(search_id)s
  and ((r.search_id = s.id and r.round = %(round)s) or (%(round)s = 1 and r.search_id < s.id))
  and not coalesce(s.document -> 'left_out', '[]') ? r.candidate_id
order by r.search_id, r.round, r.rank
offset %(offset)s limit %(limit)s

-- name: answer
select document from answer where request_hash = %(request_hash)s

-- name: answers
select document from answer where search_id = %(search_id)s order by round

-- name: save_search
insert into search (id, tenant, project_id, revision, round, document)
values (%(id)s, %(tenant)s, %(project_id)s, %(revision)s, %(round)s, %(document)s)
on conflict (id) do update set round = excluded.round, document = excluded.document
where search.round = excluded.round - 1
returning id

-- name: save_query
insert into query (tenant, search_id, id, rank, status, brought, document)
values (%(tenant)s, %(search_id)s, %(id)s, %(rank)s, %(status)s, %(brought)s, %(document)s)
on conflict (search_id, id) do update
set rank = excluded.rank, status = excluded.status, brought = excluded.brought, document = excluded.document

-- name: save_result
insert into result (tenant, project_id, search_id, candidate_id, query_id, round, rank, score, found_by, shows, good)
values (%(tenant)s, %(project_id)s, %(search_id)s, %(candidate_id)s, %(query_id)s, %(round)s, %(rank)s,
        %(score)s, %(found_by)s, %(shows)s, %(good)s)

-- name: save_verdict
update result set good = %(good)s where search_id = %(search_id)s and candidate_id = %(candidate_id)s

-- name: save_answer
insert into answer (tenant, request_hash, search_id, round, document)
values (%(tenant)s, %(request_hash)s, %(search_id)s, %(round)s, %(document)s)
