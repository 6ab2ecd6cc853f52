/*
grain: >-
  A delivered row that decides whether, and with what, a child counts in a certified figure: the rows about the child, up to
  the month end, of the datasets that the measure is made from
columns:
  la_code: DfE's three-digit code of the authority
  measure_id: The measure
  period_end: The month end on which the figure's period ends
  child_id: The child's pseudonym
  is_in_numerator: Whether the child, or an event of the child, is counted or added up in the numerator
  is_in_denominator: Whether it is counted in the denominator; false for counts and rates
  adds_to_numerator: What the child adds to the numerator; over the children this adds up to that of fact_measure
  adds_to_denominator: What the child adds to the denominator; null for counts and rates
  source: The system that the row comes from
  dataset: The dataset
  extract_date: The day on which the system was extracted
  file_name: The file, below the landing zone
  line_number: The row's line in the file
  row_date: The first day the row tells of; null when it holds for the child as a whole
  repairs: The documented repairs that were made to the row; null when none was
  flags: The rules that the row contradicts; null for none
  match_kind: How the row was matched to the child; null where it carries the council's own id
*/
select
  counted.la_code,
  counted.measure_id,
  counted.period_end,
  counted.child_id,
  counted.is_in_numerator,
  counted.is_in_denominator,
  counted.adds_to_numerator,
  counted.adds_to_denominator,
  file.source,
  file.dataset,
  file.extract_date,
  file.file_name,
  source_row.line_number,
  source_row.row_date,
  source_row.repairs,
  source_row.flags,
  source_row.match_kind
from (
  select la_code, measure_id, period_end, child_id, bool_or(is_in_numerator) as is_in_numerator,
    bool_or(is_in_denominator) as is_in_denominator, sum(adds_to_numerator) as adds_to_numerator,
    sum(adds_to_denominator) as adds_to_denominator
  from v_measure_children
  group by la_code, measure_id, period_end, child_id
) counted
join dim_measure_dataset used on used.measure_id = counted.measure_id
join dim_source_file file
  on file.la_code = counted.la_code
  and file.source = used.source
  and file.dataset = used.dataset
  and file.valid_from <= counted.period_end
  and file.valid_to > counted.period_end
join fact_source_row source_row
  on source_row.child_id = counted.child_id
  and source_row.source_file_key = file.source_file_key
  and (source_row.row_date is null or source_row.row_date <= counted.period_end)
