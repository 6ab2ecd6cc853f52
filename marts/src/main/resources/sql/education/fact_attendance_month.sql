/*
grain: >-
  A child with weeks at school in the academic year to a month end that attendance figures count: those that started while
  it was looked after and in year 1 to 11; also a child who has left
primary_key: [child_id, period_end]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, period_end_key: dim_date}
nullable: [attendance_percent]
columns:
  authority_key: The authority that looked after the child
  child_key: The child as it was at the month end
  period_end_key: The month end as a key of dim_date
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The month end
  academic_year: The academic year, such as 2023/24
  weeks: Weeks counted
  sessions_possible: Sessions that were possible in them
  sessions_present: Sessions at which the child was present
  sessions_absent: Sessions of authorised and unauthorised absence
  attendance_percent: Sessions present of those possible, in percent; null when none was possible
  is_persistent_absentee: Whether at least 10% of the possible sessions were missed
*/
WITH monthly AS (
  SELECT la_code, child_id, academic_year, last_day(week_start) AS month, count(*) AS weeks,
    sum(sessions_possible) AS possible, sum(sessions_present) AS present,
    sum(sessions_authorised + sessions_unauthorised) AS absent
  FROM fact_attendance_week
  WHERE is_counted
  GROUP BY la_code, child_id, academic_year, last_day(week_start)
), month AS (
  SELECT la_code, period_end, academic_year(year(add_months(period_end, -8))) AS academic_year FROM month_end
), to_date AS (
  SELECT monthly.la_code, monthly.child_id, month.period_end, monthly.academic_year, sum(monthly.weeks) AS weeks,
    sum(monthly.possible) AS possible, sum(monthly.present) AS present, sum(monthly.absent) AS absent
  FROM monthly
  JOIN month
    ON month.la_code = monthly.la_code
    AND month.academic_year = monthly.academic_year
    AND monthly.month <= month.period_end
  GROUP BY monthly.la_code, monthly.child_id, month.period_end, monthly.academic_year
)
SELECT
  child.authority_key,
  child.child_key,
  date_key(to_date.period_end) AS period_end_key,
  to_date.la_code,
  to_date.child_id,
  to_date.period_end,
  to_date.academic_year,
  CAST(to_date.weeks AS INT) AS weeks,
  CAST(to_date.possible AS INT) AS sessions_possible,
  CAST(to_date.present AS INT) AS sessions_present,
  CAST(to_date.absent AS INT) AS sessions_absent,
  CASE WHEN to_date.possible > 0 THEN 100D * to_date.present / to_date.possible END AS attendance_percent,
  to_date.possible > 0 AND 10 * to_date.absent >= to_date.possible AS is_persistent_absentee
FROM to_date
JOIN dim_child child
  ON child.child_id = to_date.child_id
  AND to_date.period_end >= child.valid_from
  AND to_date.period_end < child.valid_to
