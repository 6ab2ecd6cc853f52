/*
grain: A delivered file about children, as one dataset, that the marts stand on
primary_key: [source_file_key]
foreign_keys: {authority_key: dim_authority}
columns:
  source_file_key: Key of the file and dataset, the same every night; 0 is the unknown member
  authority_key: The authority that delivered it
  la_code: DfE's three-digit code of the authority
  source: The system it comes from
  dataset: The dataset that was read from it
  extract_date: The day on which the system was extracted
  file_name: Its path below the landing zone
  valid_from: The first month end for which it holds; a snapshot with a history of its own holds for all, a register from its extract date
  valid_to: The day before which it holds, which for a register is the extract date of the next one
*/
SELECT
  stable_key(delivery_id, extract_date) AS source_file_key,
  CAST(la_code AS INT) AS authority_key,
  la_code,
  source,
  dataset,
  extract_date,
  file_name,
  valid_from,
  valid_to
FROM delivery_in_force
UNION ALL
SELECT 0, 0, '000', 'unknown', 'unknown', DATE'0001-01-01', 'Not known', DATE'0001-01-01', DATE'9999-12-31'
