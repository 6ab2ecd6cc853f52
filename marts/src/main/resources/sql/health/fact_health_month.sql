/*
grain: A child looked after at a month end, for 12 months or more (periodic snapshot)
primary_key: [child_id, period_end]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, period_end_key: dim_date, age_band_key: dim_age_band}
nullable:
  - health_assessment_date
  - dental_check_date
  - immunisation_review_date
  - immunisation_status
  - sdq_date
  - sdq_score
  - sdq_band
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was at the month end
  period_end_key: The month end as a key of dim_date
  age_band_key: Age band at the month end
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The month end
  age: Age in completed years at the month end
  age_band_name: Age band at the month end
  sex_name: Male, Female or Unknown
  ethnic_group_name: Ethnic group of the child
  months_looked_after: Whole months since the current period of being looked after started, by anniversary
  health_assessment_date: The newest health assessment completed by the month end
  is_health_assessment_up_to_date: >-
    Whether it was completed in the 6 months to the month end for a child under 5, in the 12 months for one of 5 and over
  dental_check_date: The newest dental check by the month end at which the child was checked
  is_dental_check_up_to_date: Whether it was in the 12 months to the month end
  immunisation_review_date: The newest review of immunisations by the month end
  immunisation_status: What it found (Y up to date, N not, DECLINED)
  is_immunised: Whether it found them up to date
  is_sdq_age: Whether the child is aged 5 to 16, for whom a carer completes an SDQ each year
  has_sdq_in_year: Whether a carer's SDQ was completed in the 12 months to the month end, at any age
  sdq_date: The newest carer's SDQ of these 12 months
  sdq_score: Its score, 0 to 40
  sdq_band: "normal 0 to 13, borderline 14 to 16, concern 17 to 40"
*/
WITH assessment AS (
  SELECT child_id, collect_set(completed_date) AS all
  FROM health_health_assessments WHERE child_id IS NOT NULL GROUP BY child_id
), dental AS (
  SELECT child_id, collect_set(check_date) AS all
  FROM health_dental_checks WHERE child_id IS NOT NULL AND outcome = 'CHECKED' GROUP BY child_id
), immunisation AS (
  -- Of several on one day the last in the file counts.
  SELECT child_id, collect_list(struct(reviewed_date, line_number, up_to_date)) AS all
  FROM health_immunisations WHERE child_id IS NOT NULL GROUP BY child_id
), questionnaire AS (
  SELECT child_id, collect_list(struct(completed_date, line_number, score)) AS all
  FROM health_sdq WHERE child_id IS NOT NULL AND respondent = 'CARER' GROUP BY child_id
), newest AS (
  SELECT month.authority_key, month.child_key, month.period_end_key, month.age_band_key, month.la_code, month.child_id,
    month.period_end, month.age, month.age_band_name, month.sex_name, month.ethnic_group_name, month.months_looked_after,
    add_months(month.period_end, -12) AS year_start,
    array_max(filter(assessment.all, day -> day <= month.period_end)) AS health_assessment_date,
    array_max(filter(dental.all, day -> day <= month.period_end)) AS dental_check_date,
    array_max(filter(immunisation.all, i -> i.reviewed_date <= month.period_end)) AS immunisation,
    array_max(filter(questionnaire.all, q -> q.completed_date <= month.period_end
      AND q.completed_date > add_months(month.period_end, -12))) AS sdq
  FROM fact_looked_after_month month
  LEFT JOIN assessment ON assessment.child_id = month.child_id
  LEFT JOIN dental ON dental.child_id = month.child_id
  LEFT JOIN immunisation ON immunisation.child_id = month.child_id
  LEFT JOIN questionnaire ON questionnaire.child_id = month.child_id
  WHERE month.months_looked_after >= 12
)
SELECT
  authority_key,
  child_key,
  period_end_key,
  age_band_key,
  la_code,
  child_id,
  period_end,
  age,
  age_band_name,
  sex_name,
  ethnic_group_name,
  months_looked_after,
  health_assessment_date,
  coalesce(health_assessment_date > CASE WHEN age < 5 THEN add_months(period_end, -6) ELSE year_start END, false)
    AS is_health_assessment_up_to_date,
  dental_check_date,
  coalesce(dental_check_date > year_start, false) AS is_dental_check_up_to_date,
  immunisation.reviewed_date AS immunisation_review_date,
  immunisation.up_to_date AS immunisation_status,
  coalesce(immunisation.up_to_date = 'Y', false) AS is_immunised,
  age BETWEEN 5 AND 16 AS is_sdq_age,
  sdq IS NOT NULL AS has_sdq_in_year,
  sdq.completed_date AS sdq_date,
  sdq.score AS sdq_score,
  CASE WHEN sdq.score <= 13 THEN 'normal' WHEN sdq.score <= 16 THEN 'borderline' WHEN sdq.score >= 17 THEN 'concern' END
    AS sdq_band
FROM newest
