/*
grain: A loaded authority at a month end
primary_key: [la_code, period_end]
foreign_keys: {authority_key: dim_authority, period_end_key: dim_date}
nullable: [population_0_17, population_year]
columns:
  authority_key: The authority
  period_end_key: The month end as a key of dim_date
  la_code: DfE's three-digit code
  period_end: The month end
  population_0_17: ONS mid-year estimate of children aged 0 to 17 that rates of this month are computed with
  population_year: The mid-year of that estimate
  month_start: The first day of the month
  year_start: The day 12 months before; the year begins after it
  three_years_start: The day 36 months before; the three years begin after it
  is_31_march: Whether the month ends a financial year
  is_population_older: Whether the estimate of the year before the financial year's end was missing and an older one is used
*/
WITH estimate AS (
  SELECT in_force.la_code, population.time_period AS population_year,
    max_by(population.population_estimate, population.line_number) AS population_0_17
  FROM reference_population population
  JOIN in_force ON in_force.delivery_id = population.delivery_id AND in_force.la_code = population.old_la_code
  WHERE population.geographic_level = 'Local authority' AND population.age_group RLIKE '\\b0\\D+17\\b'
  GROUP BY in_force.la_code, population.time_period
), month AS (
  -- The estimate of the calendar year before the financial year's end: April 2023 to March 2024 use mid-2023.
  SELECT la_code, period_end, month_start, year_start, year(add_months(period_end, -3)) AS wanted_year FROM month_end
)
SELECT
  CAST(month.la_code AS INT) AS authority_key,
  date_key(month.period_end) AS period_end_key,
  month.la_code,
  month.period_end,
  max_by(estimate.population_0_17, estimate.population_year) AS population_0_17,
  max(estimate.population_year) AS population_year,
  month.month_start,
  month.year_start,
  add_months(month.period_end, -36) AS three_years_start,
  month(month.period_end) = 3 AS is_31_march,
  coalesce(max(estimate.population_year) < month.wanted_year, false) AS is_population_older
FROM month
LEFT JOIN estimate ON estimate.la_code = month.la_code AND estimate.population_year <= month.wanted_year
GROUP BY month.la_code, month.period_end, month.month_start, month.year_start, month.wanted_year
