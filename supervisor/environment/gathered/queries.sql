-- name: add
insert into gathered (tenant, agent, gist, candidate, happened)
select %(tenant)s, %(agent)s, %(gist)s, candidate, %(happened)s from unnest(%(candidates)s::text[]) candidate
on conflict do nothing

-- name: take
with taken as (
    delete from gathered where ctid = any (array(
        select g.ctid from gathered g
        where g.agent = %(agent)s and g.gist = (
            select f.gist from gathered f where f.agent = %(agent)s order by f.at limit 1)
        order by g.at, g.candidate limit %(most)s))
    returning candidate, happened, at
)
select candidate, happened from taken order by at, candidate

-- name: left
select exists (select from gathered where agent = %(agent)s) as left
