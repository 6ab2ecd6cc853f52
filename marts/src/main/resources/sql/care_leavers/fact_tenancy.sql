/*
grain: A tenancy of a young person known to social care
primary_key: [tenancy_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, start_date_key: dim_date, end_date_key: dim_date}
nullable: [end_date, end_reason_code, is_sustained_12_months]
columns:
  tenancy_key: Key of the tenancy, the same every night
  authority_key: The authority that looked after the young person
  child_key: The young person as on the day the tenancy started
  start_date_key: The day it started
  end_date_key: The day it ended; 0 while it lasts
  la_code: DfE's three-digit code of the authority
  child_id: The young person's pseudonym
  tenure_code: COUNCIL, ASSOCIATION, PRIVATE, SUPPORTED, STAYING_PUT or SHARED
  start_date: The day it started
  end_date: The day it ended; the young person no longer lives there on that day
  end_reason_code: MOVED, EVICTED, ABANDONED or OTHER
  is_council_or_association: Whether the landlord is a council or a housing association
  is_sustained_12_months: >-
    Whether it was still open 12 months after its start, or ended because the young person moved; null while these 12
    months last
*/
WITH tenancy AS (
  SELECT t.authority AS la_code, t.child_id, t.tenure, t.start_date, t.end_date, t.end_reason,
    row_number() OVER (PARTITION BY t.child_id, t.start_date ORDER BY t.tenure, t.line_number) AS copy
  FROM housing_tenancies t
  WHERE t.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', tenancy.child_id, 'tenancy', tenancy.copy), tenancy.start_date) AS tenancy_key,
  child.authority_key,
  child.child_key,
  date_key(tenancy.start_date) AS start_date_key,
  date_key(tenancy.end_date) AS end_date_key,
  tenancy.la_code,
  tenancy.child_id,
  tenancy.tenure AS tenure_code,
  tenancy.start_date,
  tenancy.end_date,
  tenancy.end_reason AS end_reason_code,
  tenancy.tenure IN ('COUNCIL', 'ASSOCIATION') AS is_council_or_association,
  CASE WHEN add_months(tenancy.start_date, 12) <= loaded.as_at
    THEN coalesce(tenancy.end_date IS NULL OR tenancy.end_date > add_months(tenancy.start_date, 12)
      OR tenancy.end_reason = 'MOVED', false) END AS is_sustained_12_months
FROM tenancy
JOIN dim_child child
  ON child.child_id = tenancy.child_id
  AND tenancy.start_date >= child.valid_from
  AND tenancy.start_date < child.valid_to
JOIN authority_as_at loaded ON loaded.la_code = tenancy.la_code
