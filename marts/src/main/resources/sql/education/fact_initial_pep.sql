/*
grain: A period of being looked after that started when the child was 4 to 17, and the PEP meeting that it begins with
primary_key: [care_period_key]
foreign_keys:
  care_period_key: fact_care_period
  authority_key: dim_authority
  child_key: dim_child
  start_date_key: dim_date
  due_date_key: dim_date
nullable: [cease_date, meeting_date]
columns:
  care_period_key: The period, as in fact_care_period
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the period started
  start_date_key: The day the period started
  due_date_key: The day by which the initial PEP is due
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  start_date: The day the period started
  cease_date: The day it ceased; null while open
  due_date: The 10th working day after the start (a setting); a period that ceased before it owes none
  meeting_date: The first PEP meeting on or after the start
  is_owed: Whether the period lasts, or lasted, to the day on which the initial PEP is due
  is_in_time: Whether a PEP met between the start and the day on which it was due
*/
WITH due AS (
  SELECT period.care_period_key, period.authority_key, period.child_key, period.start_date_key, period.la_code,
    period.child_id, period.start_date, period.cease_date,
    -- A start outside the calendar of working days counts five of them to the week.
    coalesce(day.date, date_add(period.start_date, CAST(setting_initial_pep_working_days() * 7 / 5 AS INT))) AS due_date
  FROM fact_care_period period
  LEFT JOIN dim_date start_day ON start_day.date = period.start_date
  LEFT JOIN dim_date day
    ON day.is_working_day
    AND day.working_day_number = start_day.working_day_number + setting_initial_pep_working_days()
  WHERE period.age_at_start BETWEEN 4 AND 17
), held AS (
  SELECT due.care_period_key, min(p.meeting_date) AS meeting_date
  FROM due
  JOIN virtual_school_peps p ON p.child_id = due.child_id AND p.meeting_date >= due.start_date
  GROUP BY due.care_period_key
)
SELECT
  due.care_period_key,
  due.authority_key,
  due.child_key,
  due.start_date_key,
  date_key(due.due_date) AS due_date_key,
  due.la_code,
  due.child_id,
  due.start_date,
  due.cease_date,
  due.due_date,
  held.meeting_date,
  due.cease_date IS NULL OR due.due_date <= due.cease_date AS is_owed,
  coalesce(held.meeting_date <= due.due_date, false) AS is_in_time
FROM due
LEFT JOIN held ON held.care_period_key = due.care_period_key
