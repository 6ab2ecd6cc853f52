/*
grain: A day from 1990 to 2049; key 0 stands for no date, or one outside these years
primary_key: [date_key]
nullable: [date, month_name, financial_year, academic_year]
columns:
  date_key: The day as yyyymmdd; 0 is the unknown member
  date: The day
  is_month_end: Whether it is the last day of its month
  month_name: The month and year, such as March 2024
  financial_year: The year from 1 April, such as 2023-24
  financial_quarter: Quarter of the financial year, 1 to 4; 0 for the unknown member
  financial_month: Month of the financial year, April being 1; 0 for the unknown member
  academic_year: The year from 1 September, such as 2023/24
  calendar_year: The calendar year; 0 for the unknown member
*/
WITH day AS (
  SELECT explode(sequence(DATE'1990-01-01', DATE'2049-12-31')) AS date
), year AS (
  SELECT date, year(add_months(date, -3)) AS financial, year(add_months(date, -8)) AS academic
  FROM day
)
SELECT
  date_key(date) AS date_key,
  date,
  date = last_day(date) AS is_month_end,
  date_format(date, 'MMMM yyyy') AS month_name,
  concat(financial, '-', lpad(pmod(financial + 1, 100), 2, '0')) AS financial_year,
  quarter(add_months(date, -3)) AS financial_quarter,
  month(add_months(date, -3)) AS financial_month,
  concat(academic, '/', lpad(pmod(academic + 1, 100), 2, '0')) AS academic_year,
  year(date) AS calendar_year
FROM year
UNION ALL
SELECT 0, NULL, false, NULL, NULL, 0, 0, NULL, 0
