-- Questions about work over time, from spans that never overlap: at any month a person counts once.

-- name: flows
with moved as (
    select origin, target, origin_name, target_name, @conditions
        + (case when {months:Int32} <= 24 and month > {now:Int32} - 24 then 131072 else 0 end)
        + (case when {months:Int32} <= 12 and month > {now:Int32} - 12 then 262144 else 0 end) as mask
    from move
    where kind = {kind:String} and month > {now:Int32} - 36 and month <= {now:Int32}
        and ({focus:Nullable(String)} is null or origin = {focus:Nullable(String)} or target = {focus:Nullable(String)})
), top as (
    select origin, target, min(origin_name) as origin_name, min(target_name) as target_name
    from moved where mask = {full:Int32}
    group by origin, target having count(*) >= {k:Int32} order by count(*) desc, origin, target limit {limit:Int32}
)
select origin, target, mask, count(*) as n, top.origin_name as origin_name, top.target_name as target_name
from moved join top using (origin, target)
group by origin, target, mask, top.origin_name, top.target_name order by origin, target, mask

-- name: workforce
-- before + hired - departed = headcount, where nobody came twice. Name and tenure are of who meets all conditions.
with spans as (
    select person, began, ended, company_name, @dimension as value, @conditions as mask,
        ended is null or ended >= {now:Int32} as lasts
    from span
    where began <= {now:Int32} and (ended is null or ended >= {now:Int32} - 12)
), top as (
    select value from spans
    where mask = {full:Int32} and value is not null and ({focus:Nullable(String)} is null or value = {focus:Nullable(String)})
    group by value
    having countIf(lasts) >= {k:Int32}
        and ({sort:String} = 'headcount' or countIf(began <= {now:Int32} - 12) >= {k:Int32})
    order by case when {sort:String} = 'growth'
            then (countIf(lasts) - countIf(began <= {now:Int32} - 12)) * 1.0
                / greatest(countIf(began <= {now:Int32} - 12), 1)
            else countIf(lasts) * 1.0 end desc, value
    limit {limit:Int32}
), shown as (
    select * from spans join top using (value)
), arrivals as (
    select value, mask, count(distinct person) as hired from shown where began > {now:Int32} - 12 group by value, mask
), departures as (
    select value, mask, count(distinct person) as departed from shown where ended < {now:Int32} group by value, mask
), cells as (
    select value, mask,
        minIf(case when {by:String} = 'company' then company_name end, mask = {full:Int32} and lasts) as label,
        countIf(lasts) as headcount, countIf(began <= {now:Int32} - 12) as before,
        quantileExactInclusiveOrNullIf(0.5)({now:Int32} - began + 1, mask = {full:Int32} and lasts) as tenure
    from shown group by value, mask
)
select value, mask, label, headcount, before, coalesce(hired, 0) as hired, coalesce(departed, 0) as departed, tenure
from cells left join arrivals using (value, mask) left join departures using (value, mask)
order by value, mask

-- name: occupancy
with spans as (
    select began, ended, @conditions as mask from span
    where began <= {now:Int32} and (ended is null or ended >= {now:Int32} - 36)
), changes as (
    select greatest(began, {now:Int32} - 36) as month, mask, count(*) as joined, 0 as gone from spans group by all
    union all
    select ended + 1 as month, mask, 0 as joined, count(*) as gone from spans where ended < {now:Int32} group by all
)
select month, mask, sum(joined) as joined, sum(gone) as gone from changes
group by month, mask order by month, mask

-- name: layoffs
-- The month of the last six in which most people left, beside the thirty months before.
with leaving as (
    select @dimension as value, ended as month, count(*) as n from span
    where ended >= {now:Int32} - 36 and ended < {now:Int32} and @dimension is not null
    group by value, month
), usual as (
    select value, sum(n) as total, sum(n) / 30.0 as mean,
        sqrt(greatest(sum(n * n) / 30.0 - (sum(n) / 30.0) * (sum(n) / 30.0), 0)) as deviation
    from leaving where month < {now:Int32} - 6 group by value
), worst as (
    select value, max(n * 100000 + month) as packed from leaving where month >= {now:Int32} - 6 group by value
), flagged as (
    select leaving.value as value, leaving.month as month, leaving.n as n, coalesce(total, 0) as usual_total,
        coalesce(mean, 0) as mean, greatest(coalesce(deviation, 0), 1) as deviation
    from leaving join worst on leaving.value = worst.value
        and leaving.n * 100000 + leaving.month = worst.packed and leaving.month >= {now:Int32} - 6
    left join usual on usual.value = leaving.value
    where leaving.n >= {k:Int32}
), staff as (
    select began, ended, company_name, @dimension as value from span
)
select flagged.value as value, min(case when {by:String} = 'company' then company_name end) as label,
    flagged.month as month, flagged.n as n, usual_total, count(*) as staff
from flagged join staff on staff.value = flagged.value
where staff.began <= flagged.month and (staff.ended is null or staff.ended >= flagged.month)
    and flagged.n >= mean + 3 * deviation
group by flagged.value, flagged.month, flagged.n, usual_total
having flagged.n * 20 >= count(*)
order by flagged.n * 1.0 / count(*) desc, value limit {limit:Int32}
