/*
grain: A time in which a child had one social worker
primary_key: [social_worker_episode_key]
foreign_keys: {authority_key: dim_authority, child_key: dim_child, start_date_key: dim_date, end_date_key: dim_date}
nullable: [end_date, length_days]
columns:
  social_worker_episode_key: Key of the episode, the same every night
  authority_key: The authority that looks after the child
  child_key: The child as it was on the day the episode started
  start_date_key: The day it started
  end_date_key: The day it ended; 0 while it lasts
  la_code: DfE's three-digit code of the authority
  child_id: The child's pseudonym
  social_worker_key: The social worker, by a key that is the same every night
  start_date: The day it started
  end_date: The day it ended
  length_days: Days from start to end; null while it lasts
  order_number: First, second, third such episode of the child
*/
SELECT
  stable_key(concat_ws('|', worker.child_id, worker.sw_id), worker.sw_decom) AS social_worker_episode_key,
  child.authority_key,
  child.child_key,
  date_key(worker.sw_decom) AS start_date_key,
  date_key(worker.sw_dec) AS end_date_key,
  worker.authority AS la_code,
  worker.child_id,
  stable_key(concat_ws('|', worker.authority, worker.sw_id), NULL) AS social_worker_key,
  worker.sw_decom AS start_date,
  worker.sw_dec AS end_date,
  datediff(worker.sw_dec, worker.sw_decom) AS length_days,
  CAST(row_number() OVER (PARTITION BY worker.child_id ORDER BY worker.sw_decom, worker.sw_id) AS INT) AS order_number
FROM social_care_sw_episodes worker
JOIN dim_child child
  ON child.child_id = worker.child_id AND worker.sw_decom >= child.valid_from AND worker.sw_decom < child.valid_to
