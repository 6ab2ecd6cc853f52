/*
grain: A local authority of England, by its three-digit DfE code
primary_key: [authority_key]
nullable: [ons_code, region_code, region_name]
columns:
  authority_key: The three-digit code as a number; 0 is the unknown member
  la_code: DfE's three-digit code
  ons_code: The nine-character code of the Office for National Statistics
  authority_name: The authority's name
  region_code: The ONS code of its region
  region_name: Its region
  is_live: Whether the authority exists today; a predecessor of a reorganised one does not
  is_loaded: Whether its own records are in this warehouse
*/
WITH known AS (
  SELECT
    old_la_code AS la_code,
    max_by(struct(new_la_code, la_name, region_code, region_name, lower(status) = 'live' AS is_live),
      struct(lower(status) = 'live', date_of_operation, line_number)) AS newest
  FROM reference_authorities
  WHERE is_newest AND old_la_code RLIKE '^[0-9]{3}$'
  GROUP BY old_la_code
)
SELECT
  CAST(coalesce(known.la_code, loaded.la_code) AS INT) AS authority_key,
  coalesce(known.la_code, loaded.la_code) AS la_code,
  newest.new_la_code AS ons_code,
  coalesce(newest.la_name, concat('Authority ', loaded.la_code)) AS authority_name,
  newest.region_code,
  newest.region_name,
  coalesce(newest.is_live, true) AS is_live,
  loaded.la_code IS NOT NULL AS is_loaded
FROM known
FULL OUTER JOIN loaded_authority loaded ON loaded.la_code = known.la_code
UNION ALL
SELECT 0, '000', NULL, 'Unknown', NULL, NULL, false, false
