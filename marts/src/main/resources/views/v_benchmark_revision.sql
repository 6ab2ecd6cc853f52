/*
grain: A published value that a later release changed
columns:
  benchmark_id: The series
  level: authority, region or england
  area_code: The code of the authority or region; england for England
  period_end: The end of the year
  breakdown_type: What the value is broken down by; all for the whole
  breakdown: The group; all for the whole
  release: The release that held the value first
  value: What it said
  symbol: What it said in place of a value
  revised_in: The next release that holds the year
  revised_value: What that one says
  revised_symbol: What that one says in place of a value
*/
select
  benchmark_id, level, area_code, period_end, breakdown_type, breakdown, release, value, symbol,
  revised_in, revised_value, revised_symbol
from (
  select
    benchmark_id, level, area_code, period_end, breakdown_type, breakdown, release, value, symbol,
    lead(release) over (cell) as revised_in,
    lead(value) over (cell) as revised_value,
    lead(symbol) over (cell) as revised_symbol
  from fact_benchmark
  window cell as (
    partition by benchmark_id, level, area_code, period_end, breakdown_type, breakdown order by release)
) release
where revised_in is not null
  and (value is distinct from revised_value or symbol is distinct from revised_symbol)
