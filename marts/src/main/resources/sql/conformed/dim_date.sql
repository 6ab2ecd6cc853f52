/*
grain: A day from 1990 to 2049; key 0 stands for no date, or one outside these years
primary_key: [date_key]
nullable: [date, month_name, financial_year, academic_year, is_working_day, working_day_number, bank_holiday_name]
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
  is_working_day: Whether it is a Monday to Friday and no bank holiday of England; null in years whose holidays are not listed
  working_day_number: >-
    Working days from the first day of the calendar up to and including this one. The Nth working day after a day is the
    working day whose number is N higher
  bank_holiday_name: The bank holiday of England that falls on it
*/
WITH day AS (
  SELECT explode(sequence(DATE'1990-01-01', DATE'2049-12-31')) AS date
), listed AS (
  SELECT max(year(date)) AS last_year FROM bank_holiday
), year AS (
  SELECT day.date, year(add_months(day.date, -3)) AS financial, year(add_months(day.date, -8)) AS academic,
    bank_holiday.name AS bank_holiday_name,
    CASE WHEN year(day.date) <= listed.last_year
      THEN weekday(day.date) < 5 AND bank_holiday.name IS NULL END AS is_working_day
  FROM day
  CROSS JOIN listed
  LEFT JOIN bank_holiday ON bank_holiday.date = day.date
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
  year(date) AS calendar_year,
  is_working_day,
  CASE WHEN is_working_day IS NOT NULL
    THEN CAST(count_if(is_working_day) OVER (ORDER BY date ROWS UNBOUNDED PRECEDING) AS INT) END AS working_day_number,
  bank_holiday_name
FROM year
UNION ALL
SELECT 0, NULL, false, NULL, NULL, 0, 0, NULL, 0, NULL, NULL, NULL
