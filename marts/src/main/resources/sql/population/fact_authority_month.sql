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
  academic_year_start: The 1 September on which the academic year of the month end began
  ended_academic_year: The newest academic year that has ended by the month end, such as 2022/23; one ends on 31 August
  has_care_leaver_register: Whether a snapshot of the register of care leavers is dated on or before the month end
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
  academic_year_start(month.period_end) AS academic_year_start,
  academic_year(year(add_months(month.period_end, 5)) - 2) AS ended_academic_year,
  bool_or(register.period_end IS NOT NULL) AS has_care_leaver_register,
  month(month.period_end) = 3 AS is_31_march,
  coalesce(max(estimate.population_year) < month.wanted_year, false) AS is_population_older
FROM month
LEFT JOIN estimate ON estimate.la_code = month.la_code AND estimate.population_year <= month.wanted_year
LEFT JOIN register_in_force register
  ON register.register = 'social_care_care_leavers'
  AND register.la_code = month.la_code
  AND register.period_end = month.period_end
GROUP BY month.la_code, month.period_end, month.month_start, month.year_start, month.wanted_year
