/*
grain: A presentation as homeless of a young person known to social care
primary_key: [homelessness_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, presented_date_key: dim_date, outcome_date_key: dim_date}
nullable: [outcome_code, outcome_date]
columns:
  homelessness_key: Key of the presentation, the same every night
  authority_key: The authority that looked after the young person
  child_key: The young person as on the day of the presentation
  presented_date_key: The day of the presentation
  outcome_date_key: The day of the outcome; 0 while there is none
  la_code: DfE's three-digit code of the authority
  child_id: The young person's pseudonym
  presented_date: The day of the presentation
  duty_code: The duty that the authority accepted (PREVENTION, RELIEF, MAIN or NONE)
  outcome_code: SECURED, OPEN, CLOSED or LOST_CONTACT
  outcome_date: The day of the outcome
  has_duty: Whether any duty was accepted
*/
WITH presentation AS (
  SELECT h.authority AS la_code, h.child_id, h.presented_date, h.duty, h.outcome, h.outcome_date,
    row_number() OVER (PARTITION BY h.child_id, h.presented_date ORDER BY h.duty, h.line_number) AS copy
  FROM housing_homelessness h
  WHERE h.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', presentation.child_id, 'homelessness', presentation.copy), presentation.presented_date)
    AS homelessness_key,
  child.authority_key,
  child.child_key,
  date_key(presentation.presented_date) AS presented_date_key,
  date_key(presentation.outcome_date) AS outcome_date_key,
  presentation.la_code,
  presentation.child_id,
  presentation.presented_date,
  presentation.duty AS duty_code,
  presentation.outcome AS outcome_code,
  presentation.outcome_date,
  presentation.duty <> 'NONE' AS has_duty
FROM presentation
JOIN dim_child child
  ON child.child_id = presentation.child_id
  AND presentation.presented_date >= child.valid_from
  AND presentation.presented_date < child.valid_to
