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

-- name: skill_bits
bit_or(case skill when $skill1 then 4096 when $skill2 then 8192 when $skill3 then 16384
        when $skill4 then 32768 when $skill5 then 65536 else 0 end)

-- name: asked_skills
skill in ($skill1, $skill2, $skill3, $skill4, $skill5)

-- name: people
proficient as (
    select person, @skill_bits as bits from skill
    where @asked_skills
    group by person
), people as (
    select person.*, @conditions
        + (case when $years >= 2 and worked + coalesce($now - working_since + 1, 0) >= 24 then 256 else 0 end)
        + (case when $years >= 5 and worked + coalesce($now - working_since + 1, 0) >= 60 then 512 else 0 end)
        + (case when $years >= 10 and worked + coalesce($now - working_since + 1, 0) >= 120 then 1024 else 0 end)
        + (case when $years >= 15 and worked + coalesce($now - working_since + 1, 0) >= 180 then 2048 else 0 end)
        + coalesce(bits, 0) as mask
    from person left join proficient using (person)
)

-- name: postings
demanded as (
    select posting_id, @skill_bits as bits from posting_skill
    where @asked_skills
    group by posting_id
), postings as (
    select posting.*, open and (last_day is null or last_day >= $day) as asked,
        @conditions + coalesce(bits, 0) as mask
    from posting left join demanded using (posting_id)
)

-- name: dimension
case $by when 'country' then country when 'region' then region when 'place' then place
        when 'function' then function when 'occupation' then occupation when 'seniority' then seniority
        when 'company' then company when 'work_mode' then case when remote then 'remote' else 'on site' end end
