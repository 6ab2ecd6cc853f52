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
*/
SELECT
  CAST(episode.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(month_end.period_end) AS period_end_key,
  legal_status.legal_status_key,
  need.category_of_need_key,
  placement_type.placement_type_key,
  coalesce(provider.placement_provider_key, 0) AS placement_provider_key,
  band.age_band_key,
  episode.la_code,
  episode.child_id,
  month_end.period_end,
  completed_years(header.dob, month_end.period_end) AS age,
  band.age_band_name,
  child.sex_name,
  child.ethnic_group_name,
  child.is_uasc,
  child.is_disabled,
  episode.ls AS legal_status_code,
  legal_status.group_name AS legal_status_group_name,
  episode.period_cin AS category_of_need_code,
  episode.placement_place AS placement_type_code,
  placement_type.group_name AS placement_group_name,
  coalesce(episode.placement_provider, 'Not known') AS placement_provider_code,
  episode.period_start_date,
  anniversary_months(episode.period_start_date, month_end.period_end) AS months_looked_after
FROM care_episode episode
JOIN month_end
  ON month_end.la_code = episode.la_code
  AND episode.decom <= month_end.period_end
  AND (episode.dec IS NULL OR episode.dec > month_end.period_end)
JOIN social_care_header header ON header.child_id = episode.child_id
JOIN dim_child child
  ON child.child_id = episode.child_id
  AND month_end.period_end >= child.valid_from
  AND month_end.period_end < child.valid_to
JOIN dim_legal_status legal_status ON legal_status.code = episode.ls
JOIN dim_category_of_need need ON need.code = episode.period_cin
JOIN dim_placement_type placement_type ON placement_type.code = episode.placement_place
LEFT JOIN dim_placement_provider provider ON provider.code = episode.placement_provider
JOIN dim_age_band band
  ON greatest(completed_years(header.dob, month_end.period_end), 0) BETWEEN band.age_from AND band.age_to
