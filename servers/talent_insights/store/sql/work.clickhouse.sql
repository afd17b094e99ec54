-- Questions about work over time, from spans that never overlap: at any month a person counts once.

-- name: flows
with moved as (
    select origin, target, origin_name, target_name, @conditions
        + (case when {months:Int32} <= 24 and month > {now:Int32} - 24 then 131072 else 0 end)
        + (case when {months:Int32} <= 12 and month > {now:Int32} - 12 then 262144 else 0 end) as mask
    from move
    where kind = {kind:String} and month > {now:Int32} - 36 and month <= {now:Int32}
        and ({focus:Nullable(String)} is null or origin = {focus:Nullable(String)} or target = {focus:Nullable(String)})
), cells as (
    select origin, target, mask, count(*) as n, min(origin_name) as origin_name, min(target_name) as target_name
    from moved group by origin, target, mask
), top as (
    select origin, target from cells where mask = {full:Int32} and n >= {k:Int32} order by n desc, origin, target limit {limit:Int32}
)
select origin, target, mask, n, origin_name, target_name from cells join top using (origin, target)
order by origin, target, mask

-- name: workforce
-- before + hired - departed = headcount, where nobody came twice.
with spans as (
    select person, began, ended, company_name, @dimension as value, @conditions as mask from span
    where began <= {now:Int32} and (ended is null or ended >= {now:Int32} - 12)
), cells as (
    select value, mask, countIf(ended is null or ended >= {now:Int32}) as headcount,
        countIf(began <= {now:Int32} - 12) as before
    from spans where {focus:Nullable(String)} is null or value = {focus:Nullable(String)}
    group by value, mask
), top as (
    select value from cells
    where mask = {full:Int32} and value is not null and headcount >= {k:Int32} and ({sort:String} = 'headcount' or before >= {k:Int32})
    order by case when {sort:String} = 'growth' then (headcount - before) * 1.0 / greatest(before, 1)
        else headcount * 1.0 end desc, value limit {limit:Int32}
), arrivals as (
    select value, mask, count(distinct person) as hired from spans
    where began > {now:Int32} - 12 and value in (select value from top) group by value, mask
), departures as (
    select value, mask, count(distinct person) as departed from spans
    where ended < {now:Int32} and value in (select value from top) group by value, mask
), staff as (
    select value, min(case when {by:String} = 'company' then company_name end) as label, quantileExactInclusive(0.5)({now:Int32} - began + 1) as tenure from spans
    where mask = {full:Int32} and (ended is null or ended >= {now:Int32}) and value in (select value from top)
    group by value
)
select value, mask, label, headcount, before, coalesce(hired, 0) as hired, coalesce(departed, 0) as departed, tenure
from cells join staff using (value) left join arrivals using (value, mask) left join departures using (value, mask)
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
    select company, ended as month, count(*) as n from span
    where ended >= {now:Int32} - 36 and ended < {now:Int32} and company is not null
    group by company, month
), usual as (
    select company, sum(n) as total, sum(n) / 30.0 as mean,
        sqrt(greatest(sum(n * n) / 30.0 - (sum(n) / 30.0) * (sum(n) / 30.0), 0)) as deviation
    from leaving where month < {now:Int32} - 6 group by company
), worst as (
    select company, max(n * 100000 + month) as packed from leaving where month >= {now:Int32} - 6 group by company
), flagged as (
    select leaving.company as company, leaving.month as month, leaving.n as n, coalesce(total, 0) as usual_total,
        coalesce(mean, 0) as mean, greatest(coalesce(deviation, 0), 1) as deviation
    from leaving join worst on leaving.company = worst.company
        and leaving.n * 100000 + leaving.month = worst.packed and leaving.month >= {now:Int32} - 6
    left join usual on usual.company = leaving.company
    where leaving.n >= {k:Int32}
)
select flagged.company as value, min(span.company_name) as label, flagged.month as month, flagged.n as n,
    usual_total, count(*) as staff
from flagged join span on span.company = flagged.company
where span.began <= flagged.month and (span.ended is null or span.ended >= flagged.month)
    and flagged.n >= mean + 3 * deviation
group by flagged.company, flagged.month, flagged.n, usual_total
having flagged.n * 20 >= count(*)
order by flagged.n * 1.0 / count(*) desc, value limit {limit:Int32}
