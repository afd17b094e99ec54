-- Questions about people now. Each group comes with its count by mask, so that differences can be judged.

-- name: pool
with @people
select mask, count(*) as n from people group by mask order by mask

-- name: people_by
-- What is largest is found first, by those in the full mask alone; only its groups are counted by mask.
with @people, valued as (
    select @dimension as value, company_name, mask from people
), top as (
    select value, min(case when $by = 'company' then company_name end) as label from valued
    where mask = $full and value is not null
    group by value having count(*) >= $k order by count(*) desc, value limit $limit
)
select value, mask, count(*) as n, label from valued join top using (value)
group by value, mask, label order by value, mask

-- name: skills
-- Of everybody, who is in one mask.
select skill as value, $full as mask, count(*) as n from skill
group by skill having n >= $k order by n desc, value limit $limit

-- name: people_by_skill
-- Nobody is twice in masks: a join finds whom `in` would, in a quarter of the time.
with @people, masks as (
    select person, mask from people
), top as (
    select skill as value from skill join masks using (person) where mask = $full
    group by skill having count(*) >= $k order by count(*) desc, skill limit $limit
)
select skill as value, mask, count(*) as n from skill join masks using (person)
where skill in (select value from top)
group by skill, mask order by skill, mask

-- name: schools
-- All pairs are counted by hashes of their names: by the names themselves it takes twice as long.
with @people, masks as materialized (
    select person, occupation, hash(occupation) as work, mask from people where occupation is not null
), studies as not materialized (
    select person, school, school_name, hash(school) as origin from study where $school is null or school = $school
), pairs as (
    select origin, work, count(*) as n from studies join masks using (person) where mask = $full
    group by origin, work having n >= $k
), schools as (
    select distinct school, origin from studies
), works as (
    select distinct occupation, hash(occupation) as work from person
), top as materialized (
    select school, occupation from pairs join schools using (origin) join works using (work)
    order by n desc, school, occupation limit $limit
), studied as (
    select person, school from studies where school in (select school from top)
), doing as (
    select person, occupation, mask from masks where occupation in (select occupation from top)
), named as (
    select school, min(school_name) as label from studies where school in (select school from top) group by school
)
select school, occupation, mask, count(*) as n, label
from studied join doing using (person) join top using (school, occupation) join named using (school)
group by school, occupation, mask, label order by school, occupation, mask

-- name: schools_of_all
-- Of everybody, who is in one mask.
with top as materialized (
    select school, occupation, count(*) as n from study join person using (person)
    where occupation is not null and ($school is null or school = $school)
    group by school, occupation having n >= $k order by n desc, school, occupation limit $limit
), named as (
    select school, min(school_name) as label from study where school in (select school from top) group by school
)
select school, occupation, $full as mask, n, label from top join named using (school) order by school, occupation

-- name: adjacent
with holders as (
    select person from skill where skill = $skill
), joint as (
    select skill.skill as value, count(*) as together
    from skill join holders using (person) where skill.skill <> $skill group by value
), alone as (
    select skill as value, count(*) as n from skill group by value
)
select value, together, n, (select count(*) from holders) as holders, (select count(*) from person) as people
from joint join alone using (value)
where together >= $k
order by together * 1.0 / sqrt(n) desc, value limit $limit

-- name: emerging_of_all
-- Of everybody, who is in one mask.
select skill as value, $full as mask, count(*) filter (first > $now - 12) as lately,
    count(*) filter (first <= $now - 12) as earlier
from skill where shown and first > $now - 24 and first <= $now
group by skill having lately >= $k order by lately * 1.0 / greatest(earlier, $k) desc, value limit $limit

-- name: emerging
with @people, masks as (
    select person, mask from people
), recent as not materialized (
    select person, skill as value, first > $now - 12 as late from skill
    where shown and first > $now - 24 and first <= $now
), top as (
    select value from recent join masks using (person) where mask = $full
    group by value having count(*) filter (late) >= $k
    order by count(*) filter (late) * 1.0 / greatest(count(*) filter (not late), $k) desc, value limit $limit
)
select value, mask, count(*) filter (late) as lately, count(*) filter (not late) as earlier
from recent join masks using (person) where value in (select value from top)
group by value, mask order by value, mask
