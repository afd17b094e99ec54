-- Parts of questions. A mask has a bit for each condition: set where it is met, or was not asked for ($unasked).

-- name: conditions
$unasked
        + (case when country = $country then 1 else 0 end)
        + (case when region = $region then 2 else 0 end)
        + (case when place = $place then 4 else 0 end)
        + (case when function = $function then 8 else 0 end)
        + (case when occupation = $occupation then 16 else 0 end)
        + (case when seniority = $seniority then 32 else 0 end)
        + (case when company = $company then 64 else 0 end)
        + (case when remote = $remote then 128 else 0 end)

-- name: people
-- One scan a skill, which reads where that skill lies alone: a list of skills would read all of them.
held as (
    select person, 4096 as bit from skill where skill = $skill1
    union all select person, 8192 as bit from skill where skill = $skill2
    union all select person, 16384 as bit from skill where skill = $skill3
    union all select person, 32768 as bit from skill where skill = $skill4
    union all select person, 65536 as bit from skill where skill = $skill5
), proficient as (
    select person, sum(bit)::integer as bits from held group by person
), experienced as (
    select *, worked + coalesce($now - working_since + 1, 0) as months from person
), people as (
    select experienced.*, @conditions
        + (case when months >= case when $years >= 2 then 24 end then 256 else 0 end)
        + (case when months >= case when $years >= 5 then 60 end then 512 else 0 end)
        + (case when months >= case when $years >= 10 then 120 end then 1024 else 0 end)
        + (case when months >= case when $years >= 15 then 180 end then 2048 else 0 end)
        + coalesce(bits, 0) as mask
    from experienced left join proficient using (person)
)

-- name: postings
asked_for as (
    select posting_id, 4096 as bit from posting_skill where skill = $skill1
    union all select posting_id, 8192 as bit from posting_skill where skill = $skill2
    union all select posting_id, 16384 as bit from posting_skill where skill = $skill3
    union all select posting_id, 32768 as bit from posting_skill where skill = $skill4
    union all select posting_id, 65536 as bit from posting_skill where skill = $skill5
), demanded as (
    select posting_id, sum(bit)::integer as bits from asked_for group by posting_id
), postings as (
    select posting.*, open and (last_day is null or last_day >= $day) as asked,
        @conditions + coalesce(bits, 0) as mask
    from posting left join demanded using (posting_id)
)

-- name: dimension
case $by when 'country' then country when 'region' then region when 'place' then place
        when 'function' then function when 'occupation' then occupation when 'seniority' then seniority
        when 'company' then company when 'work_mode' then case when remote then 'remote' else 'on site' end end
