/*
grain: >-
  A care leaver (STATUS RELEVANT or FORMER_RELEVANT, neither died nor returned home) aged 17 to 21, or 22 to 25 where in
  touch, at a month end, as on the newest register dated on or before it (periodic snapshot)
primary_key: [child_id, period_end]
foreign_keys:
  authority_key: dim_authority
  child_key: dim_child
  period_end_key: dim_date
  activity_key: dim_activity
  accommodation_key: dim_accommodation
nullable: [age_group_name, in_touch_code, contact_date, activity_code, accommodation_code, pathway_plan_date]
columns:
  authority_key: The authority that looked after the young person
  child_key: The young person as at the month end
  period_end_key: The month end as a key of dim_date
  activity_key: Main activity; 0 when not recorded
  accommodation_key: Accommodation; 0 when not recorded
  la_code: DfE's three-digit code of the authority
  child_id: The young person's pseudonym
  period_end: The month end
  age: Age in completed years at the month end
  age_group_name: 17 to 18 or 19 to 21; null for those of 22 and over
  sex_name: Male, Female or Unknown
  status_code: RELEVANT or FORMER_RELEVANT
  is_aged_17_to_21: Whether aged 17 to 21, whom the certified figures count
  in_touch_code: Whether the authority is in touch (SSDA903 IN_TOUCH)
  contact_date: The day of the newest contact
  is_in_touch: Whether the authority is in touch (IN_TOUCH YES)
  activity_code: Main activity (SSDA903 ACTIV)
  is_activity_known: Whether the activity is known (neither blank nor 0)
  is_in_education_employment_or_training: Whether it is education, employment or training (F or P)
  is_in_higher_education: Whether it is higher education (F1 or P1)
  accommodation_code: Accommodation and its suitability (SSDA903 ACCOM)
  is_accommodation_known: Whether the accommodation is known (neither blank nor 0)
  is_suitable: Whether it is suitable
  is_unsuitable: Whether it is known and not suitable
  is_in_custody: Whether it is custody (X1 or X2)
  pathway_plan_date: The day of the pathway plan
  is_pathway_plan_in_date: Whether it is dated in the 6 months to the month end
  has_personal_adviser: Whether a personal adviser is named
  is_staying_put: Whether staying put with former foster carers
  tenancies_in_second_year: >-
    Council and housing association tenancies that started in the 12 months that ended 12 months before the month end
  tenancies_sustained: Those of them that were still open 12 months after their start, or ended because of a move
  has_presented_as_homeless: >-
    Whether the young person presented as homeless in the 12 months to the month end and a duty was accepted
  housing_offers: Housing applications of which the offer came in the 12 months to the month end
  days_to_housing_offers: Days from these applications to their offers, added up
*/
WITH tenancy AS (
  SELECT child_id, collect_list(struct(start_date, is_sustained_12_months)) AS all
  FROM fact_tenancy WHERE is_council_or_association GROUP BY child_id
), homeless AS (
  SELECT child_id, collect_set(presented_date) AS all
  FROM fact_homelessness WHERE has_duty GROUP BY child_id
), application AS (
  SELECT child_id, collect_list(struct(offer_date, days_to_offer)) AS all
  FROM fact_housing_application WHERE offer_date IS NOT NULL GROUP BY child_id
), registered AS (
  SELECT month.la_code, month.period_end, leaver.child_id, leaver.status, leaver.in_touch, leaver.contact_date,
    leaver.activ, leaver.accom, leaver.pathway_plan_date, leaver.personal_adviser, leaver.staying_put,
    completed_years(header.dob, month.period_end) AS age
  FROM register_in_force month
  JOIN social_care_care_leavers leaver ON leaver.delivery_id = month.delivery_id
  JOIN social_care_header header ON header.child_id = leaver.child_id
  WHERE month.register = 'social_care_care_leavers'
    AND leaver.status IN ('RELEVANT', 'FORMER_RELEVANT')
    AND coalesce(leaver.in_touch, '') NOT IN ('DIED', 'RHOM')
), housed AS (
  SELECT registered.la_code, registered.period_end, registered.child_id, registered.status, registered.in_touch,
    registered.contact_date, registered.activ, registered.accom, registered.pathway_plan_date,
    registered.personal_adviser, registered.staying_put, registered.age,
    filter(coalesce(tenancy.all, array()), t -> t.start_date > add_months(registered.period_end, -24)
      AND t.start_date <= add_months(registered.period_end, -12)) AS tenancies,
    coalesce(exists(homeless.all, day -> day > add_months(registered.period_end, -12)
      AND day <= registered.period_end), false) AS has_presented_as_homeless,
    filter(coalesce(application.all, array()), a -> a.offer_date > add_months(registered.period_end, -12)
      AND a.offer_date <= registered.period_end) AS offers
  FROM registered
  LEFT JOIN tenancy ON tenancy.child_id = registered.child_id
  LEFT JOIN homeless ON homeless.child_id = registered.child_id
  LEFT JOIN application ON application.child_id = registered.child_id
  WHERE registered.age BETWEEN 17 AND 21
    OR registered.age BETWEEN 22 AND 25 AND registered.in_touch = 'YES'
)
SELECT
  CAST(housed.la_code AS INT) AS authority_key,
  child.child_key,
  date_key(housed.period_end) AS period_end_key,
  coalesce(activity.activity_key, 0) AS activity_key,
  coalesce(accommodation.accommodation_key, 0) AS accommodation_key,
  housed.la_code,
  housed.child_id,
  housed.period_end,
  housed.age,
  CASE WHEN housed.age <= 18 THEN '17 to 18' WHEN housed.age <= 21 THEN '19 to 21' END AS age_group_name,
  child.sex_name,
  housed.status AS status_code,
  housed.age BETWEEN 17 AND 21 AS is_aged_17_to_21,
  housed.in_touch AS in_touch_code,
  housed.contact_date,
  coalesce(housed.in_touch = 'YES', false) AS is_in_touch,
  housed.activ AS activity_code,
  coalesce(housed.activ <> '0', false) AS is_activity_known,
  coalesce(substring(housed.activ, 1, 1) IN ('F', 'P'), false) AS is_in_education_employment_or_training,
  coalesce(housed.activ IN ('F1', 'P1'), false) AS is_in_higher_education,
  housed.accom AS accommodation_code,
  coalesce(housed.accom <> '0', false) AS is_accommodation_known,
  coalesce(substring(housed.accom, 2, 1) = '1', false) AS is_suitable,
  coalesce(substring(housed.accom, 2, 1) = '2', false) AS is_unsuitable,
  coalesce(housed.accom IN ('X1', 'X2'), false) AS is_in_custody,
  housed.pathway_plan_date,
  coalesce(housed.pathway_plan_date > add_months(housed.period_end, -6)
    AND housed.pathway_plan_date <= housed.period_end, false) AS is_pathway_plan_in_date,
  housed.personal_adviser IS NOT NULL AS has_personal_adviser,
  coalesce(housed.staying_put = '1', false) AS is_staying_put,
  size(housed.tenancies) AS tenancies_in_second_year,
  size(filter(housed.tenancies, t -> t.is_sustained_12_months)) AS tenancies_sustained,
  housed.has_presented_as_homeless,
  size(housed.offers) AS housing_offers,
  aggregate(housed.offers, 0, (days, offer) -> days + offer.days_to_offer) AS days_to_housing_offers
FROM housed
JOIN dim_child child
  ON child.child_id = housed.child_id
  AND housed.period_end >= child.valid_from
  AND housed.period_end < child.valid_to
LEFT JOIN dim_activity activity ON activity.code = housed.activ
LEFT JOIN dim_accommodation accommodation ON accommodation.code = housed.accom
