/*
grain: >-
  What the yearly care-leaver return (OC3) says of a young person whose 17th to 21st birthday fell in the year to 31 March,
  and beside it what the register says on that day
primary_key: [child_id, period_end]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  period_end_key: dim_date
  activity_key: dim_activity
  accommodation_key: dim_accommodation
nullable:
  - age_group_name
  - activity_code
  - accommodation_code
  - register_in_touch_code
  - register_activity_code
  - register_accommodation_code
columns:
  authority_key: The authority that looked after the young person
  child_key: The young person as on that 31 March
  period_end_key: That 31 March as a key of dim_date
  activity_key: Main activity; 0 when not recorded
  accommodation_key: Accommodation; 0 when not recorded
  la_code: DfE's three-digit code of the authority
  child_id: The young person's pseudonym
  period_end: The 31 March of the return's YEAR
  age: Age in completed years on that day
  age_group_name: 17 to 18 or 19 to 21; null for any other age
  in_touch_code: What the return says of contact (SSDA903 IN_TOUCH)
  activity_code: Main activity in the return (SSDA903 ACTIV)
  accommodation_code: Accommodation in the return (SSDA903 ACCOM)
  is_counted: Whether the figures count the row, of a young person who has neither died nor returned home
  is_in_touch: Whether the authority was in touch (IN_TOUCH YES)
  is_suitable: Whether the accommodation was suitable
  is_in_education_employment_or_training: Whether the activity was education, employment or training (F or P)
  register_in_touch_code: What the register says of contact on that day; null when the young person was not counted on it
  register_activity_code: What it says of the activity
  register_accommodation_code: What it says of the accommodation
*/
WITH returned AS (
  SELECT oc3.authority AS la_code, oc3.child_id, make_date(oc3.year, 3, 31) AS period_end, oc3.in_touch, oc3.activ,
    oc3.accom, completed_years(header.dob, make_date(oc3.year, 3, 31)) AS age
  FROM social_care_oc3 oc3
  JOIN social_care_header header ON header.child_id = oc3.child_id
  WHERE oc3.year BETWEEN 1990 AND 2049
)
SELECT
  CAST(returned.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(returned.period_end) AS period_end_key,
  coalesce(activity.activity_key, 0) AS activity_key,
  coalesce(accommodation.accommodation_key, 0) AS accommodation_key,
  returned.la_code,
  returned.child_id,
  returned.period_end,
  returned.age,
  CASE WHEN returned.age IN (17, 18) THEN '17 to 18' WHEN returned.age BETWEEN 19 AND 21 THEN '19 to 21' END
    AS age_group_name,
  returned.in_touch AS in_touch_code,
  returned.activ AS activity_code,
  returned.accom AS accommodation_code,
  returned.in_touch NOT IN ('DIED', 'RHOM') AS is_counted,
  returned.in_touch = 'YES' AS is_in_touch,
  coalesce(substring(returned.accom, 2, 1) = '1', false) AS is_suitable,
  coalesce(substring(returned.activ, 1, 1) IN ('F', 'P'), false) AS is_in_education_employment_or_training,
  leaver.in_touch_code AS register_in_touch_code,
  leaver.activity_code AS register_activity_code,
  leaver.accommodation_code AS register_accommodation_code
FROM returned
JOIN dim_child child
  ON child.child_id = returned.child_id
  AND returned.period_end >= child.valid_from
  AND returned.period_end < child.valid_to
LEFT JOIN dim_activity activity ON activity.code = returned.activ
LEFT JOIN dim_accommodation accommodation ON accommodation.code = returned.accom
LEFT JOIN fact_care_leaver_month leaver
  ON leaver.child_id = returned.child_id AND leaver.period_end = returned.period_end
