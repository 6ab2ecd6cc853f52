/*
grain: A period of being looked after, from its start to its cease (accumulating); open while cease_date is null
primary_key: [care_period_key]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  start_date_key: dim_date
  cease_date_key: dim_date
  first_legal_status_key: dim_legal_status
  category_of_need_key: dim_category_of_need
  reason_ceased_key: dim_reason_ceased
  start_age_band_key: dim_age_band
  cease_age_band_key: dim_age_band
nullable: [cease_date, age_at_cease, cease_age_band_name, reason_ceased_code, length_days]
columns:
  care_period_key: Key of the period, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the period started
  start_date_key: The day the period started
  cease_date_key: The day it ceased; 0 while open
  first_legal_status_key: Legal status of its first episode
  category_of_need_key: Category of need of its first episode
  reason_ceased_key: Reason its last episode ceased; 0 while open or when not recorded
  start_age_band_key: Age band on the day it started
  cease_age_band_key: Age band on the day it ceased; 0 while open
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_number: First, second, third period of the child
  start_date: First DECOM of the period
  cease_date: Last DEC of the period; the child is no longer looked after on that day
  is_open: Whether the child is still looked after
  length_days: Days from start to cease; null while open
  episode_count: Episodes of care in the period
  first_legal_status_code: Legal status of its first episode (SSDA903 LS)
  first_legal_status_group_name: Group of that legal status
  category_of_need_code: Category of need of its first episode (SSDA903 CIN)
  reason_ceased_code: REC of its last episode; X1 when no next episode followed, Not known when blank, null while open
  age_at_start: Age in completed years on the day it started
  start_age_band_name: Age band on the day it started
  age_at_cease: Age in completed years on the day it ceased
  cease_age_band_name: Age band on the day it ceased
  sex_name: Male, Female or Unknown
  ethnic_group_name: Ethnic group of the child
  is_uasc_at_start: Whether the child was an unaccompanied asylum-seeking child on the day it started
  placement_count: Placements in the period so far
  working_day_20_date: The 20th working day after the start, when the first review is due
  is_home_within_14_days: Whether it ended within 14 days with REC E4A, E4B or E13
  is_adopted: Whether it ended with an adoption (REC E11 or E12)
  is_special_guardianship: Whether it ended with a special guardianship order (REC E45 to E48, E43 and E44 before 1 April 2018)
  is_returned_home: Whether it ended with a return home (REC E4A or E4B)
  is_ceased_on_18th_birthday: Whether it ended on the child's 18th birthday
  is_returned_within_12_months: Whether a next period of the child started within 12 months of its cease
*/
WITH period AS (
  SELECT la_code, child_id, period_number, start_date, cease_date, last_rec, first_ls, first_cin, episode_count,
    placement_count,
    lead(start_date) OVER (PARTITION BY child_id ORDER BY start_date) AS next_start_date
  FROM care_period
), aged AS (
  SELECT period.la_code, period.child_id, period.period_number, period.start_date, period.cease_date, period.last_rec,
    period.first_ls, period.first_cin, period.episode_count, period.placement_count, period.next_start_date,
    birthday(header.dob, 18) AS birthday_18,
    completed_years(header.dob, period.start_date) AS age_at_start,
    completed_years(header.dob, period.cease_date) AS age_at_cease
  FROM period JOIN social_care_header header ON header.child_id = period.child_id
)
SELECT
  stable_key(aged.child_id, aged.start_date) AS care_period_key,
  CAST(aged.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(aged.start_date) AS start_date_key,
  date_key(aged.cease_date) AS cease_date_key,
  legal_status.legal_status_key AS first_legal_status_key,
  need.category_of_need_key,
  coalesce(reason.reason_ceased_key, 0) AS reason_ceased_key,
  start_band.age_band_key AS start_age_band_key,
  coalesce(cease_band.age_band_key, 0) AS cease_age_band_key,
  aged.la_code,
  aged.child_id,
  aged.period_number,
  aged.start_date,
  aged.cease_date,
  aged.cease_date IS NULL AS is_open,
  datediff(aged.cease_date, aged.start_date) AS length_days,
  aged.episode_count,
  aged.first_ls AS first_legal_status_code,
  legal_status.group_name AS first_legal_status_group_name,
  aged.first_cin AS category_of_need_code,
  CASE WHEN aged.cease_date IS NOT NULL THEN coalesce(aged.last_rec, 'Not known') END AS reason_ceased_code,
  aged.age_at_start,
  start_band.age_band_name AS start_age_band_name,
  aged.age_at_cease,
  cease_band.age_band_name AS cease_age_band_name,
  child.sex_name,
  child.ethnic_group_name,
  child.is_uasc AS is_uasc_at_start,
  aged.placement_count,
  -- A start outside the calendar of working days has its 20th working day four weeks later, bank holidays aside.
  coalesce(day_20.date, date_add(aged.start_date, 28)) AS working_day_20_date,
  coalesce(aged.cease_date <= date_add(aged.start_date, 14) AND aged.last_rec IN ('E4A', 'E4B', 'E13'), false)
    AS is_home_within_14_days,
  coalesce(aged.cease_date IS NOT NULL AND aged.last_rec IN ('E11', 'E12'), false) AS is_adopted,
  coalesce(aged.cease_date IS NOT NULL AND (aged.last_rec IN ('E45', 'E46', 'E47', 'E48')
    OR aged.last_rec IN ('E43', 'E44') AND aged.cease_date < DATE'2018-04-01'), false) AS is_special_guardianship,
  coalesce(aged.cease_date IS NOT NULL AND aged.last_rec IN ('E4A', 'E4B'), false) AS is_returned_home,
  coalesce(aged.cease_date = aged.birthday_18, false) AS is_ceased_on_18th_birthday,
  coalesce(aged.next_start_date <= add_months(aged.cease_date, 12), false) AS is_returned_within_12_months
FROM aged
JOIN dim_child child
  ON child.child_id = aged.child_id AND aged.start_date >= child.valid_from AND aged.start_date < child.valid_to
JOIN dim_legal_status legal_status ON legal_status.code = aged.first_ls
JOIN dim_category_of_need need ON need.code = aged.first_cin
LEFT JOIN dim_reason_ceased reason ON reason.code = aged.last_rec AND aged.cease_date IS NOT NULL
JOIN dim_age_band start_band ON greatest(aged.age_at_start, 0) BETWEEN start_band.age_from AND start_band.age_to
LEFT JOIN dim_age_band cease_band ON if(aged.age_at_cease < 0, 0, aged.age_at_cease) BETWEEN cease_band.age_from AND cease_band.age_to
LEFT JOIN dim_date start_day ON start_day.date = aged.start_date
LEFT JOIN dim_date day_20
  ON day_20.is_working_day AND day_20.working_day_number = start_day.working_day_number + 20
