/*
grain: A week of a pupil at school in sessions (half days)
primary_key: [child_id, week_start, record_number]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, week_start_key: dim_date, school_key: dim_school}
nullable: [year_group_code, sen_name]
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the week started
  week_start_key: The day the week started
  school_key: The school on whose roll the child was that day, with the judgement of that day; 0 when on none
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  week_start: The day the week started
  record_number: 1; more where a child has several records of one week under different pupil numbers
  academic_year: The academic year, such as 2023/24
  sessions_possible: Sessions that were possible
  sessions_present: Sessions at which the child was present
  sessions_authorised: Sessions of authorised absence
  sessions_unauthorised: Sessions of unauthorised absence
  year_group_code: National curriculum year on the roll that day
  sen_name: Special educational needs on the roll that day
  is_looked_after: Whether the child was looked after on the day the week started
  is_counted: Whether attendance figures count the week, for a child looked after and in year 1 to 11 on that day
*/
WITH enrolled AS (
  SELECT child_id, collect_list(struct(roll_start, line_number, roll_end, ncy, sen, school_urn)) AS all
  FROM virtual_school_roll WHERE child_id IS NOT NULL GROUP BY child_id
), week AS (
  SELECT a.authority AS la_code, a.child_id, a.week_start, a.sessions_possible, a.sessions_present,
    a.sessions_authorised, a.sessions_unauthorised,
    CAST(row_number() OVER (PARTITION BY a.child_id, a.week_start ORDER BY a.line_number) AS INT) AS record_number,
    -- Of roll rows that overlap the newest counts.
    array_max(filter(enrolled.all, r -> r.roll_start <= a.week_start
      AND (r.roll_end IS NULL OR r.roll_end > a.week_start))) AS roll
  FROM virtual_school_attendance a
  LEFT JOIN enrolled ON enrolled.child_id = a.child_id
  WHERE a.child_id IS NOT NULL
)
SELECT
  child.authority_key,
  child.child_key,
  date_key(week.week_start) AS week_start_key,
  coalesce(school.school_key, 0) AS school_key,
  week.la_code,
  week.child_id,
  week.week_start,
  week.record_number,
  academic_year(year(add_months(week.week_start, -8))) AS academic_year,
  week.sessions_possible,
  week.sessions_present,
  week.sessions_authorised,
  week.sessions_unauthorised,
  week.roll.ncy AS year_group_code,
  sen.name AS sen_name,
  period.child_id IS NOT NULL AS is_looked_after,
  coalesce(period.child_id IS NOT NULL
    AND week.roll.ncy IN ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'), false) AS is_counted
FROM week
JOIN dim_child child
  ON child.child_id = week.child_id AND week.week_start >= child.valid_from AND week.week_start < child.valid_to
LEFT JOIN dim_school school
  ON school.school_urn = week.roll.school_urn
  AND school.la_code = week.la_code
  AND week.week_start >= school.valid_from
  AND week.week_start < school.valid_to
LEFT JOIN code_sen sen ON sen.code = week.roll.sen
LEFT JOIN care_period period
  ON period.child_id = week.child_id
  AND week.week_start >= period.start_date
  AND (period.cease_date IS NULL OR week.week_start < period.cease_date)
