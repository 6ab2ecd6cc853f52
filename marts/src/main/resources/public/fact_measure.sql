/*
grain: A certified figure made safe to share outside the council
columns:
  la_code: DfE's three-digit code of the authority
  measure_id: The measure
  period_end: The month end on which its period ends
  breakdown_type: What the figure is broken down by; all for the whole figure
  breakdown: The group; all for the whole figure
  numerator: The count; null when suppressed, of means and days, and of percentages by group
  denominator: What the numerator is divided by; null when the numerator is
  value: The figure, rounded half up as DfE publishes it (whole percent and rates, one decimal of means); null with a symbol
  symbol: c (suppressed) or z (not applicable, as nobody is in the denominator) in place of a value
*/
with figure as (
  -- Figures of a year stand at the ends of years only: of two months that overlap, the difference would tell a month.
  select f.la_code, f.measure_id, f.period_end, f.breakdown_type, f.breakdown, f.numerator, f.denominator, f.value,
    m.unit, m.period_type,
    extract(year from f.period_end - interval '3 months')::int as financial_year,
    case when m.unit in ('mean', 'days') then f.denominator else abs(f.numerator) end as n,
    case when m.unit = 'percent' then f.denominator end as d
  from fact_measure f join dim_measure m on m.measure_id = f.measure_id
  where case
    when m.period_type like 'academic year%' then extract(month from f.period_end) = 8
    when m.period_type in ('year', '3 years', '31 March only') then extract(month from f.period_end) = 3
    else true end
), small as (
  select *,
    coalesce(n between 1 and 5 or d between 1 and 5 or d - n between 1 and 5, false) as is_small,
    coalesce(d, n) as size
  from figure
), family as (
  -- Measures of which one is the difference of the others, and the counts of single months, are suppressed together.
  select la_code, financial_year, period_type = 'month' as is_month, coalesce(family.name, 'months') as name
  from small left join (values /* families */) as family (measure_id, name) on family.measure_id = small.measure_id
  where breakdown_type = 'all' and is_small and (family.name is not null or period_type = 'month')
  group by 1, 2, 3, 4
), grouped as (
  select *,
    row_number() over smallest as place,
    count(*) filter (where is_small) over cells as smalls,
    sum(n) over smallest as sum_n,
    sum(d) over smallest as sum_d,
    sum(size) over smallest as sum_size
  from small
  where breakdown_type <> 'all' and size > 0
  window cells as (partition by la_code, measure_id, period_end, breakdown_type),
    smallest as (partition by la_code, measure_id, period_end, breakdown_type order by not is_small, size, breakdown
      rows unbounded preceding)
), protected as (
  -- The smallest groups beside the small ones go, too, until what goes is at least two groups whose sum is no small count
  -- and more than one child each.
  select *,
    min(place) filter (where place >= smalls and place >= 2 and sum_size > place
      and not sum_n between 1 and 5
      and not coalesce(sum_d between 1 and 5 or sum_d - sum_n between 1 and 5, false))
      over (partition by la_code, measure_id, period_end, breakdown_type) as enough
  from grouped
), unprotected as (
  -- Where even all groups together do not protect one of them, the whole figure goes.
  select distinct la_code, measure_id, period_end from protected where smalls > 0 and enough is null
), hidden as (
  select distinct small.la_code, small.measure_id, small.period_end
  from small
  left join (values /* families */) as family_of (measure_id, name) on family_of.measure_id = small.measure_id
  left join family related
    on related.la_code = small.la_code and related.financial_year = small.financial_year and related.name = family_of.name
    and not related.is_month
  left join family months
    on months.la_code = small.la_code and months.financial_year = small.financial_year and months.is_month
    and small.period_type = 'month' and small.n > 0
  left join unprotected
    on unprotected.la_code = small.la_code and unprotected.measure_id = small.measure_id
    and unprotected.period_end = small.period_end
  where small.breakdown_type = 'all'
    and (small.is_small or related.la_code is not null or months.la_code is not null or unprotected.la_code is not null)
), quantity as (
  select * from (values /* quantities */) as quantity (measure_id, counted, is_numerator)
), whole as (
  -- A count that is hidden is hidden wherever it stands: as another measure's numerator or denominator, too.
  select la_code, measure_id, period_end from hidden
  union
  select hidden.la_code, other.measure_id, hidden.period_end
  from hidden
  join quantity own on own.measure_id = hidden.measure_id and own.is_numerator
  join quantity other on other.counted = own.counted
), suppressed as (
  select small.*,
    whole.la_code is not null and (small.breakdown_type = 'all' or small.size > 0)
      or coalesce(protected.smalls > 0 and protected.place <= protected.enough, false) as is_suppressed
  from small
  left join whole
    on whole.la_code = small.la_code and whole.measure_id = small.measure_id and whole.period_end = small.period_end
  left join protected
    on protected.la_code = small.la_code and protected.measure_id = small.measure_id
    and protected.period_end = small.period_end and protected.breakdown_type = small.breakdown_type
    and protected.breakdown = small.breakdown
)
select la_code, measure_id, period_end, breakdown_type, breakdown,
  case when not is_suppressed and unit not in ('mean', 'days') and (unit <> 'percent' or breakdown_type = 'all')
    then numerator end as numerator,
  case when not is_suppressed and unit not in ('mean', 'days') and (unit <> 'percent' or breakdown_type = 'all')
    then denominator end as denominator,
  case when not is_suppressed then
    case when unit in ('mean', 'days') then floor(value * 10 + 0.5) / 10 else floor(value + 0.5) end end as value,
  case when is_suppressed then 'c' when value is null then 'z' end as symbol
from suppressed
