/*
grain: >-
  A period of being looked after in which the child is on the way to adoption: decided, ordered, placed or adopted
primary_key: [care_period_key]
foreign_keys:
  care_period_key: fact_care_period
  authority_key: dim_authority
  child_key: dim_child
  decision_date_key: dim_date
  placement_order_date_key: dim_date
  match_date_key: dim_date
  placed_date_key: dim_date
  adopted_date_key: dim_date
nullable:
  - decision_date
  - placement_order_date
  - order_date
  - match_date
  - placed_date
  - carer_since_date
  - adopted_date
  - days_start_to_placed
  - days_start_to_carer
  - days_order_to_match
columns:
  care_period_key: The period, as in fact_care_period
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the period started
  decision_date_key: The day of the decision
  placement_order_date_key: The day of the placement order
  match_date_key: The day of the match
  placed_date_key: The day the child moved in
  adopted_date_key: The day of the adoption
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  start_date: The day the period started
  decision_date: The newest decision in the period that the child should be placed for adoption (DATE_PLACED)
  placement_order_date: DECOM of the first episode under a placement order (LS E1)
  order_date: DECOM of the first episode under a placement or freeing order (LS E1 or D1)
  match_date: The child's newest match with adopters (AD1 DATE_MATCH)
  placed_date: DECOM of the first placement for adoption (PLACE A3 to A6)
  carer_since_date: >-
    Where the child was placed for adoption with the current foster carer (A3, A5) the start of the placement with that
    carer, else the placed date
  adopted_date: The day of the adoption, on which the period ended
  is_placed: Whether the child has been placed for adoption
  is_placed_with_foster_carer: Whether the first placement for adoption was with the current foster carer (A3, A5)
  is_adopted: Whether the period ended with an adoption (REC E11 or E12)
  days_start_to_placed: A1, days from entering care to moving in
  days_start_to_carer: A10, as A1 with the clock stopped at the start of the placement with the adopting foster carer
  days_order_to_match: A2, days from the placement or freeing order to the match; 0 when the match came first
  is_placed_within_14_months: A3, whether the child moved in before 14 months had passed since the start
*/
WITH decided AS (
  SELECT period.care_period_key, max(decision.date_placed) AS decision_date
  FROM fact_care_period period
  JOIN social_care_placed_adoption decision
    ON decision.child_id = period.child_id
    AND decision.date_placed >= period.start_date
    AND (period.cease_date IS NULL OR decision.date_placed < period.cease_date)
  GROUP BY period.care_period_key
), matched AS (
  SELECT child_id, max(date_match) AS match_date FROM social_care_ad1 GROUP BY child_id
), way AS (
  SELECT period.care_period_key, period.authority_key, period.child_key, period.la_code, period.child_id,
    period.start_date, decided.decision_date, care.placement_order_date, care.order_date, matched.match_date,
    care.adoptive_date AS placed_date,
    CASE WHEN care.adoptive_place IN ('A3', 'A5') THEN care.adoptive_carer_since ELSE care.adoptive_date END
      AS carer_since_date,
    CASE WHEN period.is_adopted THEN period.cease_date END AS adopted_date,
    coalesce(care.adoptive_place IN ('A3', 'A5'), false) AS is_placed_with_foster_carer,
    period.is_adopted
  FROM fact_care_period period
  JOIN care_period care ON care.child_id = period.child_id AND care.period_number = period.period_number
  LEFT JOIN decided ON decided.care_period_key = period.care_period_key
  LEFT JOIN matched ON matched.child_id = period.child_id
  WHERE period.is_adopted
    OR care.order_date IS NOT NULL
    OR care.adoptive_date IS NOT NULL
    OR decided.decision_date IS NOT NULL
)
SELECT
  care_period_key,
  authority_key,
  child_key,
  date_key(decision_date) AS decision_date_key,
  date_key(placement_order_date) AS placement_order_date_key,
  date_key(match_date) AS match_date_key,
  date_key(placed_date) AS placed_date_key,
  date_key(adopted_date) AS adopted_date_key,
  la_code,
  child_id,
  start_date,
  decision_date,
  placement_order_date,
  order_date,
  match_date,
  placed_date,
  carer_since_date,
  adopted_date,
  placed_date IS NOT NULL AS is_placed,
  is_placed_with_foster_carer,
  is_adopted,
  datediff(placed_date, start_date) AS days_start_to_placed,
  datediff(carer_since_date, start_date) AS days_start_to_carer,
  CASE WHEN match_date IS NOT NULL AND order_date IS NOT NULL
    THEN greatest(0, datediff(match_date, order_date)) END AS days_order_to_match,
  coalesce(placed_date < add_months(start_date, 14), false) AS is_placed_within_14_months
FROM way
