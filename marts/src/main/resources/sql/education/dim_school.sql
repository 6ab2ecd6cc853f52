/*
grain: A version of a school as an authority's virtual school knows it, from one inspection to the next (SCD2)
primary_key: [school_key]
foreign_keys: {authority_key: dim_authority}
nullable: [school_name, phase, school_la_code, ofsted_code]
columns:
  school_key: Key of the version, the same every night; 0 is the unknown member
  authority_key: The authority whose virtual school knows it
  la_code: DfE's three-digit code of that authority
  school_urn: The school's unique reference number
  school_name: Its name
  phase: Its phase, such as primary or secondary
  school_la_code: The authority that it lies in, as the virtual school records it
  ofsted_code: The judgement in force, 1 to 4; null while there is none
  ofsted_name: Outstanding, Good, Requires improvement, Inadequate or Not inspected
  is_good_or_outstanding: Whether it is judged good or outstanding
  valid_from: The day of the inspection; 0001-01-01 for the time before the first
  valid_to: The day of the next inspection; 9999-12-31 while the version is current
  is_current: Whether it is the school's newest version
*/
WITH judged AS (
  SELECT authority, school_urn, name, phase, la_code AS school_la_code, ofsted, inspected_date AS valid_from
  FROM virtual_school_schools
  WHERE inspected_date > DATE'0001-01-01'
  UNION ALL
  SELECT authority, school_urn, first.name, first.phase, first.la_code, NULL, DATE'0001-01-01'
  FROM (
    SELECT authority, school_urn,
      min_by(struct(name, phase, la_code), coalesce(inspected_date, DATE'0001-01-01')) AS first
    FROM virtual_school_schools
    GROUP BY authority, school_urn
  )
), version AS (
  SELECT authority, school_urn, name, phase, school_la_code, ofsted, valid_from,
    lead(valid_from, 1, DATE'9999-12-31') OVER (PARTITION BY authority, school_urn ORDER BY valid_from) AS valid_to
  FROM judged
)
SELECT
  stable_key(concat_ws('|', version.authority, version.school_urn), version.valid_from) AS school_key,
  CAST(version.authority AS INT) AS authority_key,
  version.authority AS la_code,
  version.school_urn,
  version.name AS school_name,
  version.phase,
  version.school_la_code,
  version.ofsted AS ofsted_code,
  coalesce(code.name, 'Not inspected') AS ofsted_name,
  coalesce(version.ofsted IN ('1', '2'), false) AS is_good_or_outstanding,
  version.valid_from,
  version.valid_to,
  version.valid_to = DATE'9999-12-31' AS is_current
FROM version
LEFT JOIN code_ofsted code ON code.code = version.ofsted
UNION ALL
SELECT 0, 0, '000', 'unknown', 'Unknown', NULL, NULL, NULL, 'Not inspected', false,
  DATE'0001-01-01', DATE'9999-12-31', true
