/*
grain: Something that happened to a child or young person, in the order of time; who it is stays a pseudonym
columns:
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  event_date: The day
  event: What happened
  detail: What more is known of it
  age: The child's age in completed years; null where the fact does not tell
*/
select la_code, child_id, start_date as event_date, 'Came into care' as event, first_legal_status_group_name as detail,
  age_at_start as age
from fact_care_period
union all
select period.la_code, period.child_id, period.cease_date, 'Left care', reason.name, period.age_at_cease
from fact_care_period period join dim_reason_ceased reason on reason.reason_ceased_key = period.reason_ceased_key
where period.cease_date is not null
union all
select placement.la_code, placement.child_id, placement.start_date, 'Placement began', type.name, placement.age_at_start
from fact_placement placement join dim_placement_type type on type.placement_type_key = placement.placement_type_key
union all
select la_code, child_id, review_date, 'Review', review_name, age from fact_review
union all
select la_code, child_id, start_date, 'Missing or away', missing_name, age from fact_missing_incident
union all
select la_code, child_id, start_date, 'Social worker', 'number ' || order_number, null from fact_social_worker
union all
select la_code, child_id, step_date, 'Adoption', step_name, null from fact_adoption_step
union all
select la_code, child_id, completed_date, 'Health assessment', assessment_type_code, age_at_due
from fact_health_assessment
where completed_date is not null
union all
select la_code, child_id, referred_date, 'Referred to CAMHS', outcome_code, age_at_referral from fact_camhs_referral
union all
select la_code, child_id, meeting_date, 'Personal education plan', quality_name, null
from fact_pep
where meeting_date is not null
union all
select la_code, child_id, start_date, case when is_permanent then 'Permanently excluded' else 'Suspended' end,
  sessions || ' sessions', null
from fact_exclusion
union all
select la_code, child_id, start_date, 'Tenancy began', tenure_code, null from fact_tenancy
union all
select la_code, child_id, presented_date, 'Presented as homeless', outcome_code, null from fact_homelessness
