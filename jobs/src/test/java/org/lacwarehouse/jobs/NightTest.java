package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.audit.Audit;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.NightStoppedException;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;
import org.postgresql.PGStatement;

/** One warehouse through several nights, from generated files to what an analyst reads in PostgreSQL. */
@ExtendWith(PostgresKit.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NightTest {
    private static final LocalDate AS_AT = LocalDate.of(2024, 3, 31);

    @TempDir
    static Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Database database;
    private Path landing;
    private Path warehouse;

    @BeforeAll
    void firstNight(Database empty) throws Exception {
        database = empty;
        landing = folder.resolve("landing");
        warehouse = folder.resolve("warehouse");
        new WarehouseFolder(warehouse).log();
        new Generator(landing, 40, 3, AS_AT, 7).write(List.of("826", "887"));
        PrintStream err = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(night(said, null, landing)).isEqualTo(Main.OK);
        } finally {
            System.setErr(err);
        }
    }

    @Test
    @Order(1)
    void theGeneratedCouncilsAreThere() throws SQLException {
        assertThat(Query.rows(
                        database,
                        "select la_code, value from mart.fact_measure where measure_id = 'cla_count' and"
                                + " period_end = '2024-03-31' and breakdown_type = 'all' order by la_code"))
                .containsExactly("826 40", "887 40");
        assertThat(Query.rows(
                        database,
                        "select authority_name, region_name from mart.dim_authority where is_loaded order by la_code"))
                .containsExactly("Milton Keynes South East", "Medway South East");
    }

    @Test
    @Order(1)
    void everyTableHasItsKeysAndEveryColumnItsWords() throws SQLException {
        Map<String, MartTable> tables = new Catalogue(Conf.packaged()).tables();
        assertThat(Query.rows(
                        database,
                        "select table_name from information_schema.tables where table_schema = 'mart' and table_type ="
                                + " 'BASE TABLE'"))
                .containsExactlyInAnyOrderElementsOf(tables.keySet());
        assertThat(Query.rows(database, "select table_name from information_schema.views where table_schema = 'mart'"))
                .containsExactlyInAnyOrder(
                        "v_benchmark_revision",
                        "v_benchmarks_current",
                        "v_care_leavers_current",
                        "v_child_journey",
                        "v_education_current",
                        "v_figure_explained",
                        "v_health_current",
                        "v_measure_children",
                        "v_measure_trend",
                        "v_placements_current",
                        "v_population_current");
        assertThat(
                        Query.rows(
                                database,
                                """
                        select c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                        where n.nspname = 'mart' and c.relkind in ('r', 'v')
                        and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)
                        """))
                .isEmpty();
        assertThat(Query.rows(
                        database,
                        "select conrelid::regclass from pg_constraint where connamespace = 'mart'::regnamespace and contype"
                                + " = 'p'"))
                .hasSize(tables.size());
        assertThat(Query.rows(
                        database,
                        "select conrelid::regclass from pg_constraint where connamespace = 'mart'::regnamespace and contype"
                                + " = 'f' and convalidated"))
                .hasSize(tables.values().stream()
                        .mapToInt(table -> table.foreignKeys().size())
                        .sum());
        assertThat(Query.rows(
                        database,
                        "select table_name || '.' || column_name from information_schema.columns where table_schema = 'mart'"
                                + " and is_nullable = 'YES' and table_name not like 'v\\_%'"))
                .containsExactlyInAnyOrderElementsOf(tables.values().stream()
                        .flatMap(table -> table.nullable().stream().map(column -> table.name() + "." + column))
                        .toList());
    }

    /** What reads through a table of all councils otherwise; an index that finds a tenth of a table is made for nothing. */
    @Test
    @Order(1)
    void rowsAreFoundByAuthorityMonthEndChildAndLongDimensions() throws SQLException {
        List<String> indexed = Query.rows(
                database,
                "select c.relname || '.' || a.attname from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a"
                        + " on a.attrelid = c.oid and a.attnum = i.indkey[0] where c.relnamespace = 'mart'::regnamespace");
        assertThat(indexed)
                .contains(
                        "fact_looked_after_month.la_code",
                        "fact_looked_after_month.period_end",
                        "fact_looked_after_month.child_id",
                        "fact_looked_after_month.child_key",
                        "fact_looked_after_month.period_end_key",
                        "fact_measure.la_code",
                        "fact_measure.period_end",
                        "fact_measure.measure_id",
                        "fact_source_row.child_id")
                .doesNotContain("fact_looked_after_month.legal_status_key", "fact_looked_after_month.age_band_key")
                .doesNotHaveDuplicates();
    }

    /** What a BI tool or an SQL client asks the driver when it connects. */
    @Test
    @Order(1)
    void everyClientIsToldOfAllKeysAndWords() throws SQLException {
        Map<String, MartTable> tables = new Catalogue(Conf.packaged()).tables();
        Set<String> words = new TreeSet<>();
        Set<String> keys = new TreeSet<>();
        Set<String> declaredWords = new TreeSet<>();
        Set<String> declaredKeys = new TreeSet<>();
        tables.forEach((name, table) -> {
            declaredWords.add(name + ": " + table.grain());
            table.columns().forEach((column, comment) -> declaredWords.add(name + "." + column + ": " + comment));
            table.primaryKey().forEach(column -> declaredKeys.add(name + "." + column + " identifies"));
            table.foreignKeys()
                    .forEach((column, dimension) -> declaredKeys.add(name + "." + column + " refers to " + dimension
                            + "." + tables.get(dimension).primaryKey().get(0)));
        });
        try (Connection connection = database.connect()) {
            DatabaseMetaData client = connection.getMetaData();
            try (ResultSet row = client.getTables(null, "mart", "%", new String[] {"TABLE"})) {
                while (row.next()) {
                    words.add(row.getString("TABLE_NAME") + ": " + row.getString("REMARKS"));
                }
            }
            try (ResultSet row = client.getColumns(null, "mart", "%", "%")) {
                while (row.next()) {
                    if (tables.containsKey(row.getString("TABLE_NAME"))) {
                        words.add(row.getString("TABLE_NAME") + "." + row.getString("COLUMN_NAME") + ": "
                                + row.getString("REMARKS"));
                    }
                }
            }
            for (String table : tables.keySet()) {
                try (ResultSet row = client.getPrimaryKeys(null, "mart", table)) {
                    while (row.next()) {
                        keys.add(table + "." + row.getString("COLUMN_NAME") + " identifies");
                    }
                }
                try (ResultSet row = client.getImportedKeys(null, "mart", table)) {
                    while (row.next()) {
                        assertThat(row.getString("PKTABLE_SCHEM")).isEqualTo("mart");
                        keys.add(table + "." + row.getString("FKCOLUMN_NAME") + " refers to "
                                + row.getString("PKTABLE_NAME") + "." + row.getString("PKCOLUMN_NAME"));
                    }
                }
            }
        }
        assertThat(words).isEqualTo(declaredWords);
        assertThat(keys).isEqualTo(declaredKeys);
    }

    /** With Delta Kernel alone, as any reader of Delta tables does it. */
    @Test
    @Order(1)
    void goldIsReadWithoutSpark() throws Exception {
        for (String table : new Catalogue(Conf.packaged()).tables().keySet()) {
            assertThat(DeltaReader.rows(warehouse.resolve("gold").resolve(table)))
                    .as(table)
                    .hasSize(Integer.parseInt(Query.cell(database, "select count(*) from mart." + table)));
        }
        assertThat(DeltaReader.rows(warehouse.resolve("gold/fact_measure")))
                .containsExactlyInAnyOrderElementsOf(Query.rows(
                        database,
                        "select authority_key, period_end_key, la_code, measure_id, period_end, breakdown_type, breakdown,"
                                + " numerator::float8, denominator::float8, value::float8 from mart.fact_measure"));
    }

    @Test
    @Order(1)
    void everyQueryOfTheReadmeRuns() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        List<String> queries = new ArrayList<>();
        Matcher found = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(readme);
        while (found.find()) {
            queries.add(found.group(1));
        }
        assertThat(queries).hasSizeGreaterThan(7);
        for (String query : queries) {
            // The declaration of a table is no query, and a release of DfE's is not part of this landing zone.
            if (!query.startsWith("/*") && !query.contains("'2025-03-31'")) {
                assertThat(Query.rows(database, query)).as(query).isNotEmpty();
            }
        }
    }

    @Test
    @Order(1)
    void currentViewsShowTheNewestMonthEndWithNames() throws SQLException {
        assertThat(Query.rows(
                        database,
                        "select la_code, count(*), min(period_end), count(placement_type_name), count(authority_name) from"
                                + " mart.v_population_current group by 1 order by 1"))
                .containsExactly("826 40 2024-03-31 40 40", "887 40 2024-03-31 40 40");
        assertThat(Query.rows(
                        database,
                        "select la_code, count(distinct child_id), count(*) filter (where placement_type_name is null) from"
                                + " mart.v_placements_current group by 1 order by 1"))
                .containsExactly("826 40 0", "887 40 0");
        assertThat(Query.cell(
                        database,
                        "select count(*) from mart.v_benchmarks_current where measure_name is null or authority_name is"
                                + " null"))
                .isEqualTo("0");
        assertThat(Query.rows(
                        database,
                        "select count(*) from mart.v_child_journey where event = 'Came into care' except select count(*) from"
                                + " mart.fact_care_period"))
                .isEmpty();
    }

    /** Each as somebody who logs in with an account that has the role. */
    @Test
    @Order(1)
    void everyRoleReadsWhatItMayAndNothingElse() throws SQLException {
        Database analyst = account("mart_analyst");
        Database analystOf826 = account("mart_analyst_826");
        Database publicReader = account("mart_public_reader");

        for (String relation : List.of("fact_placement", "v_measure_children", "fact_measure", "v_child_journey")) {
            String authorities = "select distinct la_code from mart." + relation + " order by 1";
            assertThat(Query.rows(analyst, authorities)).as(relation).containsExactly("826", "887");
            assertThat(Query.rows(analystOf826, authorities)).as(relation).containsExactly("826");
            forbidden(publicReader, authorities);
        }
        assertThat(Query.rows(analystOf826, "select distinct authority_key from mart.dim_child order by 1"))
                .containsExactly("826");
        assertThat(Query.rows(analystOf826, "select distinct la_code from mart.fact_measure_comparison"))
                .containsExactly("826");
        assertThat(Query.rows(analystOf826, "select count(*) > 150 from mart.dim_authority"))
                .containsExactly("t");
        for (Database reader : List.of(analyst, analystOf826, publicReader)) {
            assertThat(Query.rows(reader, "select distinct la_code from mart_public.fact_measure order by 1"))
                    .containsExactly("826", "887");
            forbidden(reader, "select * from audit.rejection");
            forbidden(reader, "select * from batch.batch_job_execution_params");
            forbidden(reader, "delete from mart_public.fact_measure");
            forbidden(reader, "drop table mart_public.fact_measure");
            forbidden(reader, "create table mart_public.mine (a int)");
            forbidden(reader, "alter table mart.fact_placement disable row level security");
            forbidden(reader, "set role mart_loader");
        }
        forbidden(analyst, "update mart.fact_measure set value = 1");
        assertThat(Query.rows(
                        database,
                        "select distinct tableowner from pg_tables where schemaname in ('mart', 'mart_public')"))
                .containsExactly("mart_loader");
        assertThat(
                        Query.rows(
                                database,
                                "select count(*) from mart_public.fact_measure where symbol is null and numerator between 1 and 5"))
                .containsExactly("0");
    }

    private Database account(String role) throws SQLException {
        String user = "reader_of_" + role + "_" + ProcessHandle.current().pid();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create role " + user + " login password 'only for tests' in role " + role);
        }
        return new Database(database.url(), user, "only for tests");
    }

    private static void forbidden(Database reader, String sql) {
        assertThatThrownBy(() -> Query.rows(reader, sql))
                .as(sql)
                .isInstanceOf(SQLException.class)
                .extracting(error -> ((SQLException) error).getSQLState())
                .isEqualTo("42501");
    }

    @Test
    @Order(1)
    void unknownMembersExistInEveryDimensionWithASurrogateKey() throws SQLException {
        for (MartTable table : new Catalogue(Conf.packaged()).tables().values()) {
            String key = table.primaryKey().get(0);
            if (table.name().startsWith("dim_") && key.endsWith("_key")) {
                assertThat(Query.cell(database, "select count(*) from mart." + table.name() + " where " + key + " = 0"))
                        .as(table.name())
                        .isEqualTo("1");
            }
        }
    }

    /** Made from the declarations: for every measure and breakdown what an analyst would count over the published fact. */
    @Test
    @Order(1)
    void aPlainCountOverTheFactIsTheCertifiedFigure() throws SQLException {
        Catalogue catalogue = new Catalogue(Conf.packaged());
        for (Measure measure : catalogue.measures()) {
            if (measure.difference() != null) {
                continue;
            }
            MartTable fact = catalogue.tables().get(measure.fact().sql());
            String key = fact.columns().containsKey("period_end") ? "la_code, period_end" : "la_code";
            List<String> months = new ArrayList<>(
                    catalogue.tables().get("fact_authority_month").columns().keySet());
            months.removeAll(fact.columns().keySet());
            months.removeAll(List.of("la_code", "period_end"));
            String rows = "select "
                    + (measure.once() == null ? "" : "distinct on (la_code, period_end, child_id) ")
                    + "* from mart." + fact.name() + " join (select la_code, period_end, " + String.join(", ", months)
                    + " from mart.fact_authority_month) month using (" + key + ") where (" + measure.condition() + ")"
                    + (measure.months() == null ? "" : " and " + measure.months())
                    + (measure.once() == null
                            ? ""
                            : " order by la_code, period_end, child_id, "
                                    + measure.once().column().sql()
                                    + (measure.once().last() ? " desc" : ""));
            String counted = "sum(" + measure.numerator().adds() + ") as n, "
                    + (measure.dividesByRows() ? "sum(" + measure.denominator().adds() + ")" : "null::numeric")
                    + " as d";
            Map<String, String> breakdowns = new HashMap<>(Map.of("all", "'all'"));
            measure.breakdowns().forEach((type, value) -> breakdowns.put(type, value.sql()));
            for (Map.Entry<String, String> breakdown : breakdowns.entrySet()) {
                assertThat(Query.rows(
                                database,
                                "select * from (select la_code, period_end, breakdown as b, numerator, "
                                        + (measure.dividesByRows() ? "denominator" : "null::numeric as denominator")
                                        + " from mart.fact_measure where measure_id = '" + measure.id()
                                        + "' and breakdown_type = '" + breakdown.getKey()
                                        + "' and (breakdown <> 'all' or coalesce(nullif(numerator, 0), denominator) <> 0)) f"
                                        + " full join (select la_code, period_end, " + breakdown.getValue() + " as b, "
                                        + counted + " from (" + rows + ") counted where " + breakdown.getValue()
                                        + " is not null group by 1, 2, 3) p using (la_code, period_end, b)"
                                        + " where coalesce(numerator, 0) <> coalesce(n, 0)"
                                        + " or coalesce(denominator, 0) <> coalesce(d, 0)"))
                        .as(measure.id() + " " + breakdown.getKey())
                        .isEmpty();
            }
        }
    }

    @Test
    @Order(1)
    void theChildrenBehindAFigureAddUpToIt() throws SQLException {
        assertThat(
                        Query.rows(
                                database,
                                """
                        select f.measure_id, f.la_code, f.period_end, f.numerator, c.n, f.denominator, c.d
                        from mart.fact_measure f
                        left join (
                          select measure_id, la_code, period_end, sum(adds_to_numerator) as n,
                            sum(adds_to_denominator) as d, count(*) filter (where is_in_denominator) as counted
                          from mart.v_measure_children group by 1, 2, 3) c using (measure_id, la_code, period_end)
                        join mart.dim_measure m using (measure_id)
                        where f.breakdown_type = 'all' and (f.numerator <> coalesce(c.n, 0)
                          or m.unit in ('percent', 'mean', 'days') and f.denominator <> coalesce(c.d, 0)
                          or m.unit = 'percent' and f.numerator > f.denominator)
                        """))
                .isEmpty();
        assertThat(Query.rows(database, "select distinct measure_id from mart.v_measure_children"))
                .hasSizeGreaterThan(25);
        assertThat(Query.cell(
                        database,
                        "select count(*) from mart.v_measure_children where measure_id = 'cla_count' and la_code = '826'"
                                + " and period_end = '2024-03-31' and is_in_numerator and not is_in_denominator"))
                .isEqualTo("40");
    }

    @Test
    @Order(1)
    void theDaxMeasuresGiveTheCertifiedFigures() throws SQLException {
        Catalogue catalogue = new Catalogue(Conf.packaged());
        assertThat(DaxFigures.differences(database, catalogue)).isEmpty();
        assertThat(DaxFigures.monthColumnsThatDiffer(database, catalogue)).isEmpty();
    }

    @Test
    @Order(1)
    void aPowerBiProjectIsWrittenOverThePublishedMarts() throws IOException {
        Path password = Files.writeString(
                folder.resolve("password.txt"), database.password() == null ? "" : database.password());
        Path out = folder.resolve("powerbi");
        assertThat(Main.execute(
                        "powerbi",
                        "--out",
                        out.toString(),
                        "--jdbc-url",
                        database.url(),
                        "--jdbc-user",
                        database.user(),
                        "--jdbc-password-file",
                        password.toString()))
                .isEqualTo(Main.OK);
        Path model = out.resolve("LAC Warehouse.SemanticModel").resolve("definition");
        assertThat(model.resolve("roles/mart_analyst_826.tmdl")).exists();
        assertThat(model.resolve("roles/mart_analyst_887.tmdl")).exists();
        assertThat(model.resolve("tables/fact_review.tmdl"))
                .content()
                .contains("\tcolumn is_late\n\t\tdataType: boolean\n", "\tcolumn due_date\n\t\tdataType: dateTime\n");
    }

    @Test
    @Order(1)
    void targetsStandBesideTheFiguresOfTheirTime() throws SQLException {
        assertThat(Query.rows(
                        database,
                        "select distinct la_code, comparison, target_value, min(period_end), is_target_met = (value >= 70)"
                                + " from mart.v_measure_trend where measure_id = 'placement_in_house' and target_value is not"
                                + " null group by 1, 2, 3, 5"))
                .containsExactly("826 >= 70 2022-04-30 t");
        assertThat(Query.cell(
                        database,
                        "select count(*) from mart.v_measure_trend where measure_id = 'long_term_stability' and la_code ="
                                + " '826' and breakdown_type = 'all' and (period_end <= '2022-03-31') = (target_value is"
                                + " null)"))
                .isEqualTo("0");
    }

    @Test
    @Order(1)
    void theAuditAddsUp() throws IOException, SQLException {
        assertThat(Query.rows(database, "select distinct status from audit.file"))
                .containsExactly("loaded");
        assertThat(Query.cell(database, "select sum(rows_duplicate + rows_quarantined) from audit.file"))
                .isEqualTo("0");
        assertThat(
                        Query.rows(
                                database,
                                "select file_name from audit.file where rows_in <> rows_kept + rows_duplicate + rows_quarantined"))
                .isEmpty();
        try (Stream<Path> files = Files.walk(landing)) {
            long written =
                    files.filter(file -> file.toString().endsWith(".csv")).count();
            assertThat(Query.cell(database, "select count(*) from audit.file")).isEqualTo(String.valueOf(written));
        }
        assertThat(Query.cell(database, "select status || is_live from audit.run"))
                .isEqualTo("completedtrue");
        assertThat(Query.rows(database, "select mart, source, la_code, extract_date from audit.freshness"))
                .contains("population social_care 826 2024-03-31", "population reference national 2024-03-31");
    }

    /** What a night costs is Spark jobs and Delta commits: a change that adds some must say so here. */
    @Test
    @Order(1)
    void theNightTookNoMoreSparkJobsAndCommitsThanItNeeds() throws SQLException {
        Map<String, int[]> steps = new HashMap<>();
        for (String row : Query.rows(database, "select step_name, spark_jobs, delta_commits from audit.step")) {
            String[] cells = row.split(" ");
            steps.put(cells[0], new int[] {Integer.parseInt(cells[1]), Integer.parseInt(cells[2])});
        }
        int tables = new Catalogue(Conf.packaged()).tables().size();
        assertThat(steps.get("bronze")[1]).as("one commit a source").isEqualTo(5);
        assertThat(steps.get("silver")[1])
                .as("33 silver tables, 2 vault tables, people, findings")
                .isEqualTo(37);
        assertThat(steps.get("gold")[1]).as("one commit a table").isEqualTo(tables);
        assertThat(steps.get("publish")[1]).isZero();
        assertThat(steps.get("bronze")[0]).isLessThanOrEqualTo(6);
        assertThat(steps.get("silver")[0]).isLessThanOrEqualTo(75);
        assertThat(steps.get("match")[0]).isLessThanOrEqualTo(8);
        assertThat(steps.get("gold")[0]).isLessThanOrEqualTo(240);
        assertThat(steps.get("publish")[0]).isLessThanOrEqualTo(2 * tables);
    }

    /** The data files of silver and gold are looked through by {@link PrivacyTest}. */
    @Test
    @Order(1)
    void noNameNumberOrPostcodeOfAnySourceIsPrintedLoggedReportedOrPublished() throws IOException, SQLException {
        Secrets secrets = new Secrets(landing);
        assertThat(secrets.size()).isGreaterThan(900);
        assertThat(secrets.in(said.toString(StandardCharsets.UTF_8))).isEmpty();
        List<Path> files;
        try (Stream<Path> paths = Files.walk(warehouse)) {
            files = paths.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().matches(".*\\.(parquet|crc)"))
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(80);
        for (Path file : files) {
            assertThat(secrets.in(Files.readString(file, StandardCharsets.ISO_8859_1)))
                    .as(file.toString())
                    .isEmpty();
        }
        for (String table : Query.rows(
                database,
                "select table_schema || '.' || table_name from information_schema.tables"
                        + " where table_schema like 'mart%' or table_schema in ('audit', 'batch')")) {
            for (String row : Query.rows(database, "select t::text from " + table + " t")) {
                assertThat(secrets.in(row)).as(table).isEmpty();
            }
        }
    }

    @Test
    @Order(2)
    void aNightWithNothingNewStartsNoSpark() throws Exception {
        String live = Query.cell(database, "select mart_version from audit.run where is_live");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(night(out, null, landing)).isEqualTo(Main.OK);

        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Nothing new");
        assertThat(Query.cell(database, "select status from audit.run order by run_id desc limit 1"))
                .isEqualTo("unchanged");
        assertThat(Query.cell(database, "select count(*) from audit.step where run_id = 2"))
                .isEqualTo("0");
        assertThat(Query.cell(database, "select mart_version from audit.run where is_live"))
                .isEqualTo(live);
    }

    @Test
    @Order(3)
    void aRefusedFileIsSaidAndTheSnapshotBeforeStaysInForce() throws Exception {
        Path extract = Files.createDirectories(landing.resolve("826/social_care/2024-04-30"));
        Files.writeString(extract.resolve("episodes.csv"), "CHILD,DECOM\n1,01/04/2024\n");
        Path before = landing.resolve("826/social_care/2024-03-31");
        Files.copy(before.resolve("header.csv"), extract.resolve("header.csv"));
        Files.write(extract.resolve("_READY"), new byte[0]);

        assertThat(night()).isEqualTo(Main.REFUSALS);

        assertThat(Query.cell(database, "select status || ': ' || reason from audit.file where status = 'refused'"))
                .isEqualTo("refused: the header lacks the required columns RNE, LS, CIN, PLACE");
        assertThat(Query.cell(database, "select status from audit.run order by run_id desc limit 1"))
                .isEqualTo("completed_with_refusals");
        // The header of April moves the as-at date of 826 on; its episodes are still those of March.
        assertThat(Query.rows(
                        database,
                        "select la_code, max(period_end) from mart.fact_measure group by la_code order by la_code"))
                .containsExactly("826 2024-04-30", "887 2024-03-31");
        try (Audit audit = Audit.open(database)) {
            assertThat(audit.olderData())
                    .containsExactly(new Audit.OlderData(
                            "826",
                            "social_care",
                            "episodes",
                            LocalDate.of(2024, 4, 30),
                            "the header lacks the required columns RNE, LS, CIN, PLACE",
                            Optional.of(AS_AT),
                            Query.cell(
                                    database,
                                    "select string_agg(distinct mart, ', ' order by mart) from audit.mart_rows where dataset ="
                                            + " 'episodes'")));
        }
        assertThat(Files.readString(newestReport())).contains("Marts that stand on older data", "<td>2024-04-30</td>");
        assertThat(night()).as("the next night").isEqualTo(Main.OK);
    }

    @Test
    @Order(4)
    void anEarlierAsAtDateUsesWhatWasInForceThen() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(night(out, LocalDate.of(2024, 4, 15), landing)).isEqualTo(Main.OK);

        assertThat(Query.cell(database, "select max(period_end) from mart.fact_measure"))
                .isEqualTo("2024-03-31");
        assertThatThrownBy(() -> night(out, LocalDate.of(2020, 1, 1), landing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is nothing to build marts from");
        assertThat(Query.cell(database, "select max(period_end) from mart.fact_measure"))
                .isEqualTo("2024-03-31");
    }

    @Test
    @Order(5)
    void theVersionBeforeIsKept() throws SQLException {
        assertThat(Query.cell(database, "select max(period_end) from mart_previous.fact_measure"))
                .isEqualTo("2024-04-30");
    }

    /** While somebody is in the middle of a report, and a dashboard has its statements prepared. */
    @Test
    @Order(5)
    void theVersionBeforeComesBackUnderReadersAndGoesAgain() throws SQLException {
        String newest = "select max(period_end) from mart.fact_measure";
        Publication publication = new Publication(database);
        String live = publication.liveVersion().orElseThrow();
        try (Connection report = database.connect();
                Connection dashboard = database.connect();
                Statement reading = report.createStatement();
                PreparedStatement prepared = dashboard.prepareStatement(newest)) {
            report.setAutoCommit(false);
            reading.executeQuery(newest).close();
            prepared.unwrap(PGStatement.class).setPrepareThreshold(1);
            assertThat(date(prepared)).isEqualTo("2024-03-31");
            assertThat(date(prepared)).isEqualTo("2024-03-31");

            assertThat(publication.rollBack()).isNotEqualTo(live);
            assertThat(date(prepared)).isEqualTo("2024-04-30");
            assertThat(Query.cell(database, "select max(period_end) from mart_public.fact_measure"))
                    .isEqualTo("2024-04-30");
            assertThat(Query.cell(database, "select max(period_end) from mart_previous.fact_measure"))
                    .isEqualTo("2024-03-31");

            assertThat(publication.rollBack()).isEqualTo(live);
            assertThat(date(prepared)).isEqualTo("2024-03-31");
            report.commit();
        }
    }

    private static String date(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    @Order(6)
    void oneFileCountsForADatasetAndExtractDate() throws Exception {
        Path march = landing.resolve("887/social_care/2024-03-31");
        Path extract = Files.createDirectories(landing.resolve("887/social_care/2024-04-30"));
        String header = Files.readString(march.resolve("header.csv"));
        Files.writeString(extract.resolve("header.csv"), header);
        Files.writeString(extract.resolve("another header.csv"), header);
        Files.copy(march.resolve("episodes.csv"), extract.resolve("episodes.csv"));
        String episodes = Files.readString(march.resolve("episodes.csv"));
        String fewer = episodes.substring(0, episodes.lastIndexOf("\r\n", episodes.length() - 3) + 2);
        Files.writeString(extract.resolve("all episodes.csv"), fewer);
        Files.writeString(
                extract.resolve("return.xml"),
                "<r><CHILD><CHILDID>1</CHILDID><AREVIEW><REVIEW>01/05/2023</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>"
                        + "<AMISSING><MISSING>M</MISSING><MIS_START>01/05/2023</MIS_START><MIS_END/></AMISSING></CHILD></r>");
        Files.write(extract.resolve("_READY"), new byte[0]);

        // A return of one child is small beside what was delivered before.
        assertThat(night(
                        new ByteArrayOutputStream(),
                        null,
                        landing,
                        Set.of("887/social_care/missing", "887/social_care/reviews")))
                .isEqualTo(Main.REFUSALS);
        assertThat(
                        Query.rows(
                                database,
                                "select dataset, rows_in, rows_kept from audit.file where file_name = 'return.xml' order by dataset"))
                .containsExactly("missing 1 1", "reviews 1 1");
        assertThat(filesOfTheLastNight())
                .containsExactly(
                        "all episodes.csv refused the folder holds another file of this dataset, episodes.csv; leave one of"
                                + " them",
                        "another header.csv unchanged the same bytes were read before",
                        "episodes.csv loaded null",
                        "header.csv loaded null",
                        "return.xml loaded null",
                        "return.xml loaded null");

        // Replaced in place, and put back: each time what lies there counts, and the audit adds up.
        Files.writeString(extract.resolve("episodes.csv"), fewer);
        assertThat(night()).isEqualTo(Main.OK);
        assertThat(filesOfTheLastNight()).containsExactly("episodes.csv loaded null");
        String last =
                "from audit.file where run_id = (select max(run_id) from audit.file) and rows_kept > 0 and rows_in ="
                        + " rows_kept + rows_duplicate + rows_quarantined";
        long rows = Long.parseLong(Query.cell(database, "select rows_in " + last));
        Files.writeString(extract.resolve("episodes.csv"), episodes);
        assertThat(night()).isEqualTo(Main.OK);
        assertThat(Query.cell(database, "select rows_in " + last)).isEqualTo(String.valueOf(rows + 1));
    }

    private List<String> filesOfTheLastNight() throws SQLException {
        return Query.rows(
                database,
                "select file_name, status, reason from audit.file where run_id = (select max(run_id) from audit.file)"
                        + " order by file_name");
    }

    @Test
    @Order(7)
    void aCouncilsDataInTheWrongPlaceIsRefused() throws Exception {
        Path wrong = Files.createDirectories(landing.resolve("national/social_care/2024-03-31"));
        Files.copy(landing.resolve("826/social_care/2024-03-31/header.csv"), wrong.resolve("header.csv"));
        Files.write(wrong.resolve("_READY"), new byte[0]);

        assertThat(night()).isEqualTo(Main.REFUSALS);
        assertThat(filesOfTheLastNight())
                .containsExactly("header.csv refused a council's data lies in the wrong place; it belongs under its"
                        + " three-digit code");
    }

    @Test
    @Order(8)
    void twoNightsAtOnceAreNotPossible() throws Exception {
        try (Closeable other = new WarehouseFolder(warehouse).tryLock()) {
            assertThat(other).isNotNull();
            assertThatThrownBy(this::night)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Another night is using the warehouse")
                    .hasMessageContaining("wait until it has ended");
        }
        try (Audit other = Audit.open(database)) {
            assertThat(other.lock()).isTrue();
            assertThatThrownBy(this::night)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Another night is loading");
        }
        assertThat(night()).as("when nobody else is there").isEqualTo(Main.OK);
    }

    @Test
    @Order(9)
    void aNightThatIsAskedToStopEndsAfterItsStepAndIsGoneOnWith() throws Exception {
        Files.deleteIfExists(landing.resolve("national/social_care/2024-03-31/header.csv"));
        Path extract = Files.createDirectories(landing.resolve("887/social_care/2024-05-31"));
        Files.copy(landing.resolve("887/social_care/2024-03-31/uasc.csv"), extract.resolve("uasc.csv"));
        Files.write(extract.resolve("_READY"), new byte[0]);
        NightOptions options = new NightOptions(landing, warehouse, null, 60, Conf::packaged);
        AtomicReference<Night> running = new AtomicReference<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        running.set(new Night(options, database, new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                super.println(line);
                if (line.startsWith("[2/6]")) {
                    running.get().stop();
                }
            }
        }));

        assertThatThrownBy(() -> running.get().run())
                .isInstanceOf(NightStoppedException.class)
                .hasMessage(
                        "The night has stopped before matching people, as it was asked to; the next one goes on there");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("[2/6]").doesNotContain("[3/6]");

        ByteArrayOutputStream again = new ByteArrayOutputStream();
        assertThat(night(again, null, landing)).isEqualTo(Main.OK);
        assertThat(again.toString(StandardCharsets.UTF_8))
                .contains("which did not end")
                .doesNotContain("[1/6]", "[2/6]")
                .contains("[6/6]");
    }

    @Test
    @Order(8)
    void anEmptyLandingZoneOfANewWarehouseIsSaid() {
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> night(new ByteArrayOutputStream(), null, none))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not a folder");
    }

    private Path newestReport() throws SQLException {
        return warehouse.resolve(
                "reports/night-" + Query.cell(database, "select max(run_id) from audit.run") + ".html");
    }

    private int night() throws Exception {
        return night(new ByteArrayOutputStream(), null, landing);
    }

    private int night(ByteArrayOutputStream out, LocalDate asAt, Path from) throws Exception {
        return night(out, asAt, from, Set.of());
    }

    private int night(ByteArrayOutputStream out, LocalDate asAt, Path from, Set<String> acceptShrinkage)
            throws Exception {
        NightOptions options = new NightOptions(from, warehouse, asAt, 60, Conf::packaged, Set.of(), acceptShrinkage);
        return new Night(options, database, new PrintStream(out, true, StandardCharsets.UTF_8))
                .run()
                .exitCode();
    }
}
