/*
grain: A row of a delivered file that is about a child and that the marts stand on
primary_key: [child_id, source_file_key, line_number]
foreign_keys: {authority_key: dim_authority, source_file_key: dim_source_file}
nullable: [row_date, repairs, flags, match_kind]
columns:
  authority_key: The authority that delivered the row
  source_file_key: The file it stands in
  la_code: DfE's three-digit code of the authority
  child_id: The pseudonym of the child it is about
  line_number: Its line in the file; in a workbook its row, in an XML file the line of its element
  row_date: The first day it tells of; null when it holds for a child as a whole, such as a header row
  content_key: >-
    Changes when a value of the row changes that a mart may show; it tells in two versions of the marts which rows were
    corrected
  repairs: The documented repairs that were made to it, such as R3; null when none was
  flags: The rules that it contradicts, by the number of DfE's validation rule where there is one; null for none
  match_kind: How the person it is about was matched to the child; null where the row carries the council's own id
*/
SELECT
  CAST(row.la_code AS INT) AS authority_key,
  stable_key(row.delivery_id, file.extract_date) AS source_file_key,
  row.la_code,
  row.child_id,
  CAST(row.line_number AS INT) AS line_number,
  row.row_date,
  row.content_key,
  nullif(array_join(array_sort(filter(row.flags, flag -> flag RLIKE '^R[0-9]$')), ' '), '') AS repairs,
  nullif(array_join(array_sort(filter(row.flags, flag -> NOT flag RLIKE '^R[0-9]$')), ' '), '') AS flags,
  row.match_kind
FROM source_row row
JOIN delivery_in_force file ON file.delivery_id = row.delivery_id AND file.la_code = row.la_code
