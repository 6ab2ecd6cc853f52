/*
grain: An age band of DfE's looked-after statistics
primary_key: [age_band_key]
nullable: [age_from, age_to]
columns:
  age_band_key: 1 to 6 from youngest to oldest; 0 is the unknown member
  age_band_name: The band's name
  age_from: The youngest age in completed years that belongs to it
  age_to: The oldest age in completed years that belongs to it
*/
SELECT age_band_key, age_band_name, age_from, age_to
FROM VALUES
  (0, 'Unknown', CAST(NULL AS INT), CAST(NULL AS INT)),
  (1, 'Under 1', 0, 0),
  (2, '1 to 4', 1, 4),
  (3, '5 to 9', 5, 9),
  (4, '10 to 15', 10, 15),
  (5, '16 to 17', 16, 17),
  (6, '18 and over', 18, 9999) AS band (age_band_key, age_band_name, age_from, age_to)
