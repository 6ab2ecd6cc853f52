/*
grain: A certified measure
columns:
  measure_id: Identifier of the measure
  measure_name: What people call it
  mart: The mart it belongs to
  definition: What it means
  numerator_text: The numerator in words
  denominator_text: The denominator in words; null for a count
  unit: count, percent, rate_per_10000, mean or days
  polarity: "higher, lower or neutral: what is better"
  period_type: What a figure covers
  benchmark_id: The published series it is compared with; null when there is none
*/
select measure_id, measure_name, mart, definition, numerator_text, denominator_text, unit, polarity, period_type, benchmark_id
from dim_measure
