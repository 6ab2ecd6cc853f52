package org.lacwarehouse.marts.powerbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.pipeline.conf.Conf;

/** The project that is written: complete, and what its parts say of each other is true. */
class PowerBiProjectTest {
    private static final Catalogue CATALOGUE = new Catalogue(Conf.packaged());
    private static final Path MODEL = Path.of("LAC Warehouse.SemanticModel", "definition");
    private static final Path REPORT = Path.of("LAC Warehouse.Report", "definition");

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() throws IOException {
        assertThat(new PowerBiProject(CATALOGUE, DeclaredTypes.of(CATALOGUE)).write(folder, "db:5433", "lac"))
                .isTrue();
    }

    private static String model(String file) throws IOException {
        return Files.readString(folder.resolve(MODEL).resolve(file));
    }

    private static Set<String> found(String regex, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(regex, Pattern.MULTILINE).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1).replace("''", "'"));
        }
        return found;
    }

    @Test
    void everyTableIsThereWithItsColumnsAndWords() throws IOException {
        for (MartTable table : CATALOGUE.tables().values()) {
            String tmdl = model("tables/" + table.name() + ".tmdl");
            assertThat(tmdl).startsWith("/// " + table.grain());
            assertThat(found("^\tcolumn (\\w+)$", tmdl))
                    .containsExactlyInAnyOrderElementsOf(table.columns().keySet());
            table.columns().forEach((column, words) -> assertThat(tmdl)
                    .contains("\t/// " + words + "\n\tcolumn " + column + "\n"));
        }
        assertThat(model("expressions.tmdl")).contains("expression Server = \"db:5433\" meta [IsParameterQuery=true");
        assertThat(model("tables/dim_date.tmdl")).contains("dataCategory: Time", "\t\tdataType: dateTime\n\t\tisKey\n");
    }

    @Test
    void everyMeasureIsThereWithItsWordsInTheFolderOfItsMart() throws IOException {
        String tmdl = model("tables/dim_measure.tmdl");
        for (Measure measure : CATALOGUE.measures()) {
            int start = tmdl.indexOf("\tmeasure '" + measure.name().replace("'", "''") + "' =");
            assertThat(start).as(measure.name()).isPositive();
            assertThat(tmdl.substring(start))
                    .containsPattern("^[^/]*?\n\t\tdisplayFolder: " + SemanticModel.title(measure.mart()) + "\n");
            assertThat(tmdl.substring(0, start)).contains("; measure_id " + measure.id());
        }
        assertThat(found("^\tmeasure '(.*)' =$", tmdl))
                .contains("Certified figure", "Own value", "Own value a year before", "Neighbour mean", "Rank");
        assertThat(tmdl).doesNotContain("Read from fact_measure");
    }

    /** What an analyst reads, in full: a child who ceases twice in the year counts with the last time only. */
    @Test
    void aMeasureReadsLikeItsDeclaration() {
        Measure measure = CATALOGUE.measures().stream()
                .filter(candidate -> candidate.id().equals("ceased_home"))
                .findFirst()
                .orElseThrow();
        assertThat(DaxMeasure.of(measure, CATALOGUE.tables()).orElseThrow().text())
                .isEqualTo(
                        """
                        VAR PeriodEnd =
                            MAX ( fact_authority_month[period_end] )
                        VAR Months =
                            FILTER ( fact_authority_month, fact_authority_month[period_end] = PeriodEnd )
                        VAR Authorities =
                            SELECTCOLUMNS ( Months, "la_code", fact_authority_month[la_code] )
                        VAR YearStart =
                            MAXX ( Months, fact_authority_month[year_start] )
                        VAR Counted =
                            CALCULATETABLE (
                                FILTER (
                                    fact_care_period,
                                    fact_care_period[la_code] IN Authorities
                                        && fact_care_period[cease_date] > YearStart
                                        && fact_care_period[cease_date] <= PeriodEnd
                                ),
                                REMOVEFILTERS ( dim_date )
                            )
                        VAR Everything =
                            CALCULATETABLE (
                                FILTER (
                                    fact_care_period,
                                    fact_care_period[la_code] IN Authorities
                                        && fact_care_period[cease_date] > YearStart
                                        && fact_care_period[cease_date] <= PeriodEnd
                                ),
                                REMOVEFILTERS ( fact_care_period )
                            )
                        VAR LastOfChild =
                            FILTER (
                                Counted,
                                VAR ThisLaCode = fact_care_period[la_code]
                                VAR ThisChildId = fact_care_period[child_id]
                                VAR ThisCeaseDate = fact_care_period[cease_date]
                                VAR ThisCarePeriodKey = fact_care_period[care_period_key]
                                RETURN
                                    ISEMPTY (
                                        FILTER (
                                            Everything,
                                            fact_care_period[la_code] = ThisLaCode
                                                && fact_care_period[child_id] = ThisChildId
                                                && (
                                                    fact_care_period[cease_date] > ThisCeaseDate
                                                        || fact_care_period[cease_date] = ThisCeaseDate
                                                            && fact_care_period[care_period_key] > ThisCarePeriodKey
                                                )
                                        )
                                    )
                            )
                        VAR Numerator =
                            COUNTROWS ( FILTER ( LastOfChild, fact_care_period[is_returned_home] ) ) + 0
                        VAR Denominator =
                            COUNTROWS ( LastOfChild )
                        RETURN
                            DIVIDE ( 100 * Numerator, Denominator )""");
    }

    @Test
    void everyKeyIsARelationshipAndNoTableIsReachedInTwoWays() throws IOException {
        List<SemanticModel.Relationship> all =
                new SemanticModel(CATALOGUE, DeclaredTypes.of(CATALOGUE)).relationships();
        Map<String, List<String>> active = new HashMap<>();
        all.stream().filter(SemanticModel.Relationship::isActive).forEach(key -> active.computeIfAbsent(
                        key.from(), from -> new ArrayList<>())
                .add(key.to()));
        for (MartTable table : CATALOGUE.tables().values()) {
            assertThat(all.stream()
                            .filter(key -> key.from().equals(table.name()))
                            .map(SemanticModel.Relationship::column))
                    .containsExactlyInAnyOrderElementsOf(table.foreignKeys().keySet());
            assertThat(ends(table.name(), active))
                    .as("ways from " + table.name())
                    .doesNotHaveDuplicates();
            if (table.foreignKeys().containsKey("period_end_key")) {
                assertThat(all)
                        .contains(new SemanticModel.Relationship(
                                table.name(), "period_end_key", "dim_date", "date_key", true));
            }
        }
        assertThat(all.stream()
                        .filter(key ->
                                key.from().startsWith("fact_") && key.to().equals("dim_date")))
                .filteredOn(SemanticModel.Relationship::isActive)
                .extracting(SemanticModel.Relationship::from)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(CATALOGUE.tables().values().stream()
                        .filter(table -> table.foreignKeys().containsValue("dim_date"))
                        .map(MartTable::name)
                        .toList());
        assertThat(model("relationships.tmdl").split("isActive: false", -1))
                .hasSize(1 + (int) all.stream().filter(key -> !key.isActive()).count());
    }

    private static List<String> ends(String table, Map<String, List<String>> active) {
        List<String> ends = new ArrayList<>();
        active.getOrDefault(table, List.of()).forEach(to -> {
            ends.add(to);
            ends.addAll(ends(to, active));
        });
        return ends;
    }

    @Test
    void aRoleOfAnAuthoritySeesItsRowsOnly() throws IOException {
        String role = model("roles/mart_analyst_887.tmdl");
        assertThat(role)
                .contains(
                        "tablePermission fact_review = fact_review[la_code] = \"887\"",
                        "tablePermission fact_measure = fact_measure[la_code] = \"887\"",
                        "tablePermission dim_child = dim_child[authority_key] = 887")
                .doesNotContain("dim_date", "fact_benchmark");
        CATALOGUE.tables().values().stream()
                .filter(table -> table.columns().containsKey("child_id"))
                .forEach(table -> assertThat(role).contains("tablePermission " + table.name() + " ="));
    }

    @Test
    void theReportShowsWhatTheModelHas() throws IOException {
        Set<String> fields = new HashSet<>();
        for (String table : CATALOGUE.tables().keySet()) {
            String tmdl = model("tables/" + table + ".tmdl");
            found("^\tcolumn (\\w+)$", tmdl).forEach(column -> fields.add("Column " + table + " " + column));
            found("^\tmeasure '(.*)' =$", tmdl).forEach(name -> fields.add("Measure " + table + " " + name));
        }
        Set<String> shown = new TreeSet<>();
        List<String> filters = new ArrayList<>();
        JsonNode pages = json(folder.resolve(REPORT).resolve("pages/pages.json"));
        List<String> names = new ArrayList<>();
        for (JsonNode page : pages.get("pageOrder")) {
            names.add(page.asText());
            Path place = folder.resolve(REPORT).resolve("pages").resolve(page.asText());
            JsonNode sheet = json(place.resolve("page.json"));
            assertThat(sheet.get("name")).isEqualTo(page);
            try (Stream<Path> visuals = Files.list(place.resolve("visuals"))) {
                for (Path visual : visuals.toList()) {
                    JsonNode json = json(visual.resolve("visual.json"));
                    assertThat(json.get("name").asText())
                            .isEqualTo(visual.getFileName().toString());
                    JsonNode box = json.get("position");
                    assertThat(box.get("x").asInt() + box.get("width").asInt())
                            .isLessThan(sheet.get("width").asInt());
                    assertThat(box.get("y").asInt() + box.get("height").asInt())
                            .isLessThan(sheet.get("height").asInt());
                    json.at("/filterConfig/filters")
                            .forEach(filter -> filters.add(filter.get("name").asText()));
                    for (JsonNode field : json.findValues("field")) {
                        String kind = field.fieldNames().next();
                        JsonNode reference = field.get(kind);
                        shown.add(kind + " "
                                + reference.at("/Expression/SourceRef/Entity").asText() + " "
                                + reference.get("Property").asText());
                    }
                }
            }
        }
        assertThat(names)
                .startsWith("glance")
                .endsWith("benchmarks")
                .containsAll(CATALOGUE.measures().stream().map(Measure::mart).toList());
        assertThat(filters).isNotEmpty().doesNotHaveDuplicates();
        assertThat(fields).containsAll(shown);
        CATALOGUE.measures().forEach(measure -> assertThat(shown).contains("Measure dim_measure " + measure.name()));
    }

    private static JsonNode json(Path file) throws IOException {
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("$schema").asText())
                .startsWith("https://developer.microsoft.com/json-schemas/fabric/")
                .endsWith("/schema.json");
        return json;
    }

    @Test
    void theModelIsWrittenAnewAndTheReportOfPeopleStays(@TempDir Path again) throws IOException {
        PowerBiProject project = new PowerBiProject(CATALOGUE, DeclaredTypes.of(CATALOGUE));
        project.write(again, "a", "b");
        Path gone = again.resolve(MODEL).resolve("tables/fact_gone.tmdl");
        Files.writeString(gone, "table fact_gone\n");
        Path page = again.resolve(REPORT).resolve("pages/glance/page.json");
        Files.writeString(page, "{\"displayName\": \"Ours\"}");
        assertThat(project.write(again, "a", "b")).isFalse();
        assertThat(gone).doesNotExist();
        assertThat(page).content().contains("Ours");
    }

    @Test
    void aNewMeasureIsThereByItsFileAlone(@TempDir Path conf, @TempDir Path out) throws IOException {
        Path file = conf.resolve("measures/population/asian.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                name: Asian children looked after
                definition: Children looked after whose ethnic group begins so.
                unit: count
                polarity: neutral
                period: at D
                fact: fact_looked_after_month
                rows: ethnic_group_name LIKE 'Asi%'
                numerator: {words: looked after at D}
                """);
        Catalogue catalogue = new Catalogue(Conf.withOverrides(conf));
        new PowerBiProject(catalogue, DeclaredTypes.of(catalogue)).write(out, "a", "b");
        assertThat(out.resolve(MODEL).resolve("tables/dim_measure.tmdl"))
                .content()
                .contains(
                        "measure 'Asian children looked after' =",
                        "fact_measure[measure_id] = \"asian\"",
                        "Read from fact_measure");
    }

    @Test
    void twoMeasuresOfOneNameAreSaid(@TempDir Path conf) throws IOException {
        Path file = conf.resolve("measures/population/again.yml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                """
                name: ATTENDANCE
                definition: Children looked after.
                unit: count
                polarity: neutral
                period: at D
                fact: fact_looked_after_month
                numerator: {words: looked after at D}
                """);
        Catalogue catalogue = new Catalogue(Conf.withOverrides(conf));
        assertThatThrownBy(() -> new PowerBiProject(catalogue, DeclaredTypes.of(catalogue)))
                .hasMessage(
                        "Two measures, or a measure and a column of dim_measure, are called `ATTENDANCE`, which Power BI"
                                + " cannot tell apart; give the measure another `name`");
    }

    @Test
    void martsOfAnOlderProgramAreSaid() {
        Publication.Published published = DeclaredTypes.of(CATALOGUE);
        published.columnTypes().get("fact_review").remove("is_late");
        assertThatThrownBy(() -> new PowerBiProject(CATALOGUE, published))
                .hasMessage("The marts that are published have no column fact_review.is_late, which this program has;"
                        + " run a night, then run this again");
    }
}
