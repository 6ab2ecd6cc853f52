create schema if not exists audit;
comment on schema audit is 'What each night of the LAC Warehouse did';

create table if not exists audit.run (
  run_id bigint generated always as identity primary key,
  as_at date,
  started_at timestamptz not null,
  ended_at timestamptz,
  status text not null,
  mart_version text,
  is_live boolean not null,
  request text not null,
  program_seconds double precision,
  cpu_seconds double precision
);
comment on table audit.run is 'A night';
comment on column audit.run.run_id is 'Number of the night';
comment on column audit.run.as_at is 'Latest as-at date of its figures';
comment on column audit.run.started_at is 'When it began';
comment on column audit.run.ended_at is 'When it ended; null while it runs';
comment on column audit.run.status is 'running, completed, completed_with_refusals, unchanged or failed';
comment on column audit.run.mart_version is 'The version of the marts that it published';
comment on column audit.run.is_live is 'Whether that version is the one that people read';
comment on column audit.run.request is 'Digest of what it was asked to do and what lay in the landing zone';
comment on column audit.run.program_seconds is 'Seconds from the start of the Java virtual machine to the end of the night';
comment on column audit.run.cpu_seconds is 'Processor seconds of the program from its start to the end of the night';

create table if not exists audit.step (
  run_id bigint not null references audit.run,
  step_name text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  status text not null,
  rows bigint not null,
  spark_jobs integer not null,
  delta_commits integer not null,
  cpu_seconds double precision not null,
  primary key (run_id, step_name)
);
comment on table audit.step is 'A step of a night';
comment on column audit.step.run_id is 'The night';
comment on column audit.step.step_name is 'The step';
comment on column audit.step.started_at is 'When it began';
comment on column audit.step.ended_at is 'When it ended';
comment on column audit.step.status is 'completed or failed';
comment on column audit.step.rows is 'Rows it read or wrote';
comment on column audit.step.spark_jobs is 'Spark jobs it ran';
comment on column audit.step.delta_commits is 'Delta commits it made';
comment on column audit.step.cpu_seconds is 'Processor seconds of the program while it ran';

create table if not exists audit.file (
  run_id bigint not null references audit.run,
  la_code text not null,
  source text not null,
  dataset text not null,
  extract_date date not null,
  file_name text not null,
  sha256 text,
  status text not null,
  reason text,
  rows_in bigint not null,
  rows_kept bigint not null,
  rows_duplicate bigint not null,
  rows_quarantined bigint not null,
  rows_flagged bigint not null,
  primary key (run_id, la_code, source, extract_date, file_name, dataset)
);
comment on table audit.file is 'A dataset of a delivered file in a night; rows_in = rows_kept + rows_duplicate + rows_quarantined';
comment on column audit.file.run_id is 'The night';
comment on column audit.file.la_code is 'Authority that sent it, or national';
comment on column audit.file.source is 'System it comes from';
comment on column audit.file.dataset is 'Dataset it holds';
comment on column audit.file.extract_date is 'Date on which the system was extracted';
comment on column audit.file.file_name is 'Name of the file';
comment on column audit.file.sha256 is 'Hash of its bytes';
comment on column audit.file.status is 'loaded, unchanged, refused or held';
comment on column audit.file.reason is 'Why it was refused or held, or what was noted on reading it';
comment on column audit.file.rows_in is 'Data rows of the dataset in the file';
comment on column audit.file.rows_kept is 'Rows that reached silver';
comment on column audit.file.rows_duplicate is 'Exact repetitions that were dropped';
comment on column audit.file.rows_quarantined is 'Rows that were rejected';
comment on column audit.file.rows_flagged is 'Kept rows that carry a flag';

create table if not exists audit.rejection (
  run_id bigint not null references audit.run,
  la_code text not null,
  source text not null,
  dataset text not null,
  extract_date date not null,
  file_name text not null,
  line_number bigint not null,
  rule_id text not null,
  column_name text,
  reason text not null,
  is_quarantined boolean not null
);
create index if not exists rejection_run on audit.rejection (run_id, la_code, dataset);
comment on table audit.rejection is 'A rejected row, a dropped duplicate or a flag; never a value';
comment on column audit.rejection.run_id is 'The night';
comment on column audit.rejection.la_code is 'Authority that sent the file, or national';
comment on column audit.rejection.source is 'System it comes from';
comment on column audit.rejection.dataset is 'Dataset it holds';
comment on column audit.rejection.extract_date is 'Date on which the system was extracted';
comment on column audit.rejection.file_name is 'Name of the file';
comment on column audit.rejection.line_number is 'Line of the file on which the row begins; the header is line 1';
comment on column audit.rejection.rule_id is 'The rule';
comment on column audit.rejection.column_name is 'The column; null for the whole row';
comment on column audit.rejection.reason is 'What is wrong';
comment on column audit.rejection.is_quarantined is 'Whether the row was rejected; false for a flag or a dropped duplicate';

create table if not exists audit.freshness (
  mart text not null,
  source text not null,
  la_code text not null,
  extract_date date not null,
  loaded_at timestamptz not null,
  primary key (mart, source, la_code)
);
comment on table audit.freshness is 'A mart and the newest extract of each source that it stands on';
comment on column audit.freshness.mart is 'The mart';
comment on column audit.freshness.source is 'The source';
comment on column audit.freshness.la_code is 'Authority, or national';
comment on column audit.freshness.extract_date is 'Date of the newest extract in it';
comment on column audit.freshness.loaded_at is 'When it was published';

create table if not exists audit.mart_rows (
  run_id bigint not null references audit.run,
  mart text not null,
  la_code text not null,
  source text not null,
  dataset text not null,
  extract_date date not null,
  rows_kept bigint not null,
  rows_without_child bigint not null,
  rows_used bigint not null,
  primary key (run_id, mart, la_code, source, dataset)
);
comment on table audit.mart_rows is 'How many rows of the snapshot in force of each dataset a mart could use';
comment on column audit.mart_rows.run_id is 'The night';
comment on column audit.mart_rows.mart is 'The mart';
comment on column audit.mart_rows.la_code is 'Authority';
comment on column audit.mart_rows.source is 'System';
comment on column audit.mart_rows.dataset is 'Dataset';
comment on column audit.mart_rows.extract_date is 'Date of the extract in force';
comment on column audit.mart_rows.rows_kept is 'Rows of it that were not rejected';
comment on column audit.mart_rows.rows_without_child is 'Rows about people matched to no child, or about children whom no header row names';
comment on column audit.mart_rows.rows_used is 'Rows that the mart could use';

create table if not exists audit.match (
  run_id bigint not null references audit.run,
  la_code text not null,
  source text not null,
  match_kind text not null,
  people bigint not null,
  primary key (run_id, la_code, source, match_kind)
);
comment on table audit.match is 'People of other systems by how they were matched to children, or why not';
comment on column audit.match.run_id is 'The night';
comment on column audit.match.la_code is 'Authority';
comment on column audit.match.source is 'System whose rows are about them';
comment on column audit.match.match_kind is 'number, name, roll (by other rows with that number) or confirmed (in conf/links.csv); contradicted (the number belongs to a child with another date of birth), ambiguous (more than one child fits) or unmatched';
comment on column audit.match.people is 'People';

create table if not exists audit.match_proposal (
  run_id bigint not null references audit.run,
  la_code text not null,
  source text not null,
  record_ref text not null,
  child_id text not null,
  score double precision not null,
  parts text not null,
  primary key (run_id, la_code, source, record_ref, child_id)
);
comment on table audit.match_proposal is 'A child that an unmatched person may be; it counts only once a line of conf/links.csv confirms it';
comment on column audit.match_proposal.run_id is 'The night';
comment on column audit.match_proposal.la_code is 'Authority';
comment on column audit.match_proposal.source is 'System';
comment on column audit.match_proposal.record_ref is 'Pseudonym of the person; audit.unmatched says in which file and line';
comment on column audit.match_proposal.child_id is 'Pseudonym of the child';
comment on column audit.match_proposal.score is 'From 0 to 1';
comment on column audit.match_proposal.parts is 'What the score is made of; never a value';

create table if not exists audit.unmatched (
  run_id bigint not null references audit.run,
  la_code text not null,
  source text not null,
  dataset text not null,
  record_ref text not null,
  match_kind text not null,
  extract_date date not null,
  file_name text not null,
  line_number bigint not null,
  rows bigint not null,
  primary key (run_id, la_code, source, dataset, record_ref)
);
comment on table audit.unmatched is 'A person of another system who is matched to no child, and where to find the rows';
comment on column audit.unmatched.run_id is 'The night';
comment on column audit.unmatched.la_code is 'Authority';
comment on column audit.unmatched.source is 'System';
comment on column audit.unmatched.dataset is 'Dataset';
comment on column audit.unmatched.record_ref is 'Pseudonym of the person';
comment on column audit.unmatched.match_kind is 'Why: contradicted, ambiguous or unmatched';
comment on column audit.unmatched.extract_date is 'Date on which the system was extracted';
comment on column audit.unmatched.file_name is 'Name of the file';
comment on column audit.unmatched.line_number is 'Line of the first row that is about the person';
comment on column audit.unmatched.rows is 'Rows of the file that are about the person';

create table if not exists audit.figure (
  la_code text not null,
  measure_id text not null,
  period_end date not null,
  breakdown_type text not null,
  breakdown text not null,
  from_run_id bigint not null,
  until_run_id bigint,
  numerator double precision not null,
  denominator double precision,
  value double precision,
  primary key (la_code, measure_id, period_end, breakdown_type, breakdown, from_run_id)
);
create index if not exists figure_from_run on audit.figure (from_run_id);
create index if not exists figure_until_run on audit.figure (until_run_id);
comment on table audit.figure is 'What mart.fact_measure held of a figure from one night until another; audit.figure_of_run gives those of one night';
comment on column audit.figure.la_code is 'Authority';
comment on column audit.figure.measure_id is 'The measure';
comment on column audit.figure.period_end is 'Month end';
comment on column audit.figure.breakdown_type is 'What it is broken down by; all for the whole';
comment on column audit.figure.breakdown is 'The group';
comment on column audit.figure.from_run_id is 'First night that published it so';
comment on column audit.figure.until_run_id is 'First night after it that published it differently or not at all; null while it is so';
comment on column audit.figure.numerator is 'As in mart.fact_measure';
comment on column audit.figure.denominator is 'As in mart.fact_measure';
comment on column audit.figure.value is 'As in mart.fact_measure';

create or replace function audit.figure_of_run(run_id bigint)
returns table (la_code text, measure_id text, period_end date, breakdown_type text, breakdown text,
  numerator double precision, denominator double precision, value double precision)
language sql stable as $$
  select f.la_code, f.measure_id, f.period_end, f.breakdown_type, f.breakdown, f.numerator, f.denominator, f.value
  from audit.figure f
  where f.from_run_id <= $1 and (f.until_run_id > $1 or f.until_run_id is null)
$$;
comment on function audit.figure_of_run is 'mart.fact_measure as it was published when a night had ended';
