-- Questions about people now. Each group comes with its count by mask, so that differences can be judged.

-- name: pool
with @people
select mask, count(*) as n from people group by mask order by mask

-- name: people_by
-- What is largest is found first, by those in the full mask alone; only its groups are counted by mask.
with @people, valued as (
    select @dimension as value, company_name, mask from people
), top as (
    select value, min(case when {by:String} = 'company' then company_name end) as label from valued
    where mask = {full:Int32} and value is not null
    group by value having count(*) >= {k:Int32} order by count(*) desc, value limit {limit:Int32}
)
select value, mask, count(*) as n, label from valued join top using (value)
group by value, mask, label order by value, mask

-- name: skills
-- Of everybody, who is in one mask.
select skill as value, {full:Int32} as mask, count(*) as n from skill
group by skill having n >= {k:Int32} order by n desc, value limit {limit:Int32}

-- name: people_by_skill
with @people, masks as (
    select person, mask from people
), top as (
    select skill as value from skill
    where person in (select person from masks where mask = {full:Int32})
    group by skill having count(*) >= {k:Int32} order by count(*) desc, skill limit {limit:Int32}
)
select skill as value, mask, count(*) as n from skill join masks using (person)
where skill in (select value from top)
group by skill, mask order by skill, mask

-- name: schools
with @people, masks as (
    select person, occupation, mask from people
), top as (
    select school, occupation from study join masks using (person)
    where mask = {full:Int32} and occupation is not null and ({school:Nullable(String)} is null or school = {school:Nullable(String)})
    group by school, occupation having count(*) >= {k:Int32}
    order by count(*) desc, school, occupation limit {limit:Int32}
), named as (
    select school, min(school_name) as label from study where school in (select school from top) group by school
)
select school, occupation, mask, count(*) as n, label
from study join masks using (person) join top using (school, occupation) join named using (school)
group by school, occupation, mask, label order by school, occupation, mask

-- name: schools_of_all
-- Of everybody, who is in one mask.
with top as (
    select school, occupation, count(*) as n from study join person using (person)
    where occupation is not null and ({school:Nullable(String)} is null or school = {school:Nullable(String)})
    group by school, occupation having n >= {k:Int32} order by n desc, school, occupation limit {limit:Int32}
), named as (
    select school, min(school_name) as label from study where school in (select school from top) group by school
)
select school, occupation, {full:Int32} as mask, n, label from top join named using (school)
order by school, occupation

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

-- name: emerging_of_all
-- Of everybody, who is in one mask.
select skill as value, {full:Int32} as mask, countIf(first > {now:Int32} - 12) as lately,
    countIf(first <= {now:Int32} - 12) as earlier
from skill where shown and first > {now:Int32} - 24 and first <= {now:Int32}
group by skill having lately >= {k:Int32}
order by lately * 1.0 / greatest(earlier, {k:Int32}) desc, value limit {limit:Int32}

-- name: emerging
with @people, masks as (
    select person, mask from people
), recent as (
    select person, skill as value, first > {now:Int32} - 12 as late from skill
    where shown and first > {now:Int32} - 24 and first <= {now:Int32}
), top as (
    select value from recent join masks using (person) where mask = {full:Int32}
    group by value having countIf(late) >= {k:Int32}
    order by countIf(late) * 1.0 / greatest(countIf(not late), {k:Int32}) desc, value limit {limit:Int32}
)
select value, mask, countIf(late) as lately, countIf(not late) as earlier
from recent join masks using (person) where value in (select value from top)
group by value, mask order by value, mask
