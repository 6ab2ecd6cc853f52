/*
grain: A child looked after at a month end (periodic snapshot)
primary_key: [child_id, period_end]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  period_end_key: dim_date
  legal_status_key: dim_legal_status
  category_of_need_key: dim_category_of_need
  placement_type_key: dim_placement_type
  placement_provider_key: dim_placement_provider
  age_band_key: dim_age_band
nullable:
  - placement_start_date
  - placement_duration_band
  - distance_miles
  - is_within_20_miles
  - is_in_authority
  - placements_in_year_band
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was at the month end
  period_end_key: The month end as a key of dim_date
  legal_status_key: Legal status of the episode covering the month end
  category_of_need_key: Category of need of the first episode of the period
  placement_type_key: Type of the placement at the month end; during a temporary placement that of the placement around it
  placement_provider_key: Provider of that placement; 0 when not recorded
  age_band_key: Age band at the month end
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The month end
  age: Age in completed years at the month end
  age_band_name: Age band at the month end
  sex_name: Male, Female or Unknown
  ethnic_group_name: Ethnic group of the child
  is_uasc: Whether the child is an unaccompanied asylum-seeking child at the month end
  is_disabled: Whether a disability has been recorded by the month end
  legal_status_code: Legal status of the episode covering the month end (SSDA903 LS)
  legal_status_group_name: Group of that legal status
  category_of_need_code: Category of need of the first episode of the period (SSDA903 CIN)
  placement_type_code: Type of the placement at the month end (SSDA903 PLACE)
  placement_group_name: Group of that placement type
  placement_provider_code: Provider of the placement (SSDA903 PLACE_PROVIDER), or Not known
  period_start_date: The day the current period of being looked after started
  months_looked_after: Whole months since then, by anniversary
  is_20_working_days: Whether the current period has lasted 20 working days
  has_all_reviews_in_time: >-
    Whether no review of the 12 months was late, in any period of the child, and none of the current period is overdue
  social_workers_in_year: Different social workers in the 12 months to the month end
  has_three_or_more_social_workers: Whether these are 3 or more
  is_waiting_for_adoption: Whether there is a placement order (LS E1) and no placement for adoption so far in the period
  is_fostered: Whether placed with foster carers (PLACE U1 to U6)
  is_fostered_by_kin: Whether fostered by relatives or friends (PLACE U1, U2, U3)
  is_fostered_long_term: Whether in a long-term foster placement (PLACE U1 or U4)
  is_in_own_provision: Whether placed in the authority's own provision (PLACE_PROVIDER PR1)
  is_in_residential: >-
    Whether in secure, children's homes, supported accommodation, independent living or other residential
  is_unregulated_16_to_17: Whether aged 16 or 17 in supported or independent accommodation (PLACE H5, K3 or P2)
  distance_miles: Straight line from home to the placement, to 1 decimal; null when a postcode is missing or unknown
  is_within_20_miles: Whether that is 20.0 miles or less
  is_in_authority: Whether the placement lies in the child's own authority
  distance_band: inside_20_or_less, inside_over_20, outside_20_or_less, outside_over_20 or not_known
  is_far_outside: Whether it lies over 20 miles away and outside the authority
  placement_start_date: The day the current placement started; null for a temporary placement with none before it
  placement_duration_band: >-
    How long it has lasted: under 3 months, 3 to 6 months, 6 to 12 months, 1 to 2 years, 2 years or more
  placements_in_year: Placements that overlap the 12 months to the month end, in any period of the child
  placements_in_year_band: 1 to 6 or 7+; null when only temporary placements overlap
  has_three_or_more_placements: Whether these are 3 or more
  is_long_term: Whether under 16 and looked after for 30 months or more
  is_in_stable_placement: >-
    Whether the current placement has lasted 2 years, or the child is placed for adoption and the adoptive placement and
    the one before it together have
  has_long_term_foster_plan: Whether a plan of long-term fostering is open
  is_long_term_foster_matched: Whether the newest such plan has an agreed match
*/
WITH at_end AS (
  SELECT episode.la_code, episode.child_id, episode.period_number, episode.ls, episode.period_cin,
    episode.placement_place, episode.placement_provider, episode.period_start_date, episode.placement_start_date,
    episode.previous_placement_start_date, episode.adoptive_since, episode.distance_miles, episode.is_in_authority,
    month_end.period_end, month_end.year_start,
    completed_years(header.dob, month_end.period_end) AS age,
    anniversary_months(episode.period_start_date, month_end.period_end) AS months_looked_after
  FROM care_episode episode
  JOIN month_end
    ON month_end.la_code = episode.la_code
    AND episode.decom <= month_end.period_end
    AND (episode.dec IS NULL OR episode.dec > month_end.period_end)
  JOIN social_care_header header ON header.child_id = episode.child_id
), placement AS (
  SELECT child_id, collect_list(struct(start_date, end_date)) AS all
  FROM care_placement GROUP BY child_id
), worker AS (
  SELECT child_id, collect_list(struct(sw_id, sw_decom, sw_dec)) AS all
  FROM social_care_sw_episodes GROUP BY child_id
), review AS (
  SELECT child_id, collect_list(struct(review_date, next_due_date, period_number, is_late)) AS all
  FROM fact_review WHERE period_number IS NOT NULL GROUP BY child_id
), plan AS (
  SELECT child_id, collect_list(struct(plan_start, plan_end, long_term_matched)) AS all
  FROM social_care_plans WHERE plan = 'LTF' GROUP BY child_id
), counted AS (
  SELECT at_end.la_code, at_end.child_id, at_end.ls, at_end.period_cin, at_end.placement_place, at_end.placement_provider,
    at_end.period_start_date, at_end.placement_start_date, at_end.previous_placement_start_date, at_end.adoptive_since,
    at_end.distance_miles, at_end.is_in_authority, at_end.period_end, at_end.age, at_end.months_looked_after,
    period.working_day_20_date,
    size(filter(coalesce(placement.all, array()), p -> p.start_date <= period_end
      AND (p.end_date IS NULL OR p.end_date > year_start))) AS placements_in_year,
    size(array_distinct(transform(
      filter(coalesce(worker.all, array()), w -> w.sw_decom <= period_end
        AND (w.sw_dec IS NULL OR w.sw_dec > year_start)),
      w -> w.sw_id))) AS social_workers_in_year,
    exists(coalesce(review.all, array()), r -> r.is_late AND r.review_date > year_start AND r.review_date <= period_end)
      AS has_late_review,
    coalesce(
      array_max(filter(review.all, r -> r.period_number = at_end.period_number AND r.review_date <= period_end))
        .next_due_date,
      period.working_day_20_date) AS review_due_date,
    array_max(filter(plan.all, l -> l.plan_start <= period_end AND (l.plan_end IS NULL OR l.plan_end > period_end)))
      AS long_term_plan
  FROM at_end
  JOIN fact_care_period period
    ON period.child_id = at_end.child_id AND period.period_number = at_end.period_number
  LEFT JOIN placement ON placement.child_id = at_end.child_id
  LEFT JOIN worker ON worker.child_id = at_end.child_id
  LEFT JOIN review ON review.child_id = at_end.child_id
  LEFT JOIN plan ON plan.child_id = at_end.child_id
)
SELECT
  CAST(counted.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(counted.period_end) AS period_end_key,
  legal_status.legal_status_key,
  need.category_of_need_key,
  placement_type.placement_type_key,
  coalesce(provider.placement_provider_key, 0) AS placement_provider_key,
  band.age_band_key,
  counted.la_code,
  counted.child_id,
  counted.period_end,
  counted.age,
  band.age_band_name,
  child.sex_name,
  child.ethnic_group_name,
  child.is_uasc,
  child.is_disabled,
  counted.ls AS legal_status_code,
  legal_status.group_name AS legal_status_group_name,
  counted.period_cin AS category_of_need_code,
  counted.placement_place AS placement_type_code,
  placement_type.group_name AS placement_group_name,
  coalesce(counted.placement_provider, 'Not known') AS placement_provider_code,
  counted.period_start_date,
  counted.months_looked_after,
  counted.working_day_20_date <= counted.period_end AS is_20_working_days,
  NOT counted.has_late_review AND counted.review_due_date >= counted.period_end AS has_all_reviews_in_time,
  counted.social_workers_in_year,
  counted.social_workers_in_year >= 3 AS has_three_or_more_social_workers,
  counted.ls = 'E1' AND counted.adoptive_since IS NULL AS is_waiting_for_adoption,
  placement_type.group_name = 'Foster' AS is_fostered,
  counted.placement_place IN ('U1', 'U2', 'U3') AS is_fostered_by_kin,
  counted.placement_place IN ('U1', 'U4') AS is_fostered_long_term,
  coalesce(counted.placement_provider = 'PR1', false) AS is_in_own_provision,
  placement_type.group_name IN ('Secure', 'Children\'s homes', 'Supported accommodation', 'Independent living',
    'Other residential') AS is_in_residential,
  counted.age IN (16, 17) AND counted.placement_place IN ('H5', 'K3', 'P2') AS is_unregulated_16_to_17,
  counted.distance_miles,
  counted.distance_miles <= 20.0 AS is_within_20_miles,
  counted.is_in_authority,
  distance_band(counted.distance_miles, counted.is_in_authority) AS distance_band,
  coalesce(counted.distance_miles > 20.0 AND NOT counted.is_in_authority, false) AS is_far_outside,
  counted.placement_start_date,
  CASE
    WHEN counted.placement_start_date > add_months(counted.period_end, -3) THEN 'under 3 months'
    WHEN counted.placement_start_date > add_months(counted.period_end, -6) THEN '3 to 6 months'
    WHEN counted.placement_start_date > add_months(counted.period_end, -12) THEN '6 to 12 months'
    WHEN counted.placement_start_date > add_months(counted.period_end, -24) THEN '1 to 2 years'
    WHEN counted.placement_start_date IS NOT NULL THEN '2 years or more'
  END AS placement_duration_band,
  counted.placements_in_year,
  CASE WHEN counted.placements_in_year >= 7 THEN '7+'
    WHEN counted.placements_in_year > 0 THEN CAST(counted.placements_in_year AS STRING) END AS placements_in_year_band,
  counted.placements_in_year >= 3 AS has_three_or_more_placements,
  counted.age < 16 AND counted.months_looked_after >= 30 AS is_long_term,
  coalesce(counted.placement_start_date <= add_months(counted.period_end, -24), false)
    OR coalesce(counted.placement_place IN ('A3', 'A4', 'A5', 'A6')
      AND counted.previous_placement_start_date <= add_months(counted.period_end, -24), false)
    AS is_in_stable_placement,
  counted.long_term_plan IS NOT NULL AS has_long_term_foster_plan,
  coalesce(counted.long_term_plan.long_term_matched = '1', false) AS is_long_term_foster_matched
FROM counted
JOIN dim_child child
  ON child.child_id = counted.child_id
  AND counted.period_end >= child.valid_from
  AND counted.period_end < child.valid_to
JOIN dim_legal_status legal_status ON legal_status.code = counted.ls
JOIN dim_category_of_need need ON need.code = counted.period_cin
JOIN dim_placement_type placement_type ON placement_type.code = counted.placement_place
LEFT JOIN dim_placement_provider provider ON provider.code = counted.placement_provider
JOIN dim_age_band band ON greatest(counted.age, 0) BETWEEN band.age_from AND band.age_to
