/*
grain: A statistical neighbour of an authority in a version of DfE's list
primary_key: [list_version, authority_key, neighbour_rank]
foreign_keys: {authority_key: dim_authority, neighbour_key: dim_authority}
nullable: [closeness]
columns:
  list_version: The month of the list, such as 2025-05
  authority_key: The authority
  neighbour_key: Its neighbour
  la_code: DfE's three-digit code of the authority
  neighbour_la_code: That of the neighbour
  neighbour_rank: 1 is the closest
  closeness: How close DfE calls it
  is_in_use: Whether figures are compared by this version of the list
*/
SELECT
  neighbour.list_version,
  coalesce(authority.authority_key, 0) AS authority_key,
  coalesce(other.authority_key, 0) AS neighbour_key,
  neighbour.la_code,
  max_by(neighbour.sn_la_code, neighbour.line_number) AS neighbour_la_code,
  neighbour.rank AS neighbour_rank,
  max_by(neighbour.closeness, neighbour.line_number) AS closeness,
  neighbour.list_version = setting_statistical_neighbour_list() AS is_in_use
FROM reference_statistical_neighbours neighbour
JOIN dim_authority authority ON authority.la_code = neighbour.la_code
LEFT JOIN dim_authority other ON other.la_code = neighbour.sn_la_code
WHERE neighbour.is_newest
GROUP BY neighbour.list_version, authority.authority_key, other.authority_key, neighbour.la_code, neighbour.rank
