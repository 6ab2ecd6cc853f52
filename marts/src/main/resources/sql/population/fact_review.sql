/*
grain: A review held
primary_key: [child_id, review_date]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, review_date_key: dim_date, due_date_key: dim_date}
nullable: [period_number, period_start_date, review_number, due_date, next_due_date]
columns:
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day of the review
  review_date_key: The day of the review
  due_date_key: The day by which it was due; 0 for a review outside a period of care
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  review_date: The day of the review
  period_number: The period of care that it was held in; null when the child was not looked after that day
  period_start_date: The day that period started
  review_number: First, second, third review of the period
  due_date: >-
    The last day on which it was in time: the 20th working day of the period for the first, 3 months after the first for
    the second, 6 months after the one before for every later one
  next_due_date: The last day on which the next review is in time
  review_code: How the child took part (SSDA903 REVIEW_CODE)
  review_name: What the code means
  age: Age in completed years on the day
  is_late: Whether it was held after the day on which it was due
  is_in_time: Whether it was held on time, in a period of care
  is_of_child_4_or_over: Whether the code is one for children of 4 and over (PN1 to PN7)
  is_attended: Whether the child attended (PN1 to PN4)
  is_participated: Whether the child conveyed views (PN1, PN2, PN3, PN5, PN6)
*/
WITH numbered AS (
  SELECT review.child_id, review.review, review.review_code, period.period_number, period.start_date,
    period.working_day_20_date,
    CASE WHEN period.period_number IS NOT NULL
      THEN CAST(row_number() OVER held AS INT) END AS review_number,
    lag(review.review) OVER held AS review_before
  FROM social_care_reviews review
  LEFT JOIN fact_care_period period
    ON period.child_id = review.child_id
    AND review.review >= period.start_date
    AND (period.cease_date IS NULL OR review.review < period.cease_date)
  WINDOW held AS (PARTITION BY review.child_id, period.period_number ORDER BY review.review)
), due AS (
  SELECT child_id, review, review_code, period_number, start_date, review_number,
    CASE review_number
      WHEN 1 THEN working_day_20_date
      WHEN 2 THEN add_months(review_before, 3)
      ELSE CASE WHEN period_number IS NOT NULL THEN add_months(review_before, 6) END
    END AS due_date,
    CASE WHEN period_number IS NOT NULL
      THEN add_months(review, CASE WHEN review_number = 1 THEN 3 ELSE 6 END) END AS next_due_date
  FROM numbered
)
SELECT
  child.authority_key,
  child.child_key,
  date_key(due.review) AS review_date_key,
  date_key(due.due_date) AS due_date_key,
  header.authority AS la_code,
  due.child_id,
  due.review AS review_date,
  due.period_number,
  due.start_date AS period_start_date,
  due.review_number,
  due.due_date,
  due.next_due_date,
  due.review_code,
  code.name AS review_name,
  completed_years(header.dob, due.review) AS age,
  coalesce(due.review > due.due_date, false) AS is_late,
  coalesce(due.review <= due.due_date, false) AS is_in_time,
  due.review_code <> 'PN0' AS is_of_child_4_or_over,
  due.review_code IN ('PN1', 'PN2', 'PN3', 'PN4') AS is_attended,
  due.review_code IN ('PN1', 'PN2', 'PN3', 'PN5', 'PN6') AS is_participated
FROM due
JOIN social_care_header header ON header.child_id = due.child_id
JOIN dim_child child
  ON child.child_id = due.child_id AND due.review >= child.valid_from AND due.review < child.valid_to
JOIN code_review_code code ON code.code = due.review_code
