package org.lacwarehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.jobs.generate.Generator;
import org.lacwarehouse.jobs.night.Forget;
import org.lacwarehouse.jobs.night.Night;
import org.lacwarehouse.jobs.night.NightOptions;
import org.lacwarehouse.jobs.night.WarehouseFolder;
import org.lacwarehouse.marts.publish.Database;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.erasure.Erasure;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.lake.Sessions;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/**
 * What leaves the protected layers, and what is left of a child who was erased, looked for byte by byte with means that
 * are not the program's.
 */
@ExtendWith(PostgresKit.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrivacyTest {
    private static final LocalDate AS_AT = LocalDate.of(2024, 3, 31);
    private static final String RARE = "Quillfeather";

    @TempDir
    static Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Map<String, Person> people = new TreeMap<>();
    private Database database;
    private Path landing;
    private Path warehouse;
    private Pseudonyms pseudonyms;
    private Person known;
    private Person other;

    /** A child as identity names it. */
    private record Person(String child, String forename, String surname, LocalDate born, String nhsNumber, String upn) {
        /** Whether a row of any file of its authority is about this child. */
        boolean isIn(Map<String, String> row) {
            boolean named = Secrets.word(row.getOrDefault("FORENAME", "")).equals(Secrets.word(forename))
                    && Secrets.word(row.getOrDefault("SURNAME", "")).equals(Secrets.word(surname))
                    && !row.getOrDefault("DOB", "").isEmpty()
                    && Secrets.date(row.get("DOB")).equals(born);
            return row.getOrDefault("CHILD", "").equals(child)
                    || row.getOrDefault("NHS_NUMBER", "").equals(nhsNumber)
                    || row.getOrDefault("UPN", "").equals(upn)
                    || named;
        }
    }

    @BeforeAll
    void nights(Database empty) throws Exception {
        database = empty;
        landing = folder.resolve("landing");
        warehouse = folder.resolve("warehouse");
        new Generator(landing, 20, 3, AS_AT, 5).write(List.of("826", "887"));
        Path march = landing.resolve("826/social_care/2024-03-31");
        for (NamedCsvRecord row : rows(march.resolve("identity.csv"))) {
            people.put(
                    row.getField("CHILD"),
                    new Person(
                            row.getField("CHILD"),
                            row.getField("FORENAME"),
                            row.getField("SURNAME"),
                            Secrets.date(row.getField("DOB")),
                            row.getField("NHS_NUMBER"),
                            row.getField("UPN")));
        }
        known = people.values().stream()
                .filter(person -> Stream.of("health/2024-03-31/dental_checks", "virtual_school/2024-03-31/roll")
                        .allMatch(file -> mentions(file, person)))
                .filter(person -> mentions("housing/2024-03-31/tenancies", person))
                .findFirst()
                .orElseThrow();
        other = people.values().stream()
                .filter(person -> person != known && mentions("virtual_school/2024-03-31/peps", person))
                .findFirst()
                .orElseThrow();

        // The datasets by which a child is found, and some that only follow: what holds for them holds for all.
        keepOnly("social_care/(header|identity|episodes|disability|reviews)|health/dental_checks"
                + "|virtual_school/(roll|peps)|housing/tenancies|reference/.*");
        // Two snapshots of everything that 826 has; rejected rows and copies of the child's; another child of 887 with
        // the
        // same id; files that cannot be read and are full of names.
        append(march.resolve("episodes.csv"), known.child() + ",31/02/2024,S,C2,N1,U1,PR1,,,,,,");
        append(
                landing.resolve("826/health/2024-03-31/dental_checks.csv"),
                known.nhsNumber() + ",,," + known.born() + ",2024-01-09,NOT A CODE");
        List<String> disabilities = Files.readAllLines(march.resolve("disability.csv"));
        append(
                march.resolve("disability.csv"),
                disabilities.stream()
                        .filter(line -> line.startsWith(known.child() + ","))
                        .findFirst()
                        .orElseThrow());
        for (String source : List.of("social_care", "health", "virtual_school", "housing")) {
            copy(landing.resolve("826/" + source + "/2024-03-31"), landing.resolve("826/" + source + "/2024-02-29"));
        }
        giveIdTo887();
        writeUnreadableFiles();

        PrintStream err = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            new WarehouseFolder(warehouse).log();
            assertThat(night(warehouse, database, landing)).isEqualTo(Main.REFUSALS);
            // A file is sent again: the delivery of before counts no longer, and is still there.
            append(march.resolve("reviews.csv"), "999999,01/01/2010,01/02/2024,PN1");
            assertThat(night(warehouse, database, landing)).isEqualTo(Main.OK);
        } finally {
            System.setErr(err);
        }
        pseudonyms = new Pseudonyms(
                Files.readString(folder.resolve("warehouse.key")).strip().getBytes(StandardCharsets.UTF_8));
    }

    private boolean mentions(String file, Person person) {
        return rows(landing.resolve("826/" + file + ".csv")).stream()
                .anyMatch(row -> person.isIn(row.getFieldsAsMap()));
    }

    private static List<NamedCsvRecord> rows(Path file) {
        try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
            return rows.stream().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, line + "\r\n", StandardOpenOption.APPEND);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private void keepOnly(String datasets) throws IOException {
        try (Stream<Path> paths = Files.walk(landing)) {
            for (Path file :
                    paths.filter(path -> path.toString().endsWith(".csv")).toList()) {
                Path name = landing.relativize(file);
                if (!(name.getName(1) + "/" + name.getFileName()).matches("(" + datasets + ")[.]csv")) {
                    Files.delete(file);
                }
            }
        }
    }

    private void giveIdTo887() throws IOException {
        Path care = landing.resolve("887/social_care/2024-03-31");
        String id = rows(care.resolve("identity.csv")).get(3).getField("CHILD");
        try (Stream<Path> files = Files.list(care)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".csv")).toList()) {
                String text = Files.readString(file);
                assertThat(text).doesNotContain("\n" + known.child() + ",");
                Files.writeString(file, text.replace("\n" + id + ",", "\n" + known.child() + ","));
            }
        }
    }

    private void writeUnreadableFiles() throws IOException {
        Path bad = Files.createDirectories(landing.resolve("826/housing/2024-01-31"));
        String row = RARE + ",Ada,1990-07-07,4857773456";
        Files.writeString(bad.resolve("applications.csv"), row + "\n" + row + "\n");
        Files.writeString(bad.resolve("tenancies.xlsx"), row);
        Files.writeString(bad.resolve("homelessness.xml"), "<R><HOMELESSNESS><SURNAME>" + row + "</R>");
        Files.writeString(bad.resolve("tenancies.csv.gz"), row);
        Files.writeString(bad.resolve("homelessness.parquet"), "PAR1" + row + "PAR1");
        Files.write(bad.resolve("_READY"), new byte[0]);
    }

    private int night(Path into, Database target, Path from) throws Exception {
        NightOptions options = new NightOptions(from, into, null, 24, Conf::packaged);
        return new Night(options, target, new PrintStream(said, true, StandardCharsets.UTF_8))
                .run()
                .exitCode();
    }

    private int forget(Person person) throws Exception {
        NightOptions options = new NightOptions(landing, warehouse, null, 24, Conf::packaged);
        return new Forget(options, "826", person.child(), database, new PrintStream(said, true, StandardCharsets.UTF_8))
                .run();
    }

    /** Whatever people read, and whatever an engineer is sent, names nobody. */
    @Test
    @Order(1)
    void nothingThatIdentifiesAChildLeavesTheProtectedLayers() throws Exception {
        Secrets secrets = new Secrets(landing).with(RARE);
        assertThat(secrets.size()).isGreaterThan(300);
        assertThat(secrets.in("Not " + known.forename().toUpperCase(Locale.ROOT) + "-" + known.surname()))
                .isNotEmpty();
        Map<String, String> births = new HashMap<>();
        secrets.births().forEach((child, born) -> {
            String[] parts = child.split("/");
            births.put(pseudonyms.childId(parts[0], parts[1]), born.toString());
        });
        assertThat(births).hasSizeGreaterThan(20);

        assertThat(secrets.in(said.toString(StandardCharsets.UTF_8))).isEmpty();
        int files = 0;
        for (Path file : files(path -> !path.toString().matches(".*\\.(parquet|crc)"))) {
            assertThat(secrets.in(Files.readString(file, StandardCharsets.ISO_8859_1)))
                    .as(file.toString())
                    .isEmpty();
            files++;
        }
        assertThat(files).isGreaterThan(50);
        int gold = 0;
        try (SparkSession spark = Sessions.local(folder.resolve("scratch"))) {
            for (Path table : tables("gold")) {
                for (String row : text(spark, table)) {
                    check(table.getFileName().toString(), row, secrets, births);
                    gold++;
                }
            }
        }
        assertThat(gold).isGreaterThan(1000);
        int published = 0;
        for (String table : published()) {
            for (String row : Query.rows(database, "select t::text from " + table + " t")) {
                check(table, row, secrets, births);
                published++;
            }
        }
        assertThat(published).isGreaterThan(1000);
        assertThat(Query.cell(database, "select count(*) from audit.file where status = 'refused'"))
                .isEqualTo("5");
    }

    private static void check(String where, String row, Secrets secrets, Map<String, String> births) {
        assertThat(secrets.in(row)).as(where).isEmpty();
        births.forEach((child, born) -> {
            if (row.contains(child)) {
                assertThat(row.contains(born)).as("date of birth in " + where).isFalse();
            }
        });
    }

    private List<Path> files(Predicate<Path> which) throws IOException {
        try (Stream<Path> paths = Files.walk(warehouse)) {
            return paths.filter(Files::isRegularFile).filter(which).toList();
        }
    }

    private List<Path> tables(String layer) throws IOException {
        try (Stream<Path> paths = Files.walk(warehouse.resolve(layer))) {
            return paths.filter(path -> path.endsWith("_delta_log"))
                    .map(Path::getParent)
                    .toList();
        }
    }

    /** The rows of all data files that lie in the folder of a table, whether its present version uses them or not. */
    private List<String> text(SparkSession spark, Path table) throws IOException {
        // A table without rows has no file.
        if (files(path -> path.startsWith(table) && path.toString().endsWith(".snappy.parquet"))
                .isEmpty()) {
            return List.of();
        }
        return spark.read().option("mergeSchema", "true").parquet(table.toString()).collectAsList().stream()
                .map(Row::toString)
                .toList();
    }

    private List<String> published() throws SQLException {
        return Query.rows(
                database,
                "select table_schema || '.' || table_name from information_schema.tables where table_schema like 'mart%'"
                        + " or table_schema in ('audit', 'batch')");
    }

    @Test
    @Order(2)
    void anErasureThatWasKilledIsFinishedByTheSameCommand() throws Exception {
        assertThat(places(known))
                .contains("bronze/social_care", "vault/people", "quarantine/findings", "mart.dim_child");
        // Killed when bronze had been rewritten and nobody knew of it yet.
        try (SparkSession spark = Sessions.local(folder.resolve("scratch"))) {
            Lake lake = new Lake(() -> spark, warehouse);
            Register register = Register.open(warehouse);
            Contracts contracts = Contracts.read(Conf.packaged());
            Linkage linkage = new Linkage(lake, contracts, register, Conf.packaged(), warehouse);
            Erasure erasure = new Erasure(lake, contracts, register, linkage, pseudonyms, warehouse);
            Erasure.Plan plan =
                    erasure.find("826", known.child(), Optional.empty()).orElseThrow();
            erasure.begin(plan);
            assertThat(erasure.erase(plan)).isGreaterThan(10);
            Files.delete(files(path -> path.toString().endsWith(".jsonl")).stream()
                    .max(Path::compareTo)
                    .orElseThrow());
        }

        said.reset();
        assertThat(night(warehouse, database, landing)).isEqualTo(Main.OK);
        assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("The erasure of a child is not finished");
        assertThatThrownBy(() -> forget(other)).hasMessageContaining("another child is not finished");

        said.reset();
        String relations = "select relfilenode from pg_class where relnamespace in ('mart'::regnamespace,"
                + " 'mart_public'::regnamespace) and relkind in ('r', 'i')";
        List<String> readBefore = Query.rows(database, relations);
        assertThat(forget(known)).as(said::toString).isEqualTo(Main.OK);
        assertThat(Query.rows(database, relations))
                .as("files of PostgreSQL, which keep deleted rows for a while")
                .hasSizeGreaterThan(100)
                .doesNotContainAnyElementsOf(readBefore);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .startsWith("Going on with the erasure")
                .contains(
                        "Nothing of the child is left.",
                        "826/social_care/2024-02-29: ",
                        "disability.csv, episodes.csv, header.csv, identity.csv");
        assertThat(places(known)).isEmpty();
        assertThat(files(path -> path.toString().contains("erasure"))).isEmpty();
    }

    @Test
    @Order(3)
    void aSecondErasureFindsNothingAndChangesNothing() throws Exception {
        String runs = Query.cell(database, "select count(*) from audit.run");
        assertThatThrownBy(() -> forget(known)).hasMessageContaining("There is nothing of this child of 826");
        assertThat(Query.cell(database, "select count(*) from audit.run")).isEqualTo(runs);
        assertThat(files(path -> path.toString().contains("erasure"))).isEmpty();
    }

    @Test
    @Order(4)
    void whatIsLeftIsWhatThereWouldBeHadTheChildNeverBeenThere(Database never) throws Exception {
        // The child of the other authority has the same id and is still there.
        String namesake = pseudonyms.childId("887", known.child());
        assertThat(Query.cell(
                        database, "select count(*) > 0 from mart.fact_care_period where child_id = '" + namesake + "'"))
                .isEqualTo("t");
        said.reset();
        assertThat(night(warehouse, database, landing)).isEqualTo(Main.OK);
        assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("Nothing new");

        Path without = folder.resolve("without");
        copyWithout(without);
        Files.copy(folder.resolve("warehouse.key"), folder.resolve("never.key"));
        assertThat(night(folder.resolve("never"), never, without)).isEqualTo(Main.REFUSALS);
        // The lines of a file stay what they were, though one of its rows is erased; what the others say is the same.
        Map<String, String> compared = Map.of(
                "fact_source_row", "la_code, child_id, row_date, content_key, repairs, flags, match_kind",
                "dim_source_file", "la_code, source, dataset, extract_date, file_name, valid_from, valid_to");
        for (String table : Query.rows(
                never,
                "select table_name from information_schema.tables where table_schema = 'mart'"
                        + " and table_name <> 'v_figure_explained'")) {
            String rows = "select row(" + compared.getOrDefault(table, "t.*") + ")::text from mart." + table
                    + " t order by 1";
            assertThat(Query.rows(database, rows)).as(table).isEqualTo(Query.rows(never, rows));
        }
        String counts = "select distinct on (source, dataset, extract_date) source, dataset, extract_date, rows_in,"
                + " rows_kept, rows_duplicate, rows_quarantined, rows_flagged,"
                + " rows_in = rows_kept + rows_duplicate + rows_quarantined"
                + " from audit.file where la_code = '826' and status = 'loaded'"
                + " order by source, dataset, extract_date, run_id desc";
        assertThat(Query.rows(database, counts)).isEqualTo(Query.rows(never, counts));
        assertThat(Query.rows(never, counts)).hasSizeGreaterThan(15).allMatch(row -> row.endsWith(" t"));
    }

    private void copyWithout(Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(landing)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(landing.relativize(file));
                Files.createDirectories(copy.getParent());
                if (!file.toString().endsWith(".csv")
                        || !landing.relativize(file).startsWith("826")) {
                    Files.copy(file, copy);
                    continue;
                }
                List<String> lines = Files.readAllLines(file);
                List<String> kept = new ArrayList<>(List.of(lines.get(0)));
                List<NamedCsvRecord> rows = rows(file);
                for (int i = 0; i < rows.size(); i++) {
                    Map<String, String> row = rows.get(i).getFieldsAsMap();
                    if (!known.isIn(row)) {
                        kept.add(lines.get(i + 1));
                    }
                }
                Files.write(copy, kept);
            }
        }
    }

    /** Every place in which something of a child of 826 stands: tables, files, tables of the database. */
    private Set<String> places(Person person) throws Exception {
        String pseudonym = pseudonyms.childId("826", person.child());
        List<String> words = List.of(pseudonym, person.nhsNumber(), person.upn());
        Predicate<String> mentions = text -> words.stream().anyMatch(text::contains)
                || (text.contains(person.born().toString())
                                || text.contains(String.format(
                                        "%02d/%02d/%d",
                                        person.born().getDayOfMonth(),
                                        person.born().getMonthValue(),
                                        person.born().getYear())))
                        && text.contains(person.forename())
                        && text.contains(person.surname());
        Set<String> places = new TreeSet<>();
        try (SparkSession spark = Sessions.local(folder.resolve("scratch"))) {
            for (String layer : List.of("bronze", "silver", "vault", "quarantine", "gold")) {
                for (Path table : tables(layer)) {
                    String name = warehouse.relativize(table).toString();
                    for (String row : text(spark, table)) {
                        boolean id = layer.equals("bronze")
                                && row.contains(",826.")
                                && (row + " ").contains("CHILD -> " + person.child())
                                && !row.contains("CHILD -> " + person.child() + "0");
                        if (id || mentions.test(row)) {
                            places.add(name);
                        }
                    }
                }
            }
        }
        for (Path file : files(path -> !path.toString().endsWith(".parquet"))) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (words.stream().anyMatch(text::contains) || text.lines().anyMatch(mentions)) {
                places.add(warehouse.relativize(file).toString());
            }
        }
        for (String table : published()) {
            if (Query.rows(database, "select t::text from " + table + " t").stream()
                    .anyMatch(mentions)) {
                places.add(table);
            }
        }
        return places;
    }
}
