package org.lacwarehouse.pipeline.linkage;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.conf.Conf;
import org.lacwarehouse.pipeline.conf.YamlNode;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * Record linkage: finds the child of the same authority whom the rows of health, virtual school and housing are about. It
 * reads who people are from the vault, and keeps pseudonyms only: the table {@link #LINKS} gives a child, or none, for each
 * person of the snapshots in force.
 */
public final class Linkage {
    /**
     * The table of people and the child each is matched to: authority, source, person_id, child_id (null when to none),
     * match_kind, proposals.
     */
    public static final String LINKS = "silver/links";

    private static final StructType PROPOSAL = new StructType()
            .add("child_id", DataTypes.StringType, false)
            .add("score", DataTypes.DoubleType, false)
            .add("parts", DataTypes.StringType, false);
    private static final StructType LINK = new StructType()
            .add("authority", DataTypes.StringType, false)
            .add("source", DataTypes.StringType, false)
            .add(Silver.PERSON, DataTypes.StringType, false)
            .add("child_id", DataTypes.StringType, true)
            .add("match_kind", DataTypes.StringType, false)
            .add("proposals", new ArrayType(PROPOSAL, false), false);
    /** The columns of one table of children and people, which go to the matching of their authority together. */
    private static final List<String> WHO = List.of(
            "authority",
            "id",
            "source",
            "dataset",
            "number",
            "upn",
            "header_upn",
            "forename",
            "surname",
            "born",
            "header_born");

    private static final String CHILD = "";

    private final Lake lake;
    private final Contracts contracts;
    private final Register register;
    private final Links confirmed;
    private final double smallestScore;
    private final String settings;
    private final Path state;

    /** @param warehouse the folder of the warehouse */
    public Linkage(Lake lake, Contracts contracts, Register register, Conf conf, Path warehouse) {
        this.lake = lake;
        this.contracts = contracts;
        this.register = register;
        this.confirmed = Links.read(conf);
        this.smallestScore =
                Double.parseDouble(YamlNode.parse(conf.file("application.yml")).text("smallest_score_proposed"));
        this.settings =
                Digest.of(conf.file("links.csv").text(), String.valueOf(smallestScore), Digest.ofCode(Linkage.class));
        this.state = warehouse.resolve("register/links-digest");
    }

    /** Changes whenever anything changes that the matching depends on. */
    public String digest(Map<String, LocalDate> asAt) {
        List<String> inputs = new ArrayList<>();
        inputs.add(settings);
        inputs(asAt)
                .forEach((contract, deliveries) -> deliveries.forEach(delivery -> {
                    inputs.add(register.contents(delivery));
                    register.outcome(delivery.deliveryId()).ifPresent(outcome -> inputs.add(outcome.contractDigest()));
                }));
        return Digest.of(inputs.toArray(String[]::new));
    }

    /** The snapshots in force that name people or children. */
    private Map<Contract, List<Delivery>> inputs(Map<String, LocalDate> asAt) {
        Map<Contract, List<Delivery>> inputs = new TreeMap<>(java.util.Comparator.comparing(Contract::id));
        contracts.all().stream()
                .filter(contract -> contract.person() != null || contract.namesChildren() || contract.isIdentity())
                .forEach(contract -> inputs.put(
                        contract, register.inForce(contract.source(), contract.dataset(), new TreeMap<>(asAt))));
        return inputs;
    }

    /** Whether any snapshot in force says something about people who have to be found. */
    public boolean isNeeded(Map<String, LocalDate> asAt) {
        return inputs(asAt).entrySet().stream()
                .anyMatch(input ->
                        input.getKey().person() != null && !input.getValue().isEmpty());
    }

    /** Whether the links are those of the snapshots in force. */
    public boolean isUpToDate(Map<String, LocalDate> asAt) {
        try {
            return Files.exists(state) && Files.readString(state).equals(digest(asAt));
        } catch (IOException e) {
            throw new UncheckedIOException("The state of the links cannot be read: " + state, e);
        }
    }

    /** Matches everybody anew, and replaces the links. */
    public void link(Map<String, LocalDate> asAt) {
        Map<Contract, List<Delivery>> inputs = inputs(asAt);
        Dataset<Row> links = who(inputs)
                .groupByKey((MapFunction<Row, String>) row -> row.getString(0), Encoders.STRING())
                .flatMapGroups(
                        new OneAuthority(numberKinds(), numberOnly(), confirmed, smallestScore), Encoders.row(LINK));
        try {
            Files.deleteIfExists(state);
            lake.overwrite(LINKS, links);
            Files.writeString(state, digest(asAt));
        } catch (IOException e) {
            throw new UncheckedIOException("The state of the links cannot be written: " + state, e);
        }
    }

    /** Removes the links. */
    public void drop() {
        try {
            Files.deleteIfExists(state);
            lake.drop(LINKS);
        } catch (IOException e) {
            throw new UncheckedIOException("The state of the links cannot be removed: " + state, e);
        }
    }

    /** The links; none while nothing has been matched. */
    public Dataset<Row> read() {
        return lake.exists(LINKS) ? lake.read(LINKS) : lake.spark().createDataFrame(List.of(), LINK);
    }

    /** How many people were matched how: la_code, source, match_kind, people. */
    public Dataset<Row> counts() {
        return read().groupBy(col("authority").as("la_code"), col("source"), col("match_kind"))
                .count();
    }

    /** The children proposed for unmatched people: la_code, source, record_ref, child_id, score, parts. */
    public Dataset<Row> proposals() {
        return read().selectExpr(
                        "authority as la_code", "source", Silver.PERSON + " as record_ref", "inline(proposals)");
    }

    /**
     * The people of some snapshots who are matched to no child: authority, source, dataset, person_id, match_kind,
     * first_line, rows, delivery_id.
     */
    public Dataset<Row> unmatched(Map<String, LocalDate> asAt) {
        return people(inputs(asAt))
                .join(
                        read().where("child_id IS NULL").select("authority", "source", Silver.PERSON, "match_kind"),
                        scala.jdk.javaapi.CollectionConverters.asScala(List.of("authority", "source", Silver.PERSON))
                                .toSeq())
                .select(
                        "authority",
                        "source",
                        "dataset",
                        Silver.PERSON,
                        "match_kind",
                        "first_line",
                        "rows",
                        Lake.SLICE);
    }

    private Dataset<Row> people(Map<Contract, List<Delivery>> inputs) {
        List<String> ids = new ArrayList<>();
        inputs.forEach((contract, deliveries) -> {
            if (contract.person() != null) {
                deliveries.forEach(delivery -> ids.add(delivery.deliveryId()));
            }
        });
        return ids.isEmpty() || !lake.exists(Silver.PEOPLE)
                ? lake.spark()
                        .createDataFrame(
                                List.of(),
                                new StructType()
                                        .add("authority", DataTypes.StringType)
                                        .add("source", DataTypes.StringType)
                                        .add("dataset", DataTypes.StringType)
                                        .add(Silver.PERSON, DataTypes.StringType)
                                        .add("number", DataTypes.StringType)
                                        .add("born", DataTypes.DateType)
                                        .add(Lake.SLICE, DataTypes.StringType)
                                        .add("forename", DataTypes.StringType)
                                        .add("surname", DataTypes.StringType)
                                        .add("first_line", DataTypes.LongType)
                                        .add("rows", DataTypes.LongType))
                : lake.read(Silver.PEOPLE, ids);
    }

    private Dataset<Row> who(Map<Contract, List<Delivery>> inputs) {
        Dataset<Row> who = people(inputs)
                .withColumn("id", col(Silver.PERSON))
                .select(columns(
                        "authority",
                        "id",
                        "source",
                        "dataset",
                        "number",
                        null,
                        null,
                        "forename",
                        "surname",
                        "born",
                        null));
        for (Map.Entry<Contract, List<Delivery>> input : inputs.entrySet()) {
            Contract contract = input.getKey();
            List<String> ids =
                    input.getValue().stream().map(Delivery::deliveryId).toList();
            if (ids.isEmpty()) {
                continue;
            }
            if (contract.isIdentity()) {
                who = who.union(lake.read("vault/" + contract.id(), ids)
                        .withColumn("id", col("child_id"))
                        .select(columns(
                                "authority",
                                "id",
                                null,
                                null,
                                "nhs_number",
                                "upn",
                                null,
                                "forename",
                                "surname",
                                "dob",
                                null)));
            } else if (contract.namesChildren()) {
                Dataset<Row> born = lake.read("silver/" + contract.id(), ids)
                        .select(col("authority"), col("child_id").as("id"), col("dob"));
                who = who.union(
                        born.select(columns("authority", "id", null, null, null, null, null, null, null, null, "dob")));
                who = who.union(lake.read("vault/" + contract.id(), ids)
                        .withColumn("id", col("child_id"))
                        .select(columns("authority", "id", null, null, null, null, "upn", null, null, null, null)));
            }
        }
        return who;
    }

    /** The columns of {@link #WHO}, each from the column named in its place; those of no source are blank. */
    private static Column[] columns(String... names) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            Column column = names[i] != null
                    ? col(names[i])
                    : WHO.get(i).equals("source") || WHO.get(i).equals("dataset")
                            ? lit(CHILD)
                            : lit(null).cast(WHO.get(i).endsWith("born") ? DataTypes.DateType : DataTypes.StringType);
            columns.add(column.as(WHO.get(i)));
        }
        return columns.toArray(Column[]::new);
    }

    private Map<String, NumberKind> numberKinds() {
        Map<String, NumberKind> kinds = new HashMap<>();
        contracts.all().stream().filter(contract -> contract.person() != null).forEach(contract -> {
            String number = contract.person().number();
            ColumnType type = number == null ? null : contract.column(number).type();
            kinds.put(
                    contract.source(),
                    type == ColumnType.NHS_NUMBER
                            ? NumberKind.NHS_NUMBER
                            : type == ColumnType.UPN ? NumberKind.UPN : NumberKind.NONE);
        });
        return kinds;
    }

    private Set<String> numberOnly() {
        Set<String> datasets = new HashSet<>();
        contracts.all().stream()
                .filter(contract ->
                        contract.person() != null && contract.person().names().isEmpty())
                .forEach(contract -> datasets.add(contract.id()));
        return datasets;
    }

    /** Matches the people of one authority, whose children and people are in memory together. */
    private record OneAuthority(
            Map<String, NumberKind> numberKinds, Set<String> numberOnly, Links confirmed, double smallestScore)
            implements FlatMapGroupsFunction<String, Row, Row> {
        @Override
        public Iterator<Row> call(String authority, Iterator<Row> rows) {
            Map<String, Parts> children = new HashMap<>();
            Map<String, Person> people = new HashMap<>();
            while (rows.hasNext()) {
                Row row = rows.next();
                String source = row.getString(2);
                if (source.equals(CHILD)) {
                    children.computeIfAbsent(row.getString(1), id -> new Parts())
                            .add(row);
                } else {
                    String dataset = source + "/" + row.getString(3);
                    people.putIfAbsent(
                            source + row.getString(1),
                            new Person(
                                    row.getString(1),
                                    source,
                                    numberKinds.get(source),
                                    row.getString(4),
                                    row.getString(7),
                                    row.getString(8),
                                    (LocalDate) row.get(9),
                                    numberOnly.contains(dataset)));
                }
            }
            List<Child> known = new ArrayList<>();
            // Identity rows of children whom no header names are orphans: nobody is matched to them.
            children.forEach((id, parts) -> {
                if (parts.headerBorn != null) {
                    known.add(parts.child(id));
                }
            });
            return new Matcher(known, smallestScore)
                    .match(people.values(), confirmed.of(authority)).stream()
                            .map(match -> row(authority, match))
                            .iterator();
        }

        private static Row row(String authority, Match match) {
            return RowFactory.create(
                    authority,
                    match.person().source(),
                    match.person().personId(),
                    match.childId(),
                    match.kind().word(),
                    match.proposals().stream()
                            .map(proposal -> RowFactory.create(proposal.childId(), proposal.score(), proposal.parts()))
                            .toArray());
        }
    }

    /** What identity and header say of a child. */
    private static final class Parts {
        private String nhsNumber;
        private String upn;
        private String headerUpn;
        private String forename;
        private String surname;
        private LocalDate born;
        private LocalDate headerBorn;

        void add(Row row) {
            nhsNumber = either(row.getString(4), nhsNumber);
            upn = either(row.getString(5), upn);
            headerUpn = either(row.getString(6), headerUpn);
            forename = either(row.getString(7), forename);
            surname = either(row.getString(8), surname);
            born = either((LocalDate) row.get(9), born);
            headerBorn = either((LocalDate) row.get(10), headerBorn);
        }

        private static <T> T either(T one, T other) {
            return one != null ? one : other;
        }

        Child child(String id) {
            // Identity's number missing or invalid: the header's is used.
            return new Child(
                    id,
                    nhsNumber,
                    NumberKind.UPN.isValid(upn) ? upn : headerUpn,
                    forename,
                    surname,
                    born != null ? born : headerBorn);
        }
    }
}
