/*
grain: An initial or a review health assessment (IHA, RHA) that was due, offered or completed
primary_key: [health_assessment_key]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  due_date_key: dim_date
  offered_date_key: dim_date
  completed_date_key: dim_date
nullable: [due_date, offered_date, completed_date, outcome_code, age_at_due]
columns:
  health_assessment_key: Key of the assessment, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day it was due, else offered or completed
  due_date_key: The day by which it was due; 0 when not recorded
  offered_date_key: The day on which it was offered; 0 when it was not
  completed_date_key: The day on which it was completed; 0 when it was not
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  assessment_type_code: IHA initial, RHA review
  due_date: The day by which it was due
  offered_date: The day on which it was offered
  completed_date: The day on which it was completed
  outcome_code: COMPLETED, DNA, DECLINED, CANCELLED or PENDING; the dates decide what counts
  age_at_due: Age in completed years on the day it was due
  is_review: Whether it is a review health assessment
  is_looked_after_at_due: Whether the child was looked after on the day it was due
  is_under_5_at_due: Whether the child was under 5 then
  is_in_time: Whether it was completed on or before the day it was due
*/
WITH assessment AS (
  SELECT a.authority AS la_code, a.child_id, a.type, a.due_date, a.offered_date, a.completed_date, a.outcome,
    coalesce(a.due_date, a.offered_date, a.completed_date, DATE'9999-12-30') AS on_day,
    row_number() OVER (PARTITION BY a.child_id, a.type, a.due_date, a.offered_date, a.completed_date, a.outcome
      ORDER BY a.line_number) AS copy
  FROM health_health_assessments a
  WHERE a.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', assessment.child_id, assessment.type, coalesce(CAST(assessment.due_date AS STRING), ''),
    coalesce(CAST(assessment.offered_date AS STRING), ''), coalesce(assessment.outcome, ''), assessment.copy),
    assessment.completed_date) AS health_assessment_key,
  CAST(assessment.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(assessment.due_date) AS due_date_key,
  date_key(assessment.offered_date) AS offered_date_key,
  date_key(assessment.completed_date) AS completed_date_key,
  assessment.la_code,
  assessment.child_id,
  assessment.type AS assessment_type_code,
  assessment.due_date,
  assessment.offered_date,
  assessment.completed_date,
  assessment.outcome AS outcome_code,
  completed_years(header.dob, assessment.due_date) AS age_at_due,
  assessment.type = 'RHA' AS is_review,
  period.child_id IS NOT NULL AS is_looked_after_at_due,
  coalesce(completed_years(header.dob, assessment.due_date) < 5, false) AS is_under_5_at_due,
  coalesce(assessment.completed_date <= assessment.due_date, false) AS is_in_time
FROM assessment
JOIN social_care_header header ON header.child_id = assessment.child_id
JOIN dim_child child
  ON child.child_id = assessment.child_id
  AND assessment.on_day >= child.valid_from
  AND assessment.on_day < child.valid_to
LEFT JOIN care_period period
  ON period.child_id = assessment.child_id
  AND assessment.due_date >= period.start_date
  AND (period.cease_date IS NULL OR assessment.due_date < period.cease_date)
