/*
grain: A missing incident, or an absence without authorisation
primary_key: [missing_incident_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, start_date_key: dim_date, end_date_key: dim_date}
nullable: [end_date, length_days]
columns:
  missing_incident_key: Key of the incident, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the incident started
  start_date_key: The day it started
  end_date_key: The day it ended; 0 while it lasts
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  missing_code: M missing, A away from placement without authorisation (SSDA903 MISSING)
  missing_name: What the code means
  start_date: The day it started
  end_date: The day it ended
  length_days: Days from start to end; null while it lasts
  age: Age in completed years on the day it started
  is_missing: Whether it is a missing incident (M)
  is_looked_after_at_start: Whether the child was looked after on the day it started
*/
SELECT
  stable_key(concat(incident.child_id, incident.missing), incident.mis_start) AS missing_incident_key,
  child.authority_key,
  child.child_key,
  date_key(incident.mis_start) AS start_date_key,
  date_key(incident.mis_end) AS end_date_key,
  header.authority AS la_code,
  incident.child_id,
  incident.missing AS missing_code,
  code.name AS missing_name,
  incident.mis_start AS start_date,
  incident.mis_end AS end_date,
  datediff(incident.mis_end, incident.mis_start) AS length_days,
  completed_years(header.dob, incident.mis_start) AS age,
  incident.missing = 'M' AS is_missing,
  period.child_id IS NOT NULL AS is_looked_after_at_start
FROM social_care_missing incident
JOIN social_care_header header ON header.child_id = incident.child_id
JOIN dim_child child
  ON child.child_id = incident.child_id
  AND incident.mis_start >= child.valid_from
  AND incident.mis_start < child.valid_to
JOIN code_missing code ON code.code = incident.missing
LEFT JOIN care_period period
  ON period.child_id = incident.child_id
  AND incident.mis_start >= period.start_date
  AND (period.cease_date IS NULL OR incident.mis_start < period.cease_date)
