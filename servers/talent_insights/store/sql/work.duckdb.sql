-- Questions about work over time, from spans that never overlap: at any month a person counts once.

-- name: flows
-- Names are read of what is shown alone.
with moved as not materialized (
    select origin, target, origin_name, target_name, @conditions
        + (case when $months <= 24 and month > $now - 24 then 131072 else 0 end)
        + (case when $months <= 12 and month > $now - 12 then 262144 else 0 end) as mask
    from move
    where kind = $kind and month > $now - 36 and month <= $now
        and ($focus is null or origin = $focus or target = $focus)
), top as materialized (
    select origin, target from moved where mask = $full
    group by origin, target having count(*) >= $k order by count(*) desc, origin, target limit $limit
), shown as materialized (
    select moved.* from moved join top using (origin, target)
    where origin in (select origin from top) and target in (select target from top)
), named as (
    select origin, target, min(origin_name) as origin_name, min(target_name) as target_name
    from shown where mask = $full group by origin, target
)
select origin, target, mask, count(*) as n, named.origin_name as origin_name, named.target_name as target_name
from shown join named using (origin, target)
group by origin, target, mask, named.origin_name, named.target_name order by origin, target, mask

-- name: workforce
-- before + hired - departed = headcount, where nobody came twice. Name and tenure are of who meets all conditions.
with spans as not materialized (
    select person, began, ended, company_name, @dimension as value, @conditions as mask,
        ended is null or ended >= $now as lasts
    from span
    where began <= $now and (ended is null or ended >= $now - 12)
), top as (
    select value from spans
    where mask = $full and value is not null and ($focus is null or value = $focus)
    group by value
    having count(*) filter (lasts) >= $k
        and ($sort = 'headcount' or count(*) filter (began <= $now - 12) >= $k)
    order by case when $sort = 'growth'
            then (count(*) filter (lasts) - count(*) filter (began <= $now - 12)) * 1.0
                / greatest(count(*) filter (began <= $now - 12), 1)
            else count(*) filter (lasts) * 1.0 end desc, value
    limit $limit
), shown as (
    select * from spans join top using (value)
), arrivals as (
    select value, mask, count(distinct person) as hired from shown where began > $now - 12 group by value, mask
), departures as (
    select value, mask, count(distinct person) as departed from shown where ended < $now group by value, mask
), cells as (
    select value, mask,
        min(case when $by = 'company' then company_name end) filter (mask = $full and lasts) as label,
        count(*) filter (lasts) as headcount, count(*) filter (began <= $now - 12) as before,
        median($now - began + 1) filter (mask = $full and lasts) as tenure
    from shown group by value, mask
)
select value, mask, label, headcount, before, coalesce(hired, 0) as hired, coalesce(departed, 0) as departed, tenure
from cells left join arrivals using (value, mask) left join departures using (value, mask)
order by value, mask

-- name: occupancy
with spans as (
    select began, ended, @conditions as mask from span
    where began <= $now and (ended is null or ended >= $now - 36)
), changes as (
    select greatest(began, $now - 36) as month, mask, count(*) as joined, 0 as gone from spans group by all
    union all
    select ended + 1 as month, mask, 0 as joined, count(*) as gone from spans where ended < $now group by all
)
select month, mask, sum(joined)::bigint as joined, sum(gone)::bigint as gone from changes
group by month, mask order by month, mask

-- name: layoffs
-- The month of the last six in which most people left, beside the thirty months before. (The months at the end follow
-- from the line below them, and let most of the table be passed over.)
with leaving as (
    select @dimension as value, ended as month, count(*) as n from span
    where ended >= $now - 36 and ended < $now and @dimension is not null
    group by value, month
), usual as (
    select value, sum(n)::bigint as total, sum(n) / 30.0 as mean,
        sqrt(greatest(sum(n * n) / 30.0 - (sum(n) / 30.0) * (sum(n) / 30.0), 0)) as deviation
    from leaving where month < $now - 6 group by value
), worst as (
    select value, max(n * 100000 + month) as packed from leaving where month >= $now - 6 group by value
), flagged as (
    select leaving.value as value, leaving.month as month, leaving.n as n, coalesce(total, 0) as usual_total,
        coalesce(mean, 0) as mean, greatest(coalesce(deviation, 0), 1) as deviation
    from leaving join worst on leaving.value = worst.value
        and leaving.n * 100000 + leaving.month = worst.packed and leaving.month >= $now - 6
    left join usual on usual.value = leaving.value
    where leaving.n >= $k
), staff as not materialized (
    select began, ended, company_name, @dimension as value from span
)
select flagged.value as value, min(case when $by = 'company' then company_name end) as label,
    flagged.month as month, flagged.n as n, usual_total, count(*) as staff
from flagged join staff on staff.value = flagged.value
where (staff.ended is null or staff.ended >= $now - 6)
    and staff.began <= flagged.month and (staff.ended is null or staff.ended >= flagged.month)
    and flagged.n >= mean + 3 * deviation
group by flagged.value, flagged.month, flagged.n, usual_total
having flagged.n * 20 >= count(*)
order by flagged.n * 1.0 / count(*) desc, value limit $limit
