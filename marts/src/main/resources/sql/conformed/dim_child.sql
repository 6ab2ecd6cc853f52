/*
grain: A version of a child, from the day on which its disability or asylum-seeking status changed to the next (SCD2)
primary_key: [child_key]
foreign_keys: {authority_key: dim_authority}
nullable: [birth_month, ethnicity_code, disability_code]
columns:
  child_key: Key of the version, the same every night; 0 is the unknown member
  child_id: The child's pseudonym, the same in every version; it cannot be traced back without the installation's key
  authority_key: The authority that looks after the child
  sex_code: 1 male, 2 female, U unknown (SSDA903 SEX)
  sex_name: Male, Female or Unknown
  birth_month: The first day of the month of birth
  ethnicity_code: Ethnic background (SSDA903 ETHNIC); null when not one of the known codes
  ethnic_group_name: White British, White other, Mixed, Asian, Black, Other or Not known
  is_uasc: Whether the child is an unaccompanied asylum-seeking child in this version
  is_disabled: Whether a disability other than NONE has been recorded by this version
  disability_code: The disability recorded last (CIN census code)
  valid_from: The first day of the version; 0001-01-01 for a child's first
  valid_to: The day after its last day; 9999-12-31 while it is current
  is_current: Whether it is the child's newest version
*/
WITH change AS (
  SELECT child_id, DATE'0001-01-01' AS valid_from FROM social_care_header
  UNION
  SELECT child_id, duc FROM social_care_uasc WHERE duc > DATE'0001-01-01'
  UNION
  SELECT child_id, recorded FROM social_care_disability WHERE disability <> 'NONE' AND recorded > DATE'0001-01-01'
), version AS (
  SELECT child_id, valid_from,
    lead(valid_from, 1, DATE'9999-12-31') OVER (PARTITION BY child_id ORDER BY valid_from) AS valid_to
  FROM change
), disabled AS (
  SELECT version.child_id, version.valid_from, max_by(disability, struct(recorded, line_number)) AS disability_code
  FROM version
  JOIN social_care_disability d
    ON d.child_id = version.child_id AND d.recorded <= version.valid_from AND d.disability <> 'NONE'
  GROUP BY version.child_id, version.valid_from
)
SELECT
  stable_key(header.child_id, version.valid_from) AS child_key,
  header.child_id,
  CAST(header.authority AS INT) AS authority_key,
  header.sex AS sex_code,
  sex.name AS sex_name,
  trunc(header.dob, 'MM') AS birth_month,
  header.ethnic AS ethnicity_code,
  coalesce(ethnicity.group_name, 'Not known') AS ethnic_group_name,
  uasc.child_id IS NOT NULL AND (uasc.duc IS NULL OR uasc.duc > version.valid_from) AS is_uasc,
  disabled.disability_code IS NOT NULL AS is_disabled,
  disabled.disability_code,
  version.valid_from,
  version.valid_to,
  version.valid_to = DATE'9999-12-31' AS is_current
FROM social_care_header header
JOIN version ON version.child_id = header.child_id
JOIN code_sex sex ON sex.code = header.sex
LEFT JOIN code_ethnicity ethnicity ON ethnicity.code = header.ethnic
LEFT JOIN social_care_uasc uasc ON uasc.child_id = header.child_id
LEFT JOIN disabled ON disabled.child_id = version.child_id AND disabled.valid_from = version.valid_from
UNION ALL
SELECT 0, 'unknown', 0, 'U', 'Unknown', NULL, NULL, 'Not known', false, false, NULL,
  DATE'0001-01-01', DATE'9999-12-31', true
