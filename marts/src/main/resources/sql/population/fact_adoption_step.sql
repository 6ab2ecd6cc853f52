/*
grain: A recorded step on a child's way to adoption, whether in care or not
primary_key: [adoption_step_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, step_date_key: dim_date}
columns:
  adoption_step_key: Key of the step, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day of the step
  step_date_key: The day of the step
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  step_name: >-
    Decision (that the child should be placed for adoption, DATE_PLACED), Change of plan (away from adoption,
    DATE_PLACED_CEASED) or Match (with adopters, AD1 DATE_MATCH)
  step_date: The day of the step
*/
WITH step AS (
  SELECT child_id, 'Decision' AS step_name, date_placed AS step_date, date_placed AS recorded_date
  FROM social_care_placed_adoption
  UNION ALL
  SELECT child_id, 'Change of plan', date_placed_ceased, date_placed
  FROM social_care_placed_adoption WHERE date_placed_ceased IS NOT NULL
  UNION ALL
  SELECT child_id, 'Match', date_match, date_match FROM social_care_ad1
)
SELECT
  stable_key(concat(step.child_id, step.step_name), step.recorded_date) AS adoption_step_key,
  child.authority_key,
  child.child_key,
  date_key(step.step_date) AS step_date_key,
  lpad(CAST(child.authority_key AS STRING), 3, '0') AS la_code,
  step.child_id,
  step.step_name,
  step.step_date
FROM step
JOIN dim_child child
  ON child.child_id = step.child_id AND step.step_date >= child.valid_from AND step.step_date < child.valid_to
