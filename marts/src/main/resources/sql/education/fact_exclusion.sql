/*
grain: A suspension or permanent exclusion
primary_key: [exclusion_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, start_date_key: dim_date}
nullable: [sessions]
columns:
  exclusion_key: Key of the exclusion, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day it began
  start_date_key: The day it began
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  exclusion_type_code: SUSPENSION or PERMANENT
  start_date: The day it began
  academic_year: The academic year, such as 2023/24
  sessions: Sessions (half days) that it lasted
  is_suspension: Whether it is a suspension
  is_permanent: Whether it is a permanent exclusion
  is_looked_after: Whether the child was looked after on the day it began
*/
WITH exclusion AS (
  -- The reason is free text, which could name somebody, so it stays in silver.
  SELECT x.authority AS la_code, x.child_id, x.type, x.start_date, x.sessions,
    row_number() OVER (PARTITION BY x.child_id, x.type, x.start_date, x.sessions ORDER BY x.line_number) AS copy
  FROM virtual_school_exclusions x
  WHERE x.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', exclusion.child_id, exclusion.type, coalesce(CAST(exclusion.sessions AS STRING), ''),
    exclusion.copy), exclusion.start_date) AS exclusion_key,
  child.authority_key,
  child.child_key,
  date_key(exclusion.start_date) AS start_date_key,
  exclusion.la_code,
  exclusion.child_id,
  exclusion.type AS exclusion_type_code,
  exclusion.start_date,
  academic_year(year(add_months(exclusion.start_date, -8))) AS academic_year,
  exclusion.sessions,
  exclusion.type = 'SUSPENSION' AS is_suspension,
  exclusion.type = 'PERMANENT' AS is_permanent,
  period.child_id IS NOT NULL AS is_looked_after
FROM exclusion
JOIN dim_child child
  ON child.child_id = exclusion.child_id
  AND exclusion.start_date >= child.valid_from
  AND exclusion.start_date < child.valid_to
LEFT JOIN care_period period
  ON period.child_id = exclusion.child_id
  AND exclusion.start_date >= period.start_date
  AND (period.cease_date IS NULL OR exclusion.start_date < period.cease_date)
