/*
grain: A certified figure with its name, unit and, for the whole figure, the target in force on the day
columns:
  la_code: DfE's three-digit code of the authority
  authority_name: The authority
  measure_id: The measure
  measure_name: What people call it
  mart: The mart it belongs to
  unit: count, percent, rate_per_10000, mean or days
  polarity: "higher, lower or neutral: what is better"
  period_type: What the figure covers
  period_end: The month end on which its period ends
  breakdown_type: What the figure is broken down by; all for the whole figure
  breakdown: The group; all for the whole figure
  numerator: The count or sum
  denominator: What the numerator is divided by; null for a count
  value: The figure
  comparison: "How a figure meets the target: >=, >, <=, < or ="
  target_value: The target in force at the month end; null when there is none, and for breakdowns
  is_target_met: Whether the figure meets it; null without a target or a figure
*/
select
  figure.la_code,
  authority.authority_name,
  figure.measure_id,
  measure.measure_name,
  measure.mart,
  measure.unit,
  measure.polarity,
  measure.period_type,
  figure.period_end,
  figure.breakdown_type,
  figure.breakdown,
  figure.numerator,
  figure.denominator,
  figure.value,
  compared.target_comparison as comparison,
  compared.target_value,
  compared.is_target_met
from fact_measure figure
join dim_measure measure on measure.measure_id = figure.measure_id
join dim_authority authority on authority.authority_key = figure.authority_key
left join fact_measure_comparison compared
  on compared.measure_id = figure.measure_id
  and compared.la_code = figure.la_code
  and compared.period_end = figure.period_end
  and figure.breakdown_type = 'all'
