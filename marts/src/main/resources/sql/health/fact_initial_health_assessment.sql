/*
grain: A period of being looked after and the initial health assessment (IHA) that it begins with
primary_key: [care_period_key]
foreign_keys:
  care_period_key: fact_care_period
  authority_key: dim_authority
  child_key: dim_child
  start_date_key: dim_date
  due_date_key: dim_date
nullable: [cease_date, offered_date, completed_date]
columns:
  care_period_key: The period, as in fact_care_period
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the period started
  start_date_key: The day the period started
  due_date_key: The day by which the assessment is due
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  start_date: The day the period started
  cease_date: The day it ceased; null while open
  due_date: The 20th working day after the start; a period that ceased before it owes no assessment
  offered_date: The first day on or after the start on which an IHA was offered
  completed_date: The first day on or after the start on which an IHA was completed
  is_owed: Whether the period lasts, or lasted, to the day on which the assessment is due
  is_offered_in_time: Whether an IHA was offered between the start and the day on which it was due
  is_completed_in_time: Whether an IHA was completed between the start and the day on which it was due
*/
WITH due AS (
  SELECT period.care_period_key, period.authority_key, period.child_key, period.start_date_key, period.la_code,
    period.child_id, period.start_date, period.cease_date,
    -- A start outside the calendar of working days counts five of them to the week.
    coalesce(day.date,
      date_add(period.start_date, CAST(setting_initial_health_assessment_working_days() * 7 / 5 AS INT))) AS due_date
  FROM fact_care_period period
  LEFT JOIN dim_date start_day ON start_day.date = period.start_date
  LEFT JOIN dim_date day
    ON day.is_working_day
    AND day.working_day_number = start_day.working_day_number + setting_initial_health_assessment_working_days()
), held AS (
  SELECT due.care_period_key,
    min(CASE WHEN a.offered_date >= due.start_date THEN a.offered_date END) AS offered_date,
    min(CASE WHEN a.completed_date >= due.start_date THEN a.completed_date END) AS completed_date
  FROM due
  JOIN health_health_assessments a ON a.child_id = due.child_id AND a.type = 'IHA'
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
  held.offered_date,
  held.completed_date,
  due.cease_date IS NULL OR due.due_date <= due.cease_date AS is_owed,
  coalesce(held.offered_date <= due.due_date, false) AS is_offered_in_time,
  coalesce(held.completed_date <= due.due_date, false) AS is_completed_in_time
FROM due
LEFT JOIN held ON held.care_period_key = due.care_period_key
