/*
grain: >-
  What the yearly outcome return (OC2) says of a child looked after for 12 months at 31 March, and beside it what the health
  system holds
primary_key: [child_id, period_end]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, period_end_key: dim_date}
nullable: [sdq_score, sdq_reason_code, health_sdq_date, health_sdq_score]
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was on that 31 March
  period_end_key: That 31 March as a key of dim_date
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The 31 March of the return's YEAR
  age: Age in completed years on that day
  is_health_assessed: Whether the return says that the health assessment was up to date
  is_teeth_checked: Whether it says that the teeth were checked
  is_immunised: Whether it says that the immunisations were up to date
  is_substance_misuse_identified: Whether it says that substance misuse was identified
  is_convicted: Whether it says that the child was convicted or cautioned
  sdq_score: The SDQ score that it gives
  sdq_reason_code: Why it gives none (SSDA903 SDQ_REASON)
  has_sdq_score: Whether it gives a score
  is_sdq_age: Whether the child is aged 5 to 16 on that day
  health_sdq_date: The newest carer's SDQ that the health system holds of the 12 months
  health_sdq_score: Its score
  is_sdq_missing_in_return: Whether health holds a carer's SDQ of the 12 months and the return gives no score
*/
WITH questionnaire AS (
  SELECT child_id, collect_list(struct(completed_date, line_number, score)) AS all
  FROM health_sdq WHERE child_id IS NOT NULL AND respondent = 'CARER' GROUP BY child_id
), returned AS (
  SELECT oc2.authority AS la_code, oc2.child_id, make_date(oc2.year, 3, 31) AS period_end, oc2.health_assessment,
    oc2.teeth_check, oc2.immunisations, oc2.substance_misuse, oc2.convicted, oc2.sdq_score, oc2.sdq_reason
  FROM social_care_oc2 oc2
  WHERE oc2.year BETWEEN 1990 AND 2049
), beside AS (
  SELECT returned.la_code, returned.child_id, returned.period_end, returned.health_assessment, returned.teeth_check,
    returned.immunisations, returned.substance_misuse, returned.convicted, returned.sdq_score, returned.sdq_reason,
    array_max(filter(questionnaire.all, q -> q.completed_date <= returned.period_end
      AND q.completed_date > add_months(returned.period_end, -12))) AS health_sdq
  FROM returned
  LEFT JOIN questionnaire ON questionnaire.child_id = returned.child_id
)
SELECT
  CAST(beside.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(beside.period_end) AS period_end_key,
  beside.la_code,
  beside.child_id,
  beside.period_end,
  completed_years(header.dob, beside.period_end) AS age,
  coalesce(beside.health_assessment = '1', false) AS is_health_assessed,
  coalesce(beside.teeth_check = '1', false) AS is_teeth_checked,
  coalesce(beside.immunisations = '1', false) AS is_immunised,
  coalesce(beside.substance_misuse = '1', false) AS is_substance_misuse_identified,
  coalesce(beside.convicted = '1', false) AS is_convicted,
  beside.sdq_score,
  beside.sdq_reason AS sdq_reason_code,
  beside.sdq_score IS NOT NULL AS has_sdq_score,
  completed_years(header.dob, beside.period_end) BETWEEN 5 AND 16 AS is_sdq_age,
  beside.health_sdq.completed_date AS health_sdq_date,
  beside.health_sdq.score AS health_sdq_score,
  beside.sdq_score IS NULL AND beside.health_sdq IS NOT NULL AS is_sdq_missing_in_return
FROM beside
JOIN social_care_header header ON header.child_id = beside.child_id
JOIN dim_child child
  ON child.child_id = beside.child_id
  AND beside.period_end >= child.valid_from
  AND beside.period_end < child.valid_to
