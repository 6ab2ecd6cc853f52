/*
grain: A referral to child and adolescent mental health services (CAMHS) and its waits
primary_key: [camhs_referral_key]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  referred_date_key: dim_date
  assessed_date_key: dim_date
  treatment_date_key: dim_date
nullable: [assessed_date, treatment_date, outcome_code, days_to_assessment, days_to_treatment]
columns:
  camhs_referral_key: Key of the referral, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day of the referral
  referred_date_key: The day of the referral
  assessed_date_key: The day of the assessment; 0 when there was none
  treatment_date_key: The day on which treatment began; 0 when it did not
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  referred_date: The day of the referral
  assessed_date: The day of the assessment
  treatment_date: The day on which treatment began
  outcome_code: ACCEPTED, SIGNPOSTED, DECLINED or PENDING
  age_at_referral: Age in completed years on the day of the referral
  days_to_assessment: Days from the referral to the assessment
  days_to_treatment: Days from the referral to the treatment
  is_looked_after_at_referral: Whether the child was looked after on the day of the referral
  is_assessed_within_6_weeks: Whether the assessment was within 42 days of the referral
*/
WITH referral AS (
  SELECT r.authority AS la_code, r.child_id, r.referred_date, r.assessed_date, r.treatment_date, r.outcome,
    row_number() OVER (PARTITION BY r.child_id, r.referred_date, r.assessed_date, r.treatment_date, r.outcome
      ORDER BY r.line_number) AS copy
  FROM health_camhs_referrals r
  WHERE r.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', referral.child_id, coalesce(CAST(referral.assessed_date AS STRING), ''),
    coalesce(CAST(referral.treatment_date AS STRING), ''), coalesce(referral.outcome, ''), referral.copy),
    referral.referred_date) AS camhs_referral_key,
  CAST(referral.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(referral.referred_date) AS referred_date_key,
  date_key(referral.assessed_date) AS assessed_date_key,
  date_key(referral.treatment_date) AS treatment_date_key,
  referral.la_code,
  referral.child_id,
  referral.referred_date,
  referral.assessed_date,
  referral.treatment_date,
  referral.outcome AS outcome_code,
  completed_years(header.dob, referral.referred_date) AS age_at_referral,
  datediff(referral.assessed_date, referral.referred_date) AS days_to_assessment,
  datediff(referral.treatment_date, referral.referred_date) AS days_to_treatment,
  period.child_id IS NOT NULL AS is_looked_after_at_referral,
  coalesce(referral.assessed_date <= date_add(referral.referred_date, 42), false) AS is_assessed_within_6_weeks
FROM referral
JOIN social_care_header header ON header.child_id = referral.child_id
JOIN dim_child child
  ON child.child_id = referral.child_id
  AND referral.referred_date >= child.valid_from
  AND referral.referred_date < child.valid_to
LEFT JOIN care_period period
  ON period.child_id = referral.child_id
  AND referral.referred_date >= period.start_date
  AND (period.cease_date IS NULL OR referral.referred_date < period.cease_date)
