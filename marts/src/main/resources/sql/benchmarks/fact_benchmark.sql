/*
grain: A value that DfE has published, in one of its releases
primary_key: [release, benchmark_id, area_code, period_end, breakdown_type, breakdown]
foreign_keys: {authority_key: dim_authority, period_end_key: dim_date}
nullable: [la_code, region_code, value, symbol, numerator, denominator]
columns:
  authority_key: The authority; 0 for a region and England
  period_end_key: The end of the year as a key of dim_date
  release: The date of the release, which is the date of its folder in the landing zone
  benchmark_id: The series, as dim_measure names it
  level: authority, region or england
  area_code: The code of the authority or region; england for England
  la_code: DfE's three-digit code of the authority; null for a region and England
  region_code: The ONS code of the region, of an authority the one it lies in; null for England
  period_end: 31 March of the year, 31 August of the school year
  breakdown_type: What the value is broken down by; all for the whole
  breakdown: The group; all for the whole. Codes that DfE publishes together stand together
  value: The value as published; of care leavers aged 17 to 21 computed from the counts of the two age groups
  symbol: What is published in place of a value, such as c (suppressed), z (not applicable), x (not available), k (rounds to 0)
  numerator: The published count or sum that the value is a share of; of regions and England rounded to 10 by DfE
  denominator: The published number that it is divided by
  is_latest_release: Whether no later release holds the same value again
*/
WITH published AS (
  SELECT
    release, benchmark_id, level, coalesce(la_code, region_code, 'england') AS area_code, la_code, region_code, period_end,
    breakdown_type, breakdown, value, symbol, numerator, denominator,
    row_number() OVER (
      PARTITION BY release, benchmark_id, level, la_code, region_code, period_end, breakdown_type, breakdown
      ORDER BY delivery_id) AS copy
  FROM benchmark_value
)
SELECT
  coalesce(authority.authority_key, 0) AS authority_key,
  date_key(period_end) AS period_end_key,
  release,
  benchmark_id,
  level,
  area_code,
  published.la_code,
  published.region_code,
  period_end,
  breakdown_type,
  breakdown,
  value,
  symbol,
  numerator,
  denominator,
  release = max(release) OVER (PARTITION BY benchmark_id, level, area_code, period_end, breakdown_type, breakdown)
    AS is_latest_release
FROM published
LEFT JOIN dim_authority authority ON authority.la_code = published.la_code
WHERE copy = 1
