package org.lacwarehouse.marts.powerbi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.lacwarehouse.marts.gold.Catalogue;
import org.lacwarehouse.marts.gold.MartTable;
import org.lacwarehouse.marts.measure.Measure;
import org.lacwarehouse.marts.measure.MeasureCompiler;
import org.lacwarehouse.marts.publish.Publication;
import org.lacwarehouse.marts.publish.Roles;
import org.lacwarehouse.pipeline.contract.Code;
import org.lacwarehouse.pipeline.contract.CodeList;

/** The semantic model of the marts in TMDL, Microsoft's text form of one: tables, relationships, measures, roles. */
public final class SemanticModel {
    /** The table that all measures stand in, beside the words of the certified ones. */
    public static final String MEASURES = "dim_measure";

    /** The table of figures beside published ones. */
    static final String COMPARISON = "fact_measure_comparison";

    /** What one certified figure is called that is read from fact_measure. */
    static final String FIGURE = "Certified figure";

    /** What the own figure of twelve months before is called. */
    static final String YEAR_BEFORE = "Own value a year before";

    private static final String OTHERS = "Beside the others";
    private static final String DATES = "dim_date";
    private static final Map<String, String> TYPES = Map.of(
            "text", "string",
            "int4", "int64",
            "int8", "int64",
            "float8", "double",
            "numeric", "decimal",
            "bool", "boolean",
            "date", "dateTime");

    private final Catalogue catalogue;
    private final Publication.Published published;
    private final List<Relationship> relationships;

    /**
     * A foreign key of the marts.
     *
     * @param isActive whether a selection in the table that is referred to selects rows without being asked to
     */
    public record Relationship(String from, String column, String to, String toColumn, boolean isActive) {}

    /**
     * @param catalogue what the marts consist of
     * @param published what types the columns have, and whose records are loaded
     * @throws IllegalStateException with a message for the operator when what has been published lacks something, or has
     *     something that Power BI has no type for
     */
    public SemanticModel(Catalogue catalogue, Publication.Published published) {
        this.catalogue = catalogue;
        this.published = published;
        this.relationships = relationships(catalogue.tables());
        tables().forEach(table -> table.columns().keySet().forEach(column -> type(table, column)));
        Set<String> names =
                new HashSet<>(catalogue.tables().get(MEASURES).columns().keySet());
        Stream.of(
                        comparisons().values().stream(),
                        Stream.of(FIGURE, YEAR_BEFORE),
                        catalogue.measures().stream().map(Measure::name))
                .flatMap(all -> all)
                .filter(name -> !names.add(name.toLowerCase(Locale.ROOT)))
                .forEach(name -> {
                    throw new IllegalStateException("Two measures, or a measure and a column of " + MEASURES
                            + ", are called `" + name
                            + "`, which Power BI cannot tell apart; give the measure another `name`");
                });
    }

    /** The tables in order of name. */
    private List<MartTable> tables() {
        return catalogue.tables().values().stream()
                .sorted(Comparator.comparing(MartTable::name))
                .toList();
    }

    /** The files of the model by their path in its folder. */
    public Map<String, String> files(String server, String database) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("database.tmdl", "database\n\tcompatibilityLevel: 1601\n");
        files.put(
                "model.tmdl",
                """
                model Model
                	culture: en-GB
                	defaultPowerBIDataSourceVersion: powerBI_V3
                	sourceQueryCulture: en-GB

                	annotation __PBI_TimeIntelligenceEnabled = 0
                """);
        files.put(
                "expressions.tmdl",
                parameter("Server", server, "The PostgreSQL server, with its port where that is not 5432: host:port")
                        + parameter("Database", database, "The database on that server which holds the schema mart"));
        StringBuilder lines = new StringBuilder();
        relationships.forEach(relationship -> lines.append(tmdl(relationship)));
        files.put("relationships.tmdl", lines.toString());
        tables().forEach(table -> files.put("tables/" + table.name() + ".tmdl", tmdl(table)));
        published
                .authorities()
                .keySet()
                .forEach(authority -> files.put("roles/" + Roles.analystOf(authority) + ".tmdl", role(authority)));
        return files;
    }

    private static String parameter(String name, String value, String words) {
        return "/// " + words + "\nexpression " + name + " = " + quoted(value)
                + " meta [IsParameterQuery=true, Type=\"Text\", IsParameterQueryRequired=true]\n\n";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /**
     * Every foreign key as a relationship. Those of facts to dimensions come first, each in the order of the table's
     * columns, so that of several dates of an event the first one is active, and the month end of a snapshot. One that
     * would open a second way from one table to another is inactive.
     */
    static List<Relationship> relationships(Map<String, MartTable> tables) {
        List<Relationship> all = new ArrayList<>();
        Map<String, Set<String>> reached = new TreeMap<>();
        tables.values().stream()
                .flatMap(table -> table.columns().keySet().stream()
                        .filter(table.foreignKeys()::containsKey)
                        .map(column -> Map.entry(table, column)))
                .sorted(Comparator.comparing((Map.Entry<MartTable, String> key) -> isOutOfStar(tables, key))
                        .thenComparing(key -> key.getKey().name()))
                .forEach(key -> {
                    String from = key.getKey().name();
                    String to = key.getKey().foreignKeys().get(key.getValue());
                    boolean isActive = !opensSecondWay(reached, from, to);
                    if (isActive) {
                        join(reached, from, to);
                    }
                    all.add(new Relationship(
                            from,
                            key.getValue(),
                            to,
                            tables.get(to).primaryKey().get(0),
                            isActive));
                });
        return all;
    }

    /** Whether a key does not go from a fact to a dimension. */
    private static boolean isOutOfStar(Map<String, MartTable> tables, Map.Entry<MartTable, String> key) {
        MartTable from = key.getKey();
        return !from.name().startsWith("fact_")
                || from.foreignKeys().get(key.getValue()).startsWith("fact_");
    }

    private static boolean opensSecondWay(Map<String, Set<String>> reached, String from, String to) {
        Set<String> beyond = beyond(reached, to);
        return Stream.concat(Stream.of(from), before(reached, from).stream())
                .anyMatch(
                        table -> reached.getOrDefault(table, Set.of()).stream().anyMatch(beyond::contains));
    }

    private static void join(Map<String, Set<String>> reached, String from, String to) {
        Set<String> beyond = beyond(reached, to);
        List<String> tables = new ArrayList<>(before(reached, from));
        tables.add(from);
        tables.forEach(
                table -> reached.computeIfAbsent(table, name -> new TreeSet<>()).addAll(beyond));
    }

    /** A table and those that can be reached from it. */
    private static Set<String> beyond(Map<String, Set<String>> reached, String table) {
        Set<String> beyond = new TreeSet<>(reached.getOrDefault(table, Set.of()));
        beyond.add(table);
        return beyond;
    }

    /** The tables from which a table can be reached. */
    private static Set<String> before(Map<String, Set<String>> reached, String table) {
        Set<String> before = new TreeSet<>();
        reached.forEach((from, tables) -> {
            if (tables.contains(table)) {
                before.add(from);
            }
        });
        return before;
    }

    private static String tmdl(Relationship relationship) {
        return "relationship " + relationship.from() + "_" + relationship.column() + "\n"
                + (relationship.isActive() ? "" : "\tisActive: false\n")
                + "\tfromColumn: " + relationship.from() + "." + relationship.column() + "\n"
                + "\ttoColumn: " + relationship.to() + "." + relationship.toColumn() + "\n\n";
    }

    private String tmdl(MartTable table) {
        StringBuilder text = new StringBuilder();
        describe(text, "", table.grain() + (table.mart().equals("conformed") ? "" : ". Mart: " + title(table.mart())));
        text.append("table ").append(table.name()).append('\n');
        if (table.name().equals(DATES)) {
            text.append("\tdataCategory: Time\n");
        }
        text.append('\n');
        if (table.name().equals(MEASURES)) {
            catalogue.measures().forEach(measure -> certified(text, measure));
            besideTheOthers(text);
        }
        table.columns().forEach((column, words) -> column(text, table, column, words));
        text.append("\tpartition ").append(table.name()).append(" = m\n\t\tmode: import\n\t\tsource =\n");
        text.append("\t\t\t\tlet\n");
        text.append(
                "\t\t\t\t\tSource = PostgreSQL.Database(Server, Database, [CreateNavigationProperties = false]),\n");
        text.append("\t\t\t\t\tRows = Source{[Schema = \"" + Publication.MART + "\", Item = \"" + table.name()
                + "\"]}[Data]");
        if (table.name().equals(DATES)) {
            // A date table must have a date in every row; the unknown member of key 0 has none.
            text.append(
                    ",\n\t\t\t\t\tDays = Table.SelectRows(Rows, each [date] <> null)\n\t\t\t\tin\n\t\t\t\t\tDays\n");
        } else {
            text.append("\n\t\t\t\tin\n\t\t\t\t\tRows\n");
        }
        return text.toString();
    }

    private void column(StringBuilder text, MartTable table, String column, String words) {
        describe(text, "\t", words);
        String type = type(table, column);
        text.append("\tcolumn ").append(column).append('\n');
        text.append("\t\tdataType: ").append(type).append('\n');
        if (column.endsWith("_key") || column.equals("sort_order")) {
            text.append("\t\tisHidden\n");
        }
        if (table.name().equals(DATES) && column.equals("date")) {
            text.append("\t\tisKey\n");
        }
        if (type.equals("int64")) {
            text.append("\t\tformatString: 0\n");
        } else if (type.equals("dateTime")) {
            text.append("\t\tformatString: dd/mm/yyyy\n");
        }
        text.append("\t\tsummarizeBy: none\n");
        if (isSorted(table, column)) {
            text.append("\t\tsortByColumn: sort_order\n");
        }
        text.append("\t\tsourceColumn: ").append(column).append("\n\n");
    }

    /** Whether a column of a code list has another value in every row, so that Power BI can sort it by the order of codes. */
    private boolean isSorted(MartTable table, String column) {
        CodeList list = catalogue.contracts().codeLists().get(table.name().replaceFirst("^dim_", ""));
        if (list == null || !table.columns().containsKey("sort_order")) {
            return false;
        }
        Set<String> names = new HashSet<>(Set.of("not known"));
        return column.equals("code")
                || column.equals("name")
                        && list.codes().stream()
                                .map(Code::name)
                                .allMatch(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    private String type(MartTable table, String column) {
        String type = published.type(table.name(), column);
        if (!TYPES.containsKey(type)) {
            throw new IllegalStateException(
                    "Power BI has no type for the column " + table.name() + "." + column + ", which is " + type);
        }
        return TYPES.get(type);
    }

    private void certified(StringBuilder text, Measure measure) {
        StringBuilder words = new StringBuilder(measure.words());
        String dax = dax(measure);
        if (isOfFigures(measure)) {
            words.append("\nRead from fact_measure: select authorities and dates only; its groups are in fact_measure");
        }
        measure(text, measure.name(), words.toString(), dax, format(measure.unit()), title(measure.mart()));
    }

    /** The measures over what the marts hold of figures: one certified figure, and what stands beside it. */
    private void besideTheOthers(StringBuilder text) {
        MartTable table = catalogue.tables().get(COMPARISON);
        String newest = "MAX ( " + COMPARISON + "[period_end] )";
        measure(
                text,
                FIGURE,
                "The value of fact_measure at the newest month end selected that has one, where one authority, one measure"
                        + " and one group are",
                read(
                        MeasureCompiler.TABLE,
                        "value",
                        "CALCULATE (\n        MAX ( fact_measure[period_end] ),\n        REMOVEFILTERS ("
                                + " fact_measure[breakdown_type], fact_measure[breakdown] )\n    )",
                        "PeriodEnd"),
                "#,0.0",
                OTHERS);
        comparisons()
                .forEach((column, name) -> measure(
                        text,
                        name,
                        table.columns().get(column)
                                + ". Of the newest month end selected, where one authority and one measure are",
                        read(COMPARISON, column, newest, "PeriodEnd"),
                        type(table, column).equals("double") ? "#,0.0" : "",
                        OTHERS));
        measure(
                text,
                YEAR_BEFORE,
                "The authority's own certified figure 12 months before the newest month end selected",
                read(COMPARISON, "own_value", newest, "EOMONTH ( PeriodEnd, -12 )"),
                "#,0.0",
                OTHERS);
    }

    /** DAX that reads the one value of a column at a month end, whatever dates are selected. */
    private static String read(String table, String column, String newest, String monthEnd) {
        return String.join(
                "\n",
                "VAR PeriodEnd =",
                "    " + newest,
                "RETURN",
                "    CALCULATE (",
                "        SELECTEDVALUE ( " + table + "[" + column + "] ),",
                "        REMOVEFILTERS ( dim_date ),",
                "        " + table + "[period_end] = " + monthEnd,
                "    )");
    }

    /** The DAX of a certified measure. */
    String dax(Measure measure) {
        if (isOfFigures(measure)) {
            return DaxMeasure.ofFigures(measure);
        }
        if (measure.difference() != null) {
            return reference(find(measure.difference().of())) + " - "
                    + reference(find(measure.difference().less()));
        }
        return DaxMeasure.of(measure, catalogue.tables()).orElseThrow().text();
    }

    /** Whether a measure is read from the certified figures, as its declaration is not written in DAX. */
    boolean isOfFigures(Measure measure) {
        if (measure.difference() == null) {
            return DaxMeasure.of(measure, catalogue.tables()).isEmpty();
        }
        return Stream.of(measure.difference().of(), measure.difference().less())
                .map(this::find)
                .anyMatch(part -> !part.unit().equals("count") || isOfFigures(part));
    }

    private Measure find(String id) {
        return catalogue.measures().stream()
                .filter(measure -> measure.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String reference(Measure measure) {
        return "[" + measure.name().replace("]", "]]") + "]";
    }

    private static String format(String unit) {
        return switch (unit) {
            case "count" -> "#,0";
            case "percent" -> "0.0\\%";
            case "days" -> "#,0";
            default -> "#,0.0";
        };
    }

    /** The measures beside the others, by the column that they read. */
    Map<String, String> comparisons() {
        MartTable table = catalogue.tables().get(COMPARISON);
        Map<String, String> names = new LinkedHashMap<>();
        table.columns().keySet().stream()
                .filter(column -> !table.primaryKey().contains(column)
                        && !table.foreignKeys().containsKey(column))
                .forEach(column -> names.put(column, title(column)));
        return names;
    }

    private static void measure(
            StringBuilder text, String name, String words, String dax, String format, String folder) {
        describe(text, "\t", words);
        text.append("\tmeasure '").append(name.replace("'", "''")).append("' =\n");
        dax.lines().forEach(line -> text.append("\t\t\t").append(line).append('\n'));
        if (!format.isEmpty()) {
            text.append("\t\tformatString: ").append(format).append('\n');
        }
        if (!folder.isEmpty()) {
            text.append("\t\tdisplayFolder: ").append(folder).append('\n');
        }
        text.append('\n');
    }

    private static void describe(StringBuilder text, String indent, String words) {
        words.lines()
                .map(String::strip)
                .forEach(line -> text.append(indent).append("/// ").append(line).append('\n'));
    }

    /** A name as people read it: {@code care_leavers} is {@code Care leavers}. */
    static String title(String name) {
        String words = name.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private String role(String authority) {
        StringBuilder text = new StringBuilder();
        describe(
                text,
                "",
                "Sees the rows of authority " + authority + " only, as the PostgreSQL role of that name does");
        text.append("role ").append(Roles.analystOf(authority)).append("\n\tmodelPermission: read\n\n");
        tables().stream().filter(Roles::isGuarded).forEach(table -> {
            String own = Roles.ownedBy(table);
            text.append("\ttablePermission ").append(table.name()).append(" = ");
            text.append(table.name()).append('[').append(own).append("] = ");
            text.append(type(table, own).equals("string") ? quoted(authority) : Integer.parseInt(authority));
            text.append("\n\n");
        });
        return text.toString();
    }

    /** The relationships of the model. */
    public List<Relationship> relationships() {
        return relationships;
    }
}
