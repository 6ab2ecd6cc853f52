/*
grain: A value that DfE has published
columns:
  release: The date of the release
  benchmark_id: The series
  level: authority, region or england
  area_code: The code of the authority or region; england for England
  la_code: DfE's three-digit code of the authority; null for a region and England
  region_code: The ONS code of the region
  period_end: 31 March of the year, 31 August of the school year
  breakdown_type: What the value is broken down by; all for the whole
  breakdown: The group; all for the whole
  value: The value as published
  symbol: What is published in place of a value
  is_latest_release: Whether no later release holds the same value again
*/
select release, benchmark_id, level, area_code, la_code, region_code, period_end, breakdown_type, breakdown, value, symbol,
  is_latest_release
from fact_benchmark
