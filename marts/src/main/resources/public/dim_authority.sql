/*
grain: A local authority of England, by its three-digit DfE code
columns:
  la_code: DfE's three-digit code
  ons_code: The nine-character code of the Office for National Statistics
  authority_name: The authority's name
  region_name: Its region
*/
select la_code, ons_code, authority_name, region_name from dim_authority
