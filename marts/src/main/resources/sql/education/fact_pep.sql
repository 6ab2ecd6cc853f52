/*
grain: A personal education plan (PEP) that was due or met about
primary_key: [pep_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, due_date_key: dim_date, meeting_date_key: dim_date}
nullable: [pep_type_code, due_date, meeting_date, quality_code, quality_name, is_pupil_heard]
columns:
  pep_key: Key of the plan, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day of the meeting, else on the day it was due
  due_date_key: The day by which it was due; 0 when not recorded
  meeting_date_key: The day of the meeting; 0 when there was none
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  pep_type_code: INITIAL or CORE; any type counts
  due_date: The day by which it was due
  meeting_date: The day of the meeting
  quality_code: Quality, 1 to 4; null when not judged
  quality_name: Outstanding, Good, Requires improvement or Inadequate
  is_pupil_heard: Whether the pupil's views are in it
  is_looked_after_at_meeting: Whether the child was looked after on the day of the meeting
  is_quality_judged: Whether its quality was judged
  is_good_or_outstanding: Whether it was judged good or outstanding
*/
WITH pep AS (
  SELECT p.authority AS la_code, p.child_id, p.pep_type, p.due_date, p.meeting_date, p.quality, p.pupil_views,
    coalesce(p.meeting_date, p.due_date, DATE'9999-12-30') AS on_day,
    row_number() OVER (PARTITION BY p.child_id, p.pep_type, p.due_date, p.meeting_date, p.quality, p.pupil_views
      ORDER BY p.line_number) AS copy
  FROM virtual_school_peps p
  WHERE p.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', pep.child_id, coalesce(pep.pep_type, ''), coalesce(CAST(pep.due_date AS STRING), ''),
    coalesce(pep.quality, ''), coalesce(pep.pupil_views, ''), pep.copy), pep.meeting_date) AS pep_key,
  child.authority_key,
  child.child_key,
  date_key(pep.due_date) AS due_date_key,
  date_key(pep.meeting_date) AS meeting_date_key,
  pep.la_code,
  pep.child_id,
  pep.pep_type AS pep_type_code,
  pep.due_date,
  pep.meeting_date,
  pep.quality AS quality_code,
  quality.name AS quality_name,
  pep.pupil_views = 'Y' AS is_pupil_heard,
  period.child_id IS NOT NULL AS is_looked_after_at_meeting,
  pep.quality IS NOT NULL AS is_quality_judged,
  coalesce(pep.quality IN ('1', '2'), false) AS is_good_or_outstanding
FROM pep
JOIN dim_child child
  ON child.child_id = pep.child_id AND pep.on_day >= child.valid_from AND pep.on_day < child.valid_to
LEFT JOIN code_pep_quality quality ON quality.code = pep.quality
LEFT JOIN care_period period
  ON period.child_id = pep.child_id
  AND pep.meeting_date >= period.start_date
  AND (period.cease_date IS NULL OR pep.meeting_date < period.cease_date)
