/*
grain: A whole figure of an authority at a period end beside what it is compared with
primary_key: [measure_id, la_code, period_end]
foreign_keys: {authority_key: dim_authority, measure_id: dim_measure, period_end_key: dim_date}
nullable:
  - own_value
  - published_value
  - published_symbol
  - published_period_end
  - published_release
  - difference
  - neighbour_mean
  - neighbour_median
  - region_value
  - england_value
  - rank
  - rank_of
  - quartile
  - change_on_year
  - target_comparison
  - target_value
  - is_target_met
columns:
  authority_key: The authority
  period_end_key: The period end as a key of dim_date
  la_code: DfE's three-digit code
  measure_id: The measure
  period_end: The month end of the own figure; of an authority that is not loaded the end of a published year
  own_value: The certified figure from the authority's own records; null when it is not loaded
  published_period_end: The newest published year at that date; all comparators are of this year
  published_release: The release that the published values are taken from, the newest that holds the year
  published_value: The authority's published value
  published_symbol: What is published in place of it
  difference: >-
    The own figure less the published one, where both are of the same period end; computed from the published counts, where
    there are, not from the rounded value
  neighbour_mean: Unweighted mean of the values of its statistical neighbours
  neighbour_median: Their median
  neighbour_count: How many of the ten neighbours have a value
  neighbour_list_version: The version of the list of statistical neighbours
  region_value: The published value of its region
  england_value: The published value of England
  rank: Its place among all authorities with a value, 1 being best; ties take the smallest; null for neutral measures
  rank_of: How many authorities have a value
  quartile: A (best) to D (worst) by quantiles of type 7, a bound belonging to the better band; null for neutral measures
  change_on_year: The published value less that of the year before
  target_comparison: "How a figure meets the target: >=, >, <=, < or ="
  target_value: The authority's own target in force at the period end
  is_target_met: Whether the own figure meets it
*/
WITH newest AS (
  SELECT benchmark_id, level, la_code, region_code, period_end, release, value, symbol, numerator, denominator
  FROM fact_benchmark
  WHERE is_latest_release AND breakdown_type = 'all'
), year AS (
  SELECT DISTINCT benchmark_id, period_end FROM newest
), authority AS (
  SELECT benchmark_id, la_code, region_code, period_end, release, value, symbol, numerator, denominator
  FROM newest WHERE level = 'authority'
), listed AS (
  SELECT la_code, neighbour_la_code FROM dim_authority_neighbour WHERE is_in_use
), neighbour AS (
  -- For the years before a reorganisation the predecessor stands in.
  SELECT listed.la_code, year.benchmark_id, year.period_end, coalesce(own.value, before.value) AS value
  FROM listed
  CROSS JOIN year
  LEFT JOIN authority own
    ON own.la_code = listed.neighbour_la_code AND own.benchmark_id = year.benchmark_id AND own.period_end = year.period_end
  LEFT JOIN authority_predecessor predecessor
    ON predecessor.la_code = listed.neighbour_la_code AND predecessor.took_over_on > year.period_end
  LEFT JOIN authority before
    ON before.la_code = predecessor.predecessor_la_code AND before.benchmark_id = year.benchmark_id
    AND before.period_end = year.period_end
), neighbours AS (
  SELECT la_code, benchmark_id, period_end, avg(value) AS neighbour_mean, percentile(value, 0.5) AS neighbour_median,
    count(value) AS neighbour_count
  FROM neighbour
  GROUP BY la_code, benchmark_id, period_end
), bound AS (
  SELECT benchmark_id, period_end, percentile(value, array(0.25D, 0.5D, 0.75D)) AS bounds, count(value) AS rank_of
  FROM authority
  GROUP BY benchmark_id, period_end
), standing AS (
  -- Of each authority and published year, once for each direction that may be better.
  SELECT
    authority.benchmark_id, authority.la_code, authority.region_code, authority.period_end, authority.release,
    authority.value, authority.symbol,
    CASE WHEN authority.denominator > 0 THEN authority.numerator / authority.denominator END AS quotient,
    before.value AS value_before,
    bound.rank_of, bound.bounds,
    CASE WHEN authority.value IS NOT NULL THEN rank() OVER (
      PARTITION BY authority.benchmark_id, authority.period_end ORDER BY authority.value DESC NULLS LAST) END AS rank_higher,
    CASE WHEN authority.value IS NOT NULL THEN rank() OVER (
      PARTITION BY authority.benchmark_id, authority.period_end ORDER BY authority.value NULLS LAST) END AS rank_lower
  FROM authority
  JOIN bound ON bound.benchmark_id = authority.benchmark_id AND bound.period_end = authority.period_end
  LEFT JOIN authority before
    ON before.benchmark_id = authority.benchmark_id AND before.la_code = authority.la_code
    AND before.period_end = add_months(authority.period_end, -12)
), own AS (
  SELECT la_code, measure_id, period_end, value FROM fact_measure WHERE breakdown_type = 'all'
), row AS (
  SELECT coalesce(own.la_code, published.la_code) AS la_code, coalesce(own.measure_id, published.measure_id) AS measure_id,
    coalesce(own.period_end, published.period_end) AS period_end, own.value AS own_value
  FROM own
  FULL OUTER JOIN (
    SELECT authority.la_code, measure.measure_id, authority.period_end
    FROM authority JOIN dim_measure measure ON measure.benchmark_id = authority.benchmark_id) published
    ON published.la_code = own.la_code AND published.measure_id = own.measure_id AND published.period_end = own.period_end
), dated AS (
  SELECT row.la_code, row.measure_id, row.period_end, row.own_value, measure.benchmark_id, measure.polarity, measure.unit,
    max(year.period_end) AS published_period_end
  FROM row
  JOIN dim_measure measure ON measure.measure_id = row.measure_id
  LEFT JOIN year ON year.benchmark_id = measure.benchmark_id AND year.period_end <= row.period_end
  GROUP BY row.la_code, row.measure_id, row.period_end, row.own_value, measure.benchmark_id, measure.polarity, measure.unit
)
SELECT
  coalesce(dim_authority.authority_key, 0) AS authority_key,
  date_key(dated.period_end) AS period_end_key,
  dated.la_code,
  dated.measure_id,
  dated.period_end,
  dated.own_value,
  dated.published_period_end,
  standing.release AS published_release,
  standing.value AS published_value,
  standing.symbol AS published_symbol,
  CASE WHEN dated.published_period_end = dated.period_end AND standing.value IS NOT NULL
    THEN dated.own_value - coalesce(
      CASE dated.unit WHEN 'percent' THEN 100 WHEN 'rate_per_10000' THEN 10000 WHEN 'mean' THEN 1 END * standing.quotient,
      standing.value) END AS difference,
  neighbours.neighbour_mean,
  neighbours.neighbour_median,
  CAST(coalesce(neighbours.neighbour_count, 0) AS INT) AS neighbour_count,
  setting_statistical_neighbour_list() AS neighbour_list_version,
  region.value AS region_value,
  england.value AS england_value,
  CASE dated.polarity WHEN 'higher' THEN standing.rank_higher WHEN 'lower' THEN standing.rank_lower END AS rank,
  CASE WHEN dated.polarity <> 'neutral' THEN CAST(standing.rank_of AS INT) END AS rank_of,
  CASE
    WHEN standing.value IS NULL OR dated.polarity = 'neutral' THEN NULL
    WHEN dated.polarity = 'higher' THEN CASE
      WHEN standing.value >= standing.bounds[2] THEN 'A'
      WHEN standing.value >= standing.bounds[1] THEN 'B'
      WHEN standing.value >= standing.bounds[0] THEN 'C' ELSE 'D' END
    ELSE CASE
      WHEN standing.value <= standing.bounds[0] THEN 'A'
      WHEN standing.value <= standing.bounds[1] THEN 'B'
      WHEN standing.value <= standing.bounds[2] THEN 'C' ELSE 'D' END
  END AS quartile,
  standing.value - standing.value_before AS change_on_year,
  target.comparison AS target_comparison,
  target.target_value,
  CASE target.comparison
    WHEN '>=' THEN dated.own_value >= target.target_value
    WHEN '>' THEN dated.own_value > target.target_value
    WHEN '<=' THEN dated.own_value <= target.target_value
    WHEN '<' THEN dated.own_value < target.target_value
    WHEN '=' THEN dated.own_value = target.target_value
  END AS is_target_met
FROM dated
LEFT JOIN dim_authority ON dim_authority.la_code = dated.la_code
LEFT JOIN standing
  ON standing.benchmark_id = dated.benchmark_id AND standing.la_code = dated.la_code
  AND standing.period_end = dated.published_period_end
LEFT JOIN neighbours
  ON neighbours.benchmark_id = dated.benchmark_id AND neighbours.la_code = dated.la_code
  AND neighbours.period_end = dated.published_period_end
LEFT JOIN newest region
  ON region.level = 'region' AND region.benchmark_id = dated.benchmark_id AND region.period_end = dated.published_period_end
  AND region.region_code = coalesce(standing.region_code, dim_authority.region_code)
LEFT JOIN newest england
  ON england.level = 'england' AND england.benchmark_id = dated.benchmark_id
  AND england.period_end = dated.published_period_end
LEFT JOIN dim_target target
  ON target.measure_id = dated.measure_id
  AND target.authority_key = dim_authority.authority_key
  AND dated.period_end >= target.valid_from
  AND (target.valid_to IS NULL OR dated.period_end <= target.valid_to)
