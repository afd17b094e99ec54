-- Parts of questions. A mask has a bit for each condition: set where it is met, or was not asked for ({unasked:Int32}).

-- name: conditions
{unasked:Int32}
        + (case when country = {country:Nullable(String)} then 1 else 0 end)
        + (case when region = {region:Nullable(String)} then 2 else 0 end)
        + (case when place = {place:Nullable(String)} then 4 else 0 end)
        + (case when function = {function:Nullable(String)} then 8 else 0 end)
        + (case when occupation = {occupation:Nullable(String)} then 16 else 0 end)
        + (case when seniority = {seniority:Nullable(String)} then 32 else 0 end)
        + (case when company = {company:Nullable(String)} then 64 else 0 end)
        + (case when remote = {remote:Nullable(Bool)} then 128 else 0 end)

-- name: people
proficient as (
    select person, groupBitOr(case skill when {skill1:Nullable(String)} then 4096 when {skill2:Nullable(String)} then 8192 when {skill3:Nullable(String)} then 16384
        when {skill4:Nullable(String)} then 32768 when {skill5:Nullable(String)} then 65536 else 0 end) as bits from skill
    where skill in ({skill1:Nullable(String)}, {skill2:Nullable(String)}, {skill3:Nullable(String)},
        {skill4:Nullable(String)}, {skill5:Nullable(String)})
    group by person
), people as (
    select person.*, @conditions
        + (case when {years:Nullable(Int32)} >= 2 and worked + coalesce({now:Int32} - working_since + 1, 0) >= 24 then 256 else 0 end)
        + (case when {years:Nullable(Int32)} >= 5 and worked + coalesce({now:Int32} - working_since + 1, 0) >= 60 then 512 else 0 end)
        + (case when {years:Nullable(Int32)} >= 10 and worked + coalesce({now:Int32} - working_since + 1, 0) >= 120 then 1024 else 0 end)
        + (case when {years:Nullable(Int32)} >= 15 and worked + coalesce({now:Int32} - working_since + 1, 0) >= 180 then 2048 else 0 end)
        + coalesce(bits, 0) as mask
    from person left join proficient using (person)
)

-- name: postings
demanded as (
    select posting_id, groupBitOr(case skill when {skill1:Nullable(String)} then 4096 when {skill2:Nullable(String)} then 8192 when {skill3:Nullable(String)} then 16384
        when {skill4:Nullable(String)} then 32768 when {skill5:Nullable(String)} then 65536 else 0 end) as bits from posting_skill
    where skill in ({skill1:Nullable(String)}, {skill2:Nullable(String)}, {skill3:Nullable(String)},
        {skill4:Nullable(String)}, {skill5:Nullable(String)})
    group by posting_id
), postings as (
    select posting.*, open and (last_day is null or last_day >= {day:Int32}) as asked,
        @conditions + coalesce(bits, 0) as mask
    from posting left join demanded using (posting_id)
)

-- name: dimension
case {by:String} when 'country' then country when 'region' then region when 'place' then place
        when 'function' then function when 'occupation' then occupation when 'seniority' then seniority
        when 'company' then company when 'work_mode' then case when remote then 'remote' else 'on site' end end
