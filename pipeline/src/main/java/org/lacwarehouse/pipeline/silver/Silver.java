package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.contract.PersonColumns;
import org.lacwarehouse.pipeline.contract.Privacy;
import org.lacwarehouse.pipeline.lake.Digest;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The silver layer: typed, checked, repaired and pseudonymised rows, one Delta table a dataset, one slice a delivery.
 * Every snapshot ever delivered stays a slice of its own, so the state at any extract date is read by naming that
 * delivery, and the order in which files arrive cannot change anything. What identifies a child goes to the vault table
 * of the dataset instead; what was rejected or flagged goes to {@link #FINDINGS}.
 */
public final class Silver {
    /** The table of rejected rows, with their values, and of flags; protected like the vault. */
    public static final String FINDINGS = "quarantine/findings";
    /**
     * The vault table of whom the rows of other systems are about: one row a person and dataset of a delivery, with columns
     * authority, source, dataset, person_id, number, forename, surname, born, first_line, rows, delivery_id.
     */
    public static final String PEOPLE = "vault/people";
    /** The silver column that stands in the place of number, name and date of birth. */
    public static final String PERSON = "person_id";

    /** What a task can sort without writing much to disk. */
    private static final long ROWS_OF_A_TASK = 1_000_000;

    private static final long MOST_TASKS = 200;

    private static final StructType FINDING = new StructType()
            .add("line_number", DataTypes.LongType)
            .add("rule_id", DataTypes.StringType)
            .add("column_name", DataTypes.StringType)
            .add("reason", DataTypes.StringType)
            .add("is_quarantined", DataTypes.BooleanType)
            .add("raw", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType))
            .add(Lake.SLICE, DataTypes.StringType);

    private final Lake lake;
    private final Bronze bronze;
    private final Contracts contracts;
    private final Pseudonyms pseudonyms;

    /** @param pseudonyms makes the child ids */
    public Silver(Lake lake, Contracts contracts, Pseudonyms pseudonyms) {
        this.lake = lake;
        this.bronze = new Bronze(lake);
        this.contracts = contracts;
        this.pseudonyms = pseudonyms;
    }

    /** The deliveries whose rows have not been checked by the contract, and against the children, as they are now. */
    public static List<Delivery> unchecked(Register register, Contracts contracts) {
        return register.loaded().stream()
                .filter(register::isNewestOfItsDate)
                .filter(delivery ->
                        contracts.find(delivery.source(), delivery.dataset()).isPresent())
                .filter(delivery -> register.outcome(delivery.deliveryId())
                        .map(outcome -> !outcome.contractDigest().equals(basis(register, contracts, delivery)))
                        .orElse(true))
                .toList();
    }

    /**
     * Everything that decides what becomes of a delivery's rows besides the rows: the contract as it holds for the
     * authority and date, and the snapshot that names the children. When it changes, the rows are checked again.
     */
    private static String basis(Register register, Contracts contracts, Delivery delivery) {
        String own = agreed(contracts, delivery).digest();
        return naming(register, contracts, delivery)
                .map(header -> Digest.of(
                        own, header.deliveryId(), agreed(contracts, header).digest()))
                .orElse(own);
    }

    private static Contract agreed(Contracts contracts, Delivery delivery) {
        return contracts
                .get(delivery.source(), delivery.dataset())
                .agreedWith(delivery.authority(), delivery.extractDate());
    }

    /** The snapshot that names the children when a delivery was extracted; none for what is not about children. */
    private static Optional<Delivery> naming(Register register, Contracts contracts, Delivery delivery) {
        Contract contract = contracts.get(delivery.source(), delivery.dataset());
        return contracts
                .naming(contract)
                .flatMap(header -> register.inForce(
                        delivery.authority(), header.source(), header.dataset(), delivery.extractDate()));
    }

    /**
     * Checks the rows of deliveries and stores them.
     *
     * @return what became of the rows of each delivery
     */
    public List<Register.Outcome> check(List<Delivery> deliveries, Register register) {
        List<Delivery> published = deliveries.stream()
                .filter(delivery -> delivery.source().equals(Contract.BENCHMARKS))
                .toList();
        List<Row> remarks =
                published.isEmpty() ? List.of() : new PublishedValues(lake, bronze, contracts).store(published);
        Map<Contract, List<Delivery>> byDataset = new LinkedHashMap<>();
        for (Delivery delivery : deliveries) {
            Contract contract = contracts.get(delivery.source(), delivery.dataset());
            if (!contract.isBenchmark()) {
                byDataset.computeIfAbsent(contract, c -> new ArrayList<>()).add(delivery);
            }
        }
        Map<Contract, Dataset<Row>> judged = new ConcurrentHashMap<>();
        try (KeptRows memory = new KeptRows()) {
            // Who the children are first: the rows of the other datasets are measured against them.
            InParallel.each(
                    byDataset.keySet().stream().filter(Contract::namesChildren).toList(),
                    contract -> judged.put(contract, memory.keep(judge(contract, byDataset.get(contract), null))));
            Children children = new Children(lake, contracts, register, judged, byDataset);
            InParallel.each(
                    byDataset.keySet().stream()
                            .filter(contract -> !contract.namesChildren())
                            .toList(),
                    contract -> judged.put(
                            contract,
                            memory.keep(judge(contract, byDataset.get(contract), children.knownTo(contract)))));
            InParallel.each(
                    judged.keySet(), contract -> store(contract, judged.get(contract), byDataset.get(contract)));
            long rows = deliveries.stream().mapToLong(Delivery::rowsIn).sum();
            Map<String, Counts> counts = new HashMap<>(counts(judged, rows));
            counts.putAll(counts(published, remarks));
            List<Register.Outcome> outcomes = outcomes(counts, deliveries, register);
            storePeople(judged, byDataset, rows);
            storeFindings(judged, remarks, deliveries, outcomes, rows);
            return outcomes;
        }
    }

    /**
     * Every bronze row of deliveries of one source, rejected rows included, with whom it is about: line_number, raw,
     * delivery_id; has_contract; child (the council's own id), person_id, numbers (NHS numbers and UPNs as they are
     * compared), forename, surname, born. Nothing is known of rows of a dataset without a contract but the id in a column
     * CHILD.
     */
    public Dataset<Row> subjects(String source, List<Delivery> deliveries) {
        Map<String, Contract> byId = contracts.all().stream().collect(Collectors.toMap(Contract::id, c -> c));
        return bronze.read(source, ids(deliveries))
                .select("line_number", "raw", Lake.SLICE)
                .map(new Subjects(deliveries, byId, pseudonyms), Encoders.row(Subjects.SCHEMA));
    }

    /**
     * Removes what a check of deliveries would leave behind: everything of those that count no longer or have no contract,
     * and of the others what stands in tables into which their contract does not write now.
     */
    public void dropUnchecked(List<Delivery> deliveries, Register register) {
        Map<String, List<String>> slices = new TreeMap<>();
        for (Delivery delivery : deliveries) {
            String dataset = delivery.source() + "/" + delivery.dataset();
            Set<String> tables = new TreeSet<>(
                    delivery.source().equals(Contract.BENCHMARKS)
                            ? List.of(PublishedValues.TABLE, FINDINGS)
                            : List.of("silver/" + dataset, "vault/" + dataset, PEOPLE, FINDINGS));
            contracts
                    .find(delivery.source(), delivery.dataset())
                    .filter(contract -> register.isNewestOfItsDate(delivery))
                    .ifPresent(contract -> {
                        tables.remove(FINDINGS);
                        tables.remove(contract.isBenchmark() ? PublishedValues.TABLE : "");
                        tables.remove(contract.hasSilver() ? silverTable(contract) : "");
                        tables.remove(contract.hasVault() ? vaultTable(contract) : "");
                        tables.remove(contract.person() != null ? PEOPLE : "");
                    });
            tables.forEach(table ->
                    slices.computeIfAbsent(table, t -> new ArrayList<>()).add(delivery.deliveryId()));
        }
        slices.forEach(lake::dropSlices);
    }

    private Dataset<Row> judge(Contract contract, List<Delivery> deliveries, Dataset<Row> children) {
        return new RowJudge(contract, pseudonyms)
                .judge(
                        bronze.read(contract.source(), ids(deliveries)),
                        children,
                        deliveries.stream().map(Delivery::rowsIn).toList());
    }

    static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::deliveryId).toList();
    }

    private void store(Contract contract, Dataset<Row> judged, List<Delivery> deliveries) {
        List<String> deliveryIds = ids(deliveries);
        Dataset<Row> kept = judged.where(col(RowJudge.OUTCOME).equalTo(RowJudge.KEPT))
                .withColumn("flags", expr("transform(flags, flag -> flag.rule_id)"));
        if (contract.hasSilver()) {
            lake.replaceSlices(silverTable(contract), select(kept, silverSchema(contract)), deliveryIds);
        }
        if (contract.hasVault()) {
            lake.replaceSlices(vaultTable(contract), select(kept, vaultSchema(contract)), deliveryIds);
        }
    }

    private static Dataset<Row> select(Dataset<Row> rows, StructType schema) {
        return rows.select(
                List.of(schema.fieldNames()).stream().map(name -> col(name)).toArray(Column[]::new));
    }

    /** Whom the rows of other systems are about, all datasets in one commit. */
    private void storePeople(Map<Contract, Dataset<Row>> judged, Map<Contract, List<Delivery>> byDataset, long rows) {
        List<String> deliveryIds = new ArrayList<>();
        List<Dataset<Row>> people = new ArrayList<>();
        judged.forEach((contract, itsRows) -> {
            if (contract.person() != null) {
                deliveryIds.addAll(ids(byDataset.get(contract)));
                people.add(people(contract, itsRows));
            }
        });
        if (!people.isEmpty()) {
            // Names that differ in capitals or accents are one person: the first spelling stands for all. The rows are
            // sorted for it, so what differs most comes first.
            lake.replaceSlices(
                    PEOPLE,
                    together(people, rows)
                            .groupBy(PERSON, Lake.SLICE, "authority", "source", "dataset", "number", "born")
                            .agg(
                                    min_by(col("forename"), col("line_number")).as("forename"),
                                    min_by(col("surname"), col("line_number")).as("surname"),
                                    min(col("line_number")).as("first_line"),
                                    count(lit(1)).as("rows"))
                            .coalesce(1),
                    deliveryIds);
        }
    }

    /**
     * All rows of many datasets for one pass: every task of it has to be told of all of them, so there are few.
     *
     * @param rows how many rows there are at most
     */
    private Dataset<Row> together(Collection<Dataset<Row>> parts, long rows) {
        int cores = lake.spark().sparkContext().defaultParallelism();
        return parts.stream().reduce(Dataset::union).orElseThrow().coalesce((int)
                Math.max(cores, Math.min(MOST_TASKS, rows / ROWS_OF_A_TASK)));
    }

    private static Dataset<Row> people(Contract contract, Dataset<Row> judged) {
        PersonColumns person = contract.person();
        Column[] who = {
            col("authority"),
            lit(contract.source()).as("source"),
            lit(contract.dataset()).as("dataset"),
            col(PERSON),
            part(contract, person.number(), DataTypes.StringType).as("number"),
            part(contract, person.forename(), DataTypes.StringType).as("forename"),
            part(contract, person.surname(), DataTypes.StringType).as("surname"),
            part(contract, person.born(), DataTypes.DateType).as("born"),
            col("line_number"),
            col(Lake.SLICE)
        };
        return judged.where(col(RowJudge.OUTCOME).equalTo(RowJudge.KEPT)).select(who);
    }

    private static Column part(Contract contract, String column, DataType type) {
        return column == null
                ? lit(null).cast(type)
                : col(contract.column(column).silverName());
    }

    /** What became of how many rows of a delivery. */
    private record Counts(long kept, long duplicate, long quarantined, long flagged) {}

    /** One pass over all datasets for the counts of every delivery. */
    private Map<String, Counts> counts(Map<Contract, Dataset<Row>> judged, long rows) {
        if (judged.isEmpty()) {
            return Map.of();
        }
        return together(
                        judged.values().stream()
                                .map(dataset -> dataset.select(
                                        col(Lake.SLICE),
                                        col(RowJudge.OUTCOME),
                                        size(col("flags")).as("flags")))
                                .toList(),
                        rows)
                .groupBy(Lake.SLICE)
                .agg(
                        count(when(col(RowJudge.OUTCOME).equalTo(RowJudge.KEPT), 1))
                                .as("kept"),
                        count(when(col(RowJudge.OUTCOME).equalTo(RowJudge.DUPLICATE), 1))
                                .as("duplicate"),
                        count(when(col(RowJudge.OUTCOME).equalTo(RowJudge.QUARANTINED), 1))
                                .as("quarantined"),
                        sum(when(
                                                col(RowJudge.OUTCOME)
                                                        .equalTo(RowJudge.KEPT)
                                                        .and(col("flags").gt(0)),
                                                1L)
                                        .otherwise(0L))
                                .as("flagged"))
                .collectAsList()
                .stream()
                .collect(Collectors.toMap(
                        row -> row.getString(0),
                        row -> new Counts(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))));
    }

    /** Of a published file every row is kept, whether a series is made of it or not, that can be read. */
    private static Map<String, Counts> counts(List<Delivery> published, List<Row> remarks) {
        Map<String, Long> quarantined = PublishedValues.lines(remarks, true);
        Map<String, Long> flagged = PublishedValues.lines(remarks, false);
        return published.stream().collect(Collectors.toMap(Delivery::deliveryId, delivery -> {
            long rejected = quarantined.getOrDefault(delivery.deliveryId(), 0L);
            return new Counts(
                    delivery.rowsIn() - rejected, 0, rejected, flagged.getOrDefault(delivery.deliveryId(), 0L));
        }));
    }

    private List<Register.Outcome> outcomes(Map<String, Counts> counts, List<Delivery> deliveries, Register register) {
        return deliveries.stream()
                .map(delivery -> {
                    // A file whose shrinking to nothing was accepted has no rows to count.
                    Counts rows = counts.getOrDefault(delivery.deliveryId(), new Counts(0, 0, 0, 0));
                    Register.Outcome outcome = new Register.Outcome(
                            delivery.deliveryId(),
                            basis(register, contracts, delivery),
                            rows.kept(),
                            rows.duplicate(),
                            rows.quarantined(),
                            rows.flagged());
                    if (outcome.rowsKept() + outcome.rowsDuplicate() + outcome.rowsQuarantined() != delivery.rowsIn()) {
                        throw new IllegalStateException(delivery.file() + ": " + delivery.rowsIn()
                                + " rows were read, but " + outcome + " accounts for another number");
                    }
                    return outcome;
                })
                .toList();
    }

    private void storeFindings(
            Map<Contract, Dataset<Row>> judged,
            List<Row> remarks,
            List<Delivery> deliveries,
            List<Register.Outcome> outcomes,
            long rows) {
        boolean any = outcomes.stream().anyMatch(o -> o.rowsQuarantined() + o.rowsDuplicate() + o.rowsFlagged() > 0);
        if (!any && !lake.exists(FINDINGS)) {
            return;
        }
        List<Dataset<Row>> parts = new ArrayList<>();
        judged.values().forEach(dataset -> parts.add(findings(dataset)));
        Dataset<Row> findings = lake.spark().createDataFrame(remarks, FINDING);
        if (!parts.isEmpty()) {
            findings = findings.union(withValues(together(parts, rows), deliveries, outcomes));
        }
        lake.replaceSlices(FINDINGS, findings, ids(deliveries));
    }

    /** The findings of rows that were judged, those of rejected rows with the values as delivered. */
    private Dataset<Row> withValues(Dataset<Row> findings, List<Delivery> deliveries, List<Register.Outcome> outcomes) {
        Set<String> rejected = outcomes.stream()
                .filter(outcome -> outcome.rowsQuarantined() > 0)
                .map(Register.Outcome::deliveryId)
                .collect(Collectors.toSet());
        Map<String, List<String>> bySource = new TreeMap<>();
        deliveries.stream()
                .filter(delivery -> rejected.contains(delivery.deliveryId()))
                .filter(delivery -> !delivery.source().equals(Contract.BENCHMARKS))
                .forEach(delivery -> bySource.computeIfAbsent(delivery.source(), source -> new ArrayList<>())
                        .add(delivery.deliveryId()));
        List<Column> columns = List.of(FINDING.fieldNames()).stream()
                .map(name -> name.equals("raw")
                        ? lit(null).cast(FINDING.apply("raw").dataType()).as("raw")
                        : col(name))
                .toList();
        if (bySource.isEmpty()) {
            return findings.select(columns.toArray(Column[]::new));
        }
        List<String> row = List.of(Lake.SLICE, "line_number");
        Seq<String> key = CollectionConverters.asScala(row).toSeq();
        long number =
                outcomes.stream().mapToLong(Register.Outcome::rowsQuarantined).sum();
        Dataset<Row> lines = findings.where("is_quarantined").select(Lake.SLICE, "line_number");
        Dataset<Row> few = number <= Children.FEW ? broadcast(lines) : lines;
        Dataset<Row> values = bySource.entrySet().stream()
                .map(entry -> bronze.read(entry.getKey(), entry.getValue())
                        .select(Lake.SLICE, "line_number", "raw")
                        .join(few, key, "left_semi"))
                .reduce(Dataset::union)
                .orElseThrow();
        return findings.join(number <= Children.FEW ? broadcast(values) : values, key, "left")
                .withColumn("raw", when(col("is_quarantined"), col("raw")))
                .select(List.of(FINDING.fieldNames()).stream()
                        .map(name -> col(name))
                        .toArray(Column[]::new));
    }

    /** One row for each rejected row, dropped duplicate and flag, without the values as delivered. */
    private static Dataset<Row> findings(Dataset<Row> judged) {
        Column quarantined = col(RowJudge.OUTCOME).equalTo(RowJudge.QUARANTINED);
        Column rejection = expr("array(named_struct('rule_id', faults[0].rule_id, 'column_name', faults[0].column_name,"
                + " 'reason', array_join(transform(faults, f -> concat_ws(': ', f.column_name, f.reason)), '; ')))");
        Column copy =
                expr("array(named_struct('rule_id', 'exact_duplicate', 'column_name', cast(null as string), 'reason',"
                        + " 'a later row of the file is the same'))");
        return judged.withColumn(
                        "finding",
                        explode(when(quarantined, rejection)
                                .when(col(RowJudge.OUTCOME).equalTo(RowJudge.DUPLICATE), copy)
                                .otherwise(col("flags"))))
                .select(
                        col("line_number"),
                        col("finding.rule_id"),
                        col("finding.column_name"),
                        col("finding.reason"),
                        quarantined.as("is_quarantined"),
                        col(Lake.SLICE));
    }

    /**
     * The rows of deliveries of one dataset.
     *
     * @return the silver rows; none, with the right columns, when there are no deliveries
     */
    public Dataset<Row> read(Contract contract, List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return lake.spark().createDataFrame(List.of(), silverSchema(contract));
        }
        return lake.read(
                silverTable(contract),
                deliveries.stream().map(Delivery::deliveryId).toList());
    }

    /**
     * The values of releases of the published data sets: benchmark_id, level, la_code, region_code, period_end,
     * breakdown_type, breakdown, value, symbol, numerator, denominator, is_quotient_wrong, line_number, delivery_id.
     */
    public Dataset<Row> published(List<Delivery> deliveries) {
        return deliveries.isEmpty()
                ? lake.spark().createDataFrame(List.of(), PublishedValues.SCHEMA)
                : lake.read(PublishedValues.TABLE, ids(deliveries));
    }

    /** The findings about some deliveries: line_number, rule_id, column_name, reason, is_quarantined, delivery_id. */
    public Dataset<Row> findings(List<String> deliveryIds) {
        return lake.read(FINDINGS, deliveryIds).drop("raw");
    }

    static String silverTable(Contract contract) {
        return "silver/" + contract.id();
    }

    private static String vaultTable(Contract contract) {
        return "vault/" + contract.id();
    }

    private static StructType silverSchema(Contract contract) {
        StructType schema = layer(contract, Privacy.OPEN, Privacy.PERSONAL)
                .add("row_key", DataTypes.StringType)
                .add("codes_reported", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false));
        if (contract.person() != null) {
            schema = schema.add(PERSON, DataTypes.StringType);
        }
        if (!contract.repairs().isEmpty()) {
            for (String added : Repairs.BY_NAME.get(contract.repairs()).addedColumns()) {
                schema = schema.add(added, reportedType(contract, added));
            }
        }
        return schema.add(Lake.SLICE, DataTypes.StringType);
    }

    /** The type of a column as delivered is that of the repaired column of which it keeps the old value. */
    private static DataType reportedType(Contract contract, String added) {
        String repaired = added.substring(0, added.lastIndexOf('_'));
        return contract.columns().stream()
                .filter(column -> column.silverName().equals(repaired))
                .findFirst()
                .orElseThrow()
                .type()
                .silverType();
    }

    private static StructType vaultSchema(Contract contract) {
        return layer(contract, Privacy.VAULT).add(Lake.SLICE, DataTypes.StringType);
    }

    private static StructType layer(Contract contract, Privacy... classes) {
        StructType schema = new StructType()
                .add("authority", DataTypes.StringType)
                .add("line_number", DataTypes.LongType)
                .add("row_hash", DataTypes.StringType)
                .add("flags", DataTypes.createArrayType(DataTypes.StringType));
        for (org.lacwarehouse.pipeline.contract.Column column : contract.columns()) {
            if (column.type() == ColumnType.CHILD || List.of(classes).contains(column.privacy())) {
                schema = schema.add(column.silverName(), column.type().silverType());
            }
        }
        return schema;
    }
}
