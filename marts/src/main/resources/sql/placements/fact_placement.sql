/*
grain: >-
  A placement: a run of episodes of a period of care with the same carer. Temporary placements belong to the placement
  before them
primary_key: [placement_key]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  care_period_key: fact_care_period
  start_date_key: dim_date
  end_date_key: dim_date
  placement_type_key: dim_placement_type
  last_placement_type_key: dim_placement_type
  placement_provider_key: dim_placement_provider
  reason_place_change_key: dim_reason_place_change
nullable: [end_date, length_days, reason_place_change_code, distance_miles, is_within_20_miles, is_in_authority]
columns:
  placement_key: Key of the placement, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the placement started
  care_period_key: The period of care that it is part of
  start_date_key: The day it started
  end_date_key: The day it ended; 0 while it lasts
  placement_type_key: Type of the placement when it started
  last_placement_type_key: Type of the placement when it ended, or now
  placement_provider_key: Provider when it started; 0 when not recorded
  reason_place_change_key: Why it ended; 0 while it lasts or when not recorded
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_number: The period of care that it is part of, by its number
  placement_number: First, second, third placement of the period
  start_date: The day it started
  end_date: The day it ended; the child no longer stays there on that day
  is_open: Whether it lasts
  length_days: Days from start to end; null while it lasts
  placement_type_code: Type when it started (SSDA903 PLACE)
  placement_group_name: Group of that type
  last_placement_type_code: Type when it ended, or now (SSDA903 PLACE)
  placement_provider_code: Provider when it started (SSDA903 PLACE_PROVIDER), or Not known
  reason_place_change_code: Why it ended (SSDA903 REASON_PLACE_CHANGE)
  distance_miles: Straight line from home when it started, to 1 decimal; null when a postcode is missing or unknown
  is_within_20_miles: Whether that is 20.0 miles or less
  is_in_authority: Whether it lies in the child's own authority
  distance_band: inside_20_or_less, inside_over_20, outside_20_or_less, outside_over_20 or not_known
  age_at_start: Age in completed years on the day it started
  temporary_count: Temporary placements (T0 to T4) during it
  is_adopted_by_foster_carer: Whether a foster placement became one for adoption with the same carer (A3, A5)
*/
SELECT
  stable_key(concat(placement.child_id, 'placement'), placement.start_date) AS placement_key,
  period.authority_key,
  child.child_key,
  period.care_period_key,
  date_key(placement.start_date) AS start_date_key,
  date_key(placement.end_date) AS end_date_key,
  placement_type.placement_type_key,
  last_type.placement_type_key AS last_placement_type_key,
  coalesce(provider.placement_provider_key, 0) AS placement_provider_key,
  coalesce(reason.reason_place_change_key, 0) AS reason_place_change_key,
  placement.la_code,
  placement.child_id,
  placement.period_number,
  placement.placement_number,
  placement.start_date,
  placement.end_date,
  placement.end_date IS NULL AS is_open,
  datediff(placement.end_date, placement.start_date) AS length_days,
  placement.first_place AS placement_type_code,
  placement_type.group_name AS placement_group_name,
  placement.last_place AS last_placement_type_code,
  coalesce(placement.place_provider, 'Not known') AS placement_provider_code,
  CASE WHEN placement.end_date IS NOT NULL THEN placement.reason_place_change END AS reason_place_change_code,
  placement.distance_miles,
  placement.distance_miles <= 20.0 AS is_within_20_miles,
  placement.is_in_authority,
  distance_band(placement.distance_miles, placement.is_in_authority) AS distance_band,
  completed_years(header.dob, placement.start_date) AS age_at_start,
  placement.temporary_count,
  placement_type.group_name = 'Foster' AND placement.last_place IN ('A3', 'A5') AS is_adopted_by_foster_carer
FROM care_placement placement
JOIN fact_care_period period
  ON period.child_id = placement.child_id AND period.period_number = placement.period_number
JOIN social_care_header header ON header.child_id = placement.child_id
JOIN dim_child child
  ON child.child_id = placement.child_id
  AND placement.start_date >= child.valid_from
  AND placement.start_date < child.valid_to
JOIN dim_placement_type placement_type ON placement_type.code = placement.first_place
JOIN dim_placement_type last_type ON last_type.code = placement.last_place
LEFT JOIN dim_placement_provider provider ON provider.code = placement.place_provider
LEFT JOIN dim_reason_place_change reason
  ON reason.code = placement.reason_place_change AND placement.end_date IS NOT NULL
