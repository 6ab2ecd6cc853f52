/*
grain: A pupil's result in a measure of an academic year
primary_key: [child_id, academic_year, attainment_measure_code, record_number]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, cohort_date_key: dim_date}
nullable: [attainment_stage_code, result]
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was on the 31 March of the academic year
  cohort_date_key: That 31 March as a key of dim_date
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  academic_year: The academic year, such as 2023/24
  attainment_measure_code: What is measured, such as KS2_RWM_EXP or KS4_ATTAINMENT8
  attainment_measure_name: What the code means
  record_number: 1; more where a child has several records of one result under different pupil numbers
  attainment_stage_code: EYFS, KS1, KS2 or KS4
  result: The result, 1 or 0 for reached or not, or a score; null when not recorded
  is_reached: Whether the result is 1
  is_entered: Whether the pupil was entered
  is_looked_after_12_months: >-
    Whether the child was looked after on the 31 March of the academic year and had been for 12 months, for whom results
    are published
*/
WITH pupil AS (
  SELECT r.authority AS la_code, r.child_id, r.academic_year, r.measure, r.stage, r.value, r.entered,
    make_date(CAST(substring(r.academic_year, 1, 4) AS INT) + 1, 3, 31) AS cohort_date,
    CAST(row_number() OVER (PARTITION BY r.child_id, r.academic_year, r.measure ORDER BY r.line_number) AS INT)
      AS record_number
  FROM virtual_school_attainment r
  WHERE r.child_id IS NOT NULL
)
SELECT
  child.authority_key,
  child.child_key,
  date_key(pupil.cohort_date) AS cohort_date_key,
  pupil.la_code,
  pupil.child_id,
  pupil.academic_year,
  pupil.measure AS attainment_measure_code,
  code.name AS attainment_measure_name,
  pupil.record_number,
  pupil.stage AS attainment_stage_code,
  -- A decimal, so that scores add up to the same sum in whatever order they are added.
  try_cast(pupil.value AS DECIMAL(12, 4)) AS result,
  coalesce(pupil.value = 1, false) AS is_reached,
  pupil.entered = '1' AS is_entered,
  coalesce(period.start_date <= add_months(pupil.cohort_date, -12), false) AS is_looked_after_12_months
FROM pupil
JOIN dim_child child
  ON child.child_id = pupil.child_id AND pupil.cohort_date >= child.valid_from AND pupil.cohort_date < child.valid_to
JOIN code_attainment_measure code ON code.code = pupil.measure
LEFT JOIN care_period period
  ON period.child_id = pupil.child_id
  AND pupil.cohort_date >= period.start_date
  AND (period.cease_date IS NULL OR pupil.cohort_date < period.cease_date)
