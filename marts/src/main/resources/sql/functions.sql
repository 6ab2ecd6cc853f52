-- The building blocks that several tables share, each defined once.

CREATE OR REPLACE TEMPORARY FUNCTION completed_years(born DATE, on_day DATE) RETURNS INT
  COMMENT 'Age in completed years; a 29 February birthday falls on 1 March in other years'
  RETURN year(on_day) - year(born)
    - CASE WHEN month(on_day) * 100 + day(on_day) < month(born) * 100 + day(born) THEN 1 ELSE 0 END;

CREATE OR REPLACE TEMPORARY FUNCTION anniversary_months(start_day DATE, on_day DATE) RETURNS INT
  COMMENT 'The largest N for which start_day is on or before on_day minus N calendar months'
  RETURN (year(on_day) - year(start_day)) * 12 + month(on_day) - month(start_day)
    - CASE WHEN start_day > add_months(on_day,
        -((year(on_day) - year(start_day)) * 12 + month(on_day) - month(start_day))) THEN 1 ELSE 0 END;

CREATE OR REPLACE TEMPORARY FUNCTION date_key(on_day DATE) RETURNS INT
  COMMENT 'The key of a day in dim_date; 0 for no day, or one outside the calendar of dim_date'
  RETURN CASE WHEN on_day BETWEEN DATE'1990-01-01' AND DATE'2049-12-31'
    THEN year(on_day) * 10000 + month(on_day) * 100 + day(on_day) ELSE 0 END;

CREATE OR REPLACE TEMPORARY FUNCTION stable_key(part_1 STRING, part_2 DATE) RETURNS BIGINT
  COMMENT 'A surrogate key that is the same every night without anything being remembered; below 2^53, so that every tool holds it exactly'
  RETURN pmod(xxhash64(part_1, part_2), 9007199254740990) + 1;

CREATE OR REPLACE TEMPORARY FUNCTION birthday(born DATE, years INT) RETURNS DATE
  COMMENT 'The day on which so many years are completed; a 29 February birthday falls on 1 March in other years'
  RETURN date_add(add_months(born, 12 * years), CASE WHEN day(born) > day(add_months(born, 12 * years)) THEN 1 ELSE 0 END);

CREATE OR REPLACE TEMPORARY FUNCTION distance_band(miles DOUBLE, in_authority BOOLEAN) RETURNS STRING
  COMMENT 'The band of DfE by which placements are counted: in or outside the authority, within 20 miles of home or not'
  RETURN CASE WHEN miles IS NULL OR in_authority IS NULL THEN 'not_known'
    ELSE concat(CASE WHEN in_authority THEN 'inside' ELSE 'outside' END,
      CASE WHEN miles <= 20.0 THEN '_20_or_less' ELSE '_over_20' END) END;
