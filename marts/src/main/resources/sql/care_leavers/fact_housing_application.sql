/*
grain: An application for housing of a young person known to social care
primary_key: [housing_application_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, applied_date_key: dim_date, offer_date_key: dim_date}
nullable: [band_code, offer_date, status_code, days_to_offer]
columns:
  housing_application_key: Key of the application, the same every night
  authority_key: The authority that looked after the young person
  child_key: The young person as on the day of the application
  applied_date_key: The day of the application
  offer_date_key: The day of the offer; 0 while there is none
  la_code: DfE's three-digit code of the authority
  child_id: The young person's pseudonym
  applied_date: The day of the application
  band_code: Priority band, 1 to 5
  offer_date: The day of the offer
  status_code: OPEN, HOUSED or CLOSED
  days_to_offer: Days from the application to the offer
*/
WITH application AS (
  SELECT a.authority AS la_code, a.child_id, a.applied_date, a.band, a.offer_date, a.status,
    row_number() OVER (PARTITION BY a.child_id, a.applied_date ORDER BY a.offer_date, a.line_number) AS copy
  FROM housing_applications a
  WHERE a.child_id IS NOT NULL
)
SELECT
  stable_key(concat_ws('|', application.child_id, 'application', application.copy), application.applied_date)
    AS housing_application_key,
  child.authority_key,
  child.child_key,
  date_key(application.applied_date) AS applied_date_key,
  date_key(application.offer_date) AS offer_date_key,
  application.la_code,
  application.child_id,
  application.applied_date,
  application.band AS band_code,
  application.offer_date,
  application.status AS status_code,
  datediff(application.offer_date, application.applied_date) AS days_to_offer
FROM application
JOIN dim_child child
  ON child.child_id = application.child_id
  AND application.applied_date >= child.valid_from
  AND application.applied_date < child.valid_to
