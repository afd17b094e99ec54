-- name: add
insert into gathered (tenant, agent, gist, candidate, happened)
select %(tenant)s, %(agent)s, %(gist)s, candidate, %(happened)s from unnest(%(candidates)s::text[]) candidate
on conflict do nothing

-- name: take
with oldest as (
    select gist from gathered where agent = %(agent)s order by at, gist limit 1
), taken as (
    delete from gathered g using (
        select gist, candidate from gathered join oldest using (gist) where agent = %(agent)s
        order by at, candidate limit %(most)s
    ) part
    where g.agent = %(agent)s and g.gist = part.gist and g.candidate = part.candidate
    returning g.candidate, g.happened, g.at
)
select candidate, happened from taken order by at, candidate

-- name: left
select exists (select from gathered where agent = %(agent)s) as left
