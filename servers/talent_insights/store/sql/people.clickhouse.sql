-- Questions about people now. Each group comes with its count by mask, so that differences can be judged.

-- name: pool
with @people
select mask, count(*) as n from people group by mask order by mask

-- name: people_by
with @people, cells as (
    select @dimension as value, mask, count(*) as n,
        min(case when {by:String} = 'company' then company_name end) as label
    from people group by value, mask
), top as (
    select value from cells where mask = {full:Int32} and value is not null and n >= {k:Int32}
    order by n desc, value limit {limit:Int32}
)
select value, mask, n, label from cells join top using (value) order by value, mask

-- name: skills
-- Of everybody, who is in one mask.
select skill as value, {full:Int32} as mask, count(*) as n from skill
group by skill having n >= {k:Int32} order by n desc, value limit {limit:Int32}

-- name: people_by_skill
with @people, top as (
    select skill as value, count(*) as held from skill
    where person in (select person from people where mask = {full:Int32})
    group by skill having held >= {k:Int32} order by held desc, skill limit {limit:Int32}
)
select skill as value, mask, count(*) as n from people join skill using (person)
where skill in (select value from top)
group by skill, mask order by skill, mask

-- name: schools
with @people, cells as (
    select school, coalesce(occupation, '') as occupation, mask, count(*) as n, min(school_name) as label
    from people join study using (person)
    where {school:Nullable(String)} is null or school = {school:Nullable(String)}
    group by school, occupation, mask
), top as (
    select school, occupation from cells where mask = {full:Int32} and n >= {k:Int32} and occupation <> ''
    order by n desc, school, occupation limit {limit:Int32}
)
select school, occupation, mask, n, label from cells join top using (school, occupation)
order by school, occupation, mask

-- name: adjacent
with holders as (
    select person from skill where skill = {skill:String}
), joint as (
    select skill.skill as value, count(*) as together
    from skill join holders using (person) where skill.skill <> {skill:String} group by value
), alone as (
    select skill as value, count(*) as n from skill group by value
)
select value, together, n, (select count(*) from holders) as holders, (select count(*) from person) as people
from joint join alone using (value)
where together >= {k:Int32}
order by together * 1.0 / sqrt(n) desc, value limit {limit:Int32}

-- name: emerging
with @people, cells as (
    select skill as value, mask,
        countIf(first > {now:Int32} - 12 and first <= {now:Int32}) as lately,
        countIf(first > {now:Int32} - 24 and first <= {now:Int32} - 12) as earlier
    from people join skill using (person)
    where shown and first > {now:Int32} - 24
    group by value, mask
), top as (
    select value from cells where mask = {full:Int32} and lately >= {k:Int32}
    order by lately * 1.0 / greatest(earlier, {k:Int32}) desc, value limit {limit:Int32}
)
select value, mask, lately, earlier from cells join top using (value) order by value, mask
