/*
grain: A child looked after at any time in the 12 months to a month end
primary_key: [child_id, period_end]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, period_end_key: dim_date, age_band_key: dim_age_band}
columns:
  authority_key: The authority that looked after the child
  child_key: The child as it was at the month end
  period_end_key: The month end as a key of dim_date
  age_band_key: Age band at the month end, also of a child who has left
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  period_end: The month end on which the 12 months end
  age: Age in completed years at the month end
  age_band_name: Age band at the month end
  sex_name: Male, Female or Unknown
  care_period_count: Periods of being looked after that overlap the 12 months
  has_missing_incident: Whether a missing incident (MISSING M) overlaps both the 12 months and a period of care in them
  missing_incidents_started: Missing incidents that started in the 12 months while the child was looked after
  is_looked_after_at_end: Whether the child is looked after at the month end
*/
WITH cared AS (
  SELECT period.la_code, period.child_id, month_end.period_end,
    size(collect_set(period.period_number)) AS care_period_count,
    coalesce(bool_or((incident.mis_end IS NULL OR incident.mis_end > month_end.year_start)
      -- An incident that starts and ends on one day covers that day.
      AND (incident.mis_end IS NULL OR incident.mis_end > period.start_date
        OR incident.mis_end = incident.mis_start AND incident.mis_start = period.start_date)
      AND incident.mis_start IS NOT NULL), false) AS has_missing_incident,
    CAST(count_if(incident.mis_start > month_end.year_start AND incident.mis_start >= period.start_date) AS INT)
      AS missing_incidents_started,
    bool_or(period.cease_date IS NULL OR period.cease_date > month_end.period_end) AS is_looked_after_at_end
  FROM care_period period
  JOIN month_end
    ON month_end.la_code = period.la_code
    AND period.start_date <= month_end.period_end
    AND (period.cease_date IS NULL OR period.cease_date > month_end.year_start)
  LEFT JOIN social_care_missing incident
    ON incident.child_id = period.child_id
    AND incident.missing = 'M'
    AND incident.mis_start <= month_end.period_end
    AND (period.cease_date IS NULL OR incident.mis_start < period.cease_date)
  GROUP BY period.la_code, period.child_id, month_end.period_end
)
SELECT
  CAST(cared.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(cared.period_end) AS period_end_key,
  band.age_band_key,
  cared.la_code,
  cared.child_id,
  cared.period_end,
  completed_years(header.dob, cared.period_end) AS age,
  band.age_band_name,
  child.sex_name,
  cared.care_period_count,
  cared.has_missing_incident,
  cared.missing_incidents_started,
  cared.is_looked_after_at_end
FROM cared
JOIN social_care_header header ON header.child_id = cared.child_id
JOIN dim_child child
  ON child.child_id = cared.child_id AND cared.period_end >= child.valid_from AND cared.period_end < child.valid_to
JOIN dim_age_band band
  ON greatest(completed_years(header.dob, cared.period_end), 0) BETWEEN band.age_from AND band.age_to
