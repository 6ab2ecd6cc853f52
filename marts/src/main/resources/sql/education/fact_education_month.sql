/*
grain: A child looked after at a month end who is aged 4 to 17 or on the roll of a school (periodic snapshot)
primary_key: [child_id, period_end]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  period_end_key: dim_date
  age_band_key: dim_age_band
  school_key: dim_school
nullable:
  - year_group_code
  - sen_code
  - sen_name
  - school_urn
  - roll_start_date
  - pep_date
  - sessions_possible_to_date
  - attendance_percent_to_date
  - is_persistent_absentee
  - post16_status
  - post16_status_date
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was at the month end
  period_end_key: The month end as a key of dim_date
  age_band_key: Age band at the month end
  school_key: The school, with the judgement in force at the month end; 0 when on no roll or not known
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The month end
  age: Age in completed years at the month end
  age_band_name: Age band at the month end
  sex_name: Male, Female or Unknown
  is_on_roll: Whether a row of the virtual school's roll covers the month end; of several the newest counts
  year_group_code: National curriculum year (N1, N2, R, 1 to 13); null when on no roll
  sen_code: Special educational needs (N, K, E); null when on no roll
  sen_name: None, SEN support or EHCP
  has_ehcp: Whether the child has an education, health and care plan
  school_urn: The school's unique reference number
  roll_start_date: The day the child came onto its roll
  is_in_reception_to_year_13: Whether on a roll in Reception to year 13
  is_in_inspected_school: Whether in Reception to year 13 at a school that has a judgement at the month end
  is_in_good_or_outstanding_school: Whether that judgement is good or outstanding
  is_pep_owed: >-
    Whether a personal education plan is owed, for a child aged 4 to 17 whose current period has lasted 20 working days
  pep_date: The newest PEP meeting by the month end
  is_pep_in_date: Whether it was in the 183 days to the month end
  is_pep_overdue: Whether a PEP is owed and not in date
  sessions_possible_to_date: Sessions possible in the academic year to the month end, in the weeks that figures count
  attendance_percent_to_date: Sessions present of these, in percent
  is_persistent_absentee: Whether at least 10% of these were missed; null when there were none
  is_suspended_in_academic_year: >-
    Whether a suspension began in the academic year to the month end, looked after then or not
  is_16_to_17: Whether aged 16 or 17
  post16_status: The newest status recorded by the month end, such as EDUCATION or NEET
  post16_status_date: The day it was recorded for
  is_neet: Whether aged 16 or 17 and the newest status is NEET; without one it is not
*/
WITH enrolled AS (
  SELECT child_id, collect_list(struct(roll_start, line_number, roll_end, ncy, sen, school_urn)) AS all
  FROM virtual_school_roll WHERE child_id IS NOT NULL GROUP BY child_id
), pep AS (
  SELECT child_id, collect_set(meeting_date) AS all
  FROM virtual_school_peps WHERE child_id IS NOT NULL GROUP BY child_id
), suspension AS (
  SELECT child_id, collect_set(start_date) AS all
  FROM virtual_school_exclusions WHERE child_id IS NOT NULL AND type = 'SUSPENSION' GROUP BY child_id
), activity AS (
  SELECT child_id, collect_list(struct(status_date, line_number, status)) AS all
  FROM virtual_school_post16 WHERE child_id IS NOT NULL GROUP BY child_id
), at_end AS (
  SELECT month.authority_key, month.child_key, month.period_end_key, month.age_band_key, month.la_code, month.child_id,
    month.period_end, month.age, month.age_band_name, month.sex_name, month.is_20_working_days,
    array_max(filter(enrolled.all, r -> r.roll_start <= month.period_end
      AND (r.roll_end IS NULL OR r.roll_end > month.period_end))) AS roll,
    array_max(filter(pep.all, day -> day <= month.period_end)) AS pep_date,
    array_max(filter(suspension.all, day -> day <= month.period_end)) AS suspension_date,
    array_max(filter(activity.all, a -> a.status_date <= month.period_end)) AS post16
  FROM fact_looked_after_month month
  LEFT JOIN enrolled ON enrolled.child_id = month.child_id
  LEFT JOIN pep ON pep.child_id = month.child_id
  LEFT JOIN suspension ON suspension.child_id = month.child_id
  LEFT JOIN activity ON activity.child_id = month.child_id
)
SELECT
  at_end.authority_key,
  at_end.child_key,
  at_end.period_end_key,
  at_end.age_band_key,
  coalesce(school.school_key, 0) AS school_key,
  at_end.la_code,
  at_end.child_id,
  at_end.period_end,
  at_end.age,
  at_end.age_band_name,
  at_end.sex_name,
  at_end.roll IS NOT NULL AS is_on_roll,
  at_end.roll.ncy AS year_group_code,
  at_end.roll.sen AS sen_code,
  sen.name AS sen_name,
  coalesce(at_end.roll.sen = 'E', false) AS has_ehcp,
  at_end.roll.school_urn,
  at_end.roll.roll_start AS roll_start_date,
  coalesce(at_end.roll.ncy NOT IN ('N1', 'N2'), false) AS is_in_reception_to_year_13,
  coalesce(at_end.roll.ncy NOT IN ('N1', 'N2') AND school.ofsted_code IS NOT NULL, false) AS is_in_inspected_school,
  coalesce(at_end.roll.ncy NOT IN ('N1', 'N2') AND school.is_good_or_outstanding, false)
    AS is_in_good_or_outstanding_school,
  at_end.age BETWEEN 4 AND 17 AND at_end.is_20_working_days AS is_pep_owed,
  at_end.pep_date,
  coalesce(at_end.pep_date > date_sub(at_end.period_end, setting_pep_valid_days()), false) AS is_pep_in_date,
  at_end.age BETWEEN 4 AND 17 AND at_end.is_20_working_days
    AND NOT coalesce(at_end.pep_date > date_sub(at_end.period_end, setting_pep_valid_days()), false) AS is_pep_overdue,
  attendance.sessions_possible AS sessions_possible_to_date,
  attendance.attendance_percent AS attendance_percent_to_date,
  CASE WHEN attendance.sessions_possible > 0 THEN attendance.is_persistent_absentee END AS is_persistent_absentee,
  coalesce(at_end.suspension_date >= academic_year_start(at_end.period_end), false) AS is_suspended_in_academic_year,
  at_end.age IN (16, 17) AS is_16_to_17,
  at_end.post16.status AS post16_status,
  at_end.post16.status_date AS post16_status_date,
  at_end.age IN (16, 17) AND coalesce(at_end.post16.status = 'NEET', false) AS is_neet
FROM at_end
LEFT JOIN dim_school school
  ON school.school_urn = at_end.roll.school_urn
  AND school.la_code = at_end.la_code
  AND at_end.period_end >= school.valid_from
  AND at_end.period_end < school.valid_to
LEFT JOIN code_sen sen ON sen.code = at_end.roll.sen
LEFT JOIN fact_attendance_month attendance
  ON attendance.child_id = at_end.child_id AND attendance.period_end = at_end.period_end
WHERE at_end.age BETWEEN 4 AND 17 OR at_end.roll IS NOT NULL
