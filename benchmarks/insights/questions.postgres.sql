-- The unit's named questions in PostgreSQL's words; tables, columns and answers are the same.

-- name: conditions
%(unasked)s::int
        + (case when country = %(country)s::text then 1 else 0 end)
        + (case when region = %(region)s::text then 2 else 0 end)
        + (case when place = %(place)s::text then 4 else 0 end)
        + (case when function = %(function)s::text then 8 else 0 end)
        + (case when occupation = %(occupation)s::text then 16 else 0 end)
        + (case when seniority = %(seniority)s::text then 32 else 0 end)
        + (case when company = %(company)s::text then 64 else 0 end)
        + (case when remote = %(remote)s::boolean then 128 else 0 end)

-- name: skill_bits
bit_or(case skill when %(skill1)s::text then 4096 when %(skill2)s::text then 8192 when %(skill3)s::text then 16384
        when %(skill4)s::text then 32768 when %(skill5)s::text then 65536 else 0 end)

-- name: asked_skills
skill in (%(skill1)s::text, %(skill2)s::text, %(skill3)s::text, %(skill4)s::text, %(skill5)s::text)

-- name: people
proficient as (
    select person, @skill_bits as bits from skill
    where @asked_skills
    group by person
), people as (
    select person.*, @conditions
        + (case when %(years)s::int >= 2 and worked + coalesce(%(now)s::int - working_since + 1, 0) >= 24 then 256 else 0 end)
        + (case when %(years)s::int >= 5 and worked + coalesce(%(now)s::int - working_since + 1, 0) >= 60 then 512 else 0 end)
        + (case when %(years)s::int >= 10 and worked + coalesce(%(now)s::int - working_since + 1, 0) >= 120 then 1024 else 0 end)
        + (case when %(years)s::int >= 15 and worked + coalesce(%(now)s::int - working_since + 1, 0) >= 180 then 2048 else 0 end)
        + coalesce(bits, 0) as mask
    from person left join proficient using (person)
)

-- name: postings
demanded as (
    select posting_id, @skill_bits as bits from posting_skill
    where @asked_skills
    group by posting_id
), postings as (
    select posting.*, open and (last_day is null or last_day >= %(day)s::int) as asked,
        @conditions + coalesce(bits, 0) as mask
    from posting left join demanded using (posting_id)
)

-- name: dimension
case %(by)s::text when 'country' then country when 'region' then region when 'place' then place
        when 'function' then function when 'occupation' then occupation when 'seniority' then seniority
        when 'company' then company when 'work_mode' then case when remote then 'remote' else 'on site' end end

-- name: pool
with @people
select mask, count(*) as n from people group by mask order by mask

-- name: people_by
-- What is largest is found first, by those in the full mask alone; only its groups are counted by mask.
with @people, valued as (
    select @dimension as value, company_name, mask from people
), top as (
    select value, min(case when %(by)s::text = 'company' then company_name end) as label from valued
    where mask = %(full)s::int and value is not null
    group by value having count(*) >= %(k)s::int order by count(*) desc, value limit %(limit)s::bigint
)
select value, mask, count(*) as n, label from valued join top using (value)
group by value, mask, label order by value, mask

-- name: skills
-- Of everybody, who is in one mask.
select skill as value, %(full)s::int as mask, count(*) as n from skill
group by skill having count(*) >= %(k)s::int order by n desc, value limit %(limit)s::bigint

-- name: people_by_skill
with @people, masks as (
    select person, mask from people
), top as (
    select skill as value from skill
    where person in (select person from masks where mask = %(full)s::int)
    group by skill having count(*) >= %(k)s::int order by count(*) desc, skill limit %(limit)s::bigint
)
select skill as value, mask, count(*) as n from skill join masks using (person)
where skill in (select value from top)
group by skill, mask order by skill, mask

-- name: schools
with @people, masks as (
    select person, occupation, mask from people
), top as (
    select school, occupation from study join masks using (person)
    where mask = %(full)s::int and occupation is not null and (%(school)s::text is null or school = %(school)s::text)
    group by school, occupation having count(*) >= %(k)s::int
    order by count(*) desc, school, occupation limit %(limit)s::bigint
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
    where occupation is not null and (%(school)s::text is null or school = %(school)s::text)
    group by school, occupation having count(*) >= %(k)s::int
    order by n desc, school, occupation limit %(limit)s::bigint
), named as (
    select school, min(school_name) as label from study where school in (select school from top) group by school
)
select school, occupation, %(full)s::int as mask, n, label from top join named using (school) order by school, occupation

-- name: adjacent
with holders as (
    select person from skill where skill = %(skill)s::text
), joint as (
    select skill.skill as value, count(*) as together
    from skill join holders using (person) where skill.skill <> %(skill)s::text group by value
), alone as (
    select skill as value, count(*) as n from skill group by value
)
select value, together, n, (select count(*) from holders) as holders, (select count(*) from person) as people
from joint join alone using (value)
where together >= %(k)s::int
order by together * 1.0 / sqrt(n) desc, value limit %(limit)s::bigint

-- name: emerging_of_all
-- Of everybody, who is in one mask.
select skill as value, %(full)s::int as mask, count(*) filter (where first > %(now)s::int - 12) as lately,
    count(*) filter (where first <= %(now)s::int - 12) as earlier
from skill where shown and first > %(now)s::int - 24 and first <= %(now)s::int
group by skill having count(*) filter (where first > %(now)s::int - 12) >= %(k)s::int
order by count(*) filter (where first > %(now)s::int - 12) * 1.0
    / greatest(count(*) filter (where first <= %(now)s::int - 12), %(k)s::int) desc, value
limit %(limit)s::bigint

-- name: emerging
with @people, cells as materialized (
    select skill as value, mask, count(*) filter (where first > %(now)s::int - 12) as lately,
        count(*) filter (where first <= %(now)s::int - 12) as earlier
    from skill join people using (person)
    where shown and first > %(now)s::int - 24 and first <= %(now)s::int
    group by skill, mask
), top as (
    select value from cells where mask = %(full)s::int and lately >= %(k)s::int
    order by lately * 1.0 / greatest(earlier, %(k)s::int) desc, value limit %(limit)s::bigint
)
select value, mask, lately, earlier from cells join top using (value) order by value, mask

-- name: flows
with moved as not materialized (
    select origin, target, origin_name, target_name, @conditions
        + (case when %(months)s::int <= 24 and month > %(now)s::int - 24 then 131072 else 0 end)
        + (case when %(months)s::int <= 12 and month > %(now)s::int - 12 then 262144 else 0 end) as mask
    from move
    where kind = %(kind)s::text and month > %(now)s::int - 36 and month <= %(now)s::int
        and (%(focus)s::text is null or origin = %(focus)s::text or target = %(focus)s::text)
), top as (
    select origin, target, min(origin_name) as origin_name, min(target_name) as target_name
    from moved where mask = %(full)s::int
    group by origin, target having count(*) >= %(k)s::int order by count(*) desc, origin, target limit %(limit)s::bigint
)
select origin, target, mask, count(*) as n, top.origin_name as origin_name, top.target_name as target_name
from moved join top using (origin, target)
group by origin, target, mask, top.origin_name, top.target_name order by origin, target, mask

-- name: workforce
-- before + hired - departed = headcount, where nobody came twice. Name and tenure are of who meets all conditions.
with spans as not materialized (
    select person, began, ended, company_name, @dimension as value, @conditions as mask,
        ended is null or ended >= %(now)s::int as lasts
    from span
    where began <= %(now)s::int and (ended is null or ended >= %(now)s::int - 12)
), top as (
    select value from spans
    where mask = %(full)s::int and value is not null and (%(focus)s::text is null or value = %(focus)s::text)
    group by value
    having count(*) filter (where lasts) >= %(k)s::int
        and (%(sort)s::text = 'headcount' or count(*) filter (where began <= %(now)s::int - 12) >= %(k)s::int)
    order by case when %(sort)s::text = 'growth'
            then (count(*) filter (where lasts) - count(*) filter (where began <= %(now)s::int - 12)) * 1.0
                / greatest(count(*) filter (where began <= %(now)s::int - 12), 1)
            else count(*) filter (where lasts) * 1.0 end desc, value
    limit %(limit)s::bigint
), shown as (
    select * from spans join top using (value)
), arrivals as (
    select value, mask, count(distinct person) as hired from shown where began > %(now)s::int - 12 group by value, mask
), departures as (
    select value, mask, count(distinct person) as departed from shown where ended < %(now)s::int group by value, mask
), cells as (
    select value, mask,
        min(case when %(by)s::text = 'company' then company_name end) filter (where mask = %(full)s::int and lasts) as label,
        count(*) filter (where lasts) as headcount, count(*) filter (where began <= %(now)s::int - 12) as before,
        percentile_cont(0.5) within group (order by %(now)s::int - began + 1) filter (where mask = %(full)s::int and lasts) as tenure
    from shown group by value, mask
)
select value, mask, label, headcount, before, coalesce(hired, 0) as hired, coalesce(departed, 0) as departed, tenure
from cells left join arrivals using (value, mask) left join departures using (value, mask)
order by value, mask

-- name: occupancy
with spans as (
    select began, ended, @conditions as mask from span
    where began <= %(now)s::int and (ended is null or ended >= %(now)s::int - 36)
), changes as (
    select greatest(began, %(now)s::int - 36) as month, mask, count(*) as joined, 0 as gone from spans group by 1, 2
    union all
    select ended + 1 as month, mask, 0 as joined, count(*) as gone from spans
    where ended < %(now)s::int group by 1, 2
)
select month, mask, sum(joined)::bigint as joined, sum(gone)::bigint as gone from changes
group by month, mask order by month, mask

-- name: layoffs
-- The month of the last six in which most people left, beside the thirty months before.
with leaving as (
    select @dimension as value, ended as month, count(*) as n from span
    where ended >= %(now)s::int - 36 and ended < %(now)s::int and @dimension is not null
    group by value, month
), usual as (
    select value, sum(n)::bigint as total, sum(n) / 30.0 as mean,
        sqrt(greatest(sum(n * n) / 30.0 - (sum(n) / 30.0) * (sum(n) / 30.0), 0)) as deviation
    from leaving where month < %(now)s::int - 6 group by value
), worst as (
    select value, max(n * 100000 + month) as packed from leaving where month >= %(now)s::int - 6 group by value
), flagged as (
    select leaving.value as value, leaving.month as month, leaving.n as n, coalesce(total, 0) as usual_total,
        coalesce(mean, 0) as mean, greatest(coalesce(deviation, 0), 1) as deviation
    from leaving join worst on leaving.value = worst.value
        and leaving.n * 100000 + leaving.month = worst.packed and leaving.month >= %(now)s::int - 6
    left join usual on usual.value = leaving.value
    where leaving.n >= %(k)s::int
), staff as (
    select began, ended, company_name, @dimension as value from span
)
select flagged.value as value, min(case when %(by)s::text = 'company' then company_name end) as label,
    flagged.month as month, flagged.n as n, usual_total, count(*) as staff
from flagged join staff on staff.value = flagged.value
where staff.began <= flagged.month and (staff.ended is null or staff.ended >= flagged.month)
    and flagged.n >= mean + 3 * deviation
group by flagged.value, flagged.month, flagged.n, usual_total
having flagged.n * 20 >= count(*)
order by flagged.n * 1.0 / count(*) desc, value limit %(limit)s::bigint

-- name: demand
with @postings
select count(*) filter (where asked) as open, count(*) filter (where posted > %(now)s::int - 12 and posted <= %(now)s::int) as posted
from postings where mask = %(full)s::int

-- name: demand_by
with @postings
select @dimension as value, count(*) filter (where asked) as n, min(company_name) as label
from postings where mask = %(full)s::int and @dimension is not null
group by value having count(*) filter (where asked) > 0
order by n desc, value limit %(limit)s::bigint

-- name: demand_by_skill
with @postings
select skill as value, count(*) filter (where asked) as n
from postings join posting_skill using (posting_id) where mask = %(full)s::int
group by value having count(*) filter (where asked) > 0
order by n desc, value limit %(limit)s::bigint

-- name: demand_over_time
with @postings
select posted as month, count(*) as n from postings
where mask = %(full)s::int and posted > %(now)s::int - 36 and posted <= %(now)s::int group by month order by month

-- name: pay
with @postings, offers as (
    select @dimension as value, currency, (pay_low + pay_high) / 2 as middle, posted from postings
    where mask = %(full)s::int and pay_low is not null and posted > %(now)s::int - 24 and posted <= %(now)s::int
)
select value, currency, count(*) as n, percentile_cont(0.25) within group (order by middle) as lower, percentile_cont(0.5) within group (order by middle) as middle,
    percentile_cont(0.75) within group (order by middle) as upper, min(posted) as since, max(posted) as until
from offers group by value, currency having count(*) >= %(k)s::int
order by n desc, value, currency limit %(limit)s::bigint
