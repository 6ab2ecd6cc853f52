package org.lacwarehouse.pipeline.silver;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;

/** The children whom the header names at the extract date of each delivery. */
final class Children {
    /** As many rows, such as children, as are handed to every task instead of being sorted and merged. */
    static final long FEW = 500_000;

    private final Lake lake;
    private final Contracts contracts;
    private final Register register;
    private final Map<Contract, Dataset<Row>> judged;
    private final Map<Contract, List<Delivery>> deliveries;

    /**
     * @param judged the naming datasets of this check, judged and in memory; others are read from silver
     * @param deliveries the deliveries that are being checked
     */
    Children(
            Lake lake,
            Contracts contracts,
            Register register,
            Map<Contract, Dataset<Row>> judged,
            Map<Contract, List<Delivery>> deliveries) {
        this.lake = lake;
        this.contracts = contracts;
        this.register = register;
        this.judged = Map.copyOf(judged);
        this.deliveries = deliveries;
    }

    /**
     * The children known to the source of a dataset when each of its deliveries was extracted.
     *
     * @return delivery_id, child_id, born; null when the dataset is not about children that another names
     */
    Dataset<Row> knownTo(Contract contract) {
        Contract header = contracts.naming(contract).orElse(null);
        if (header == null) {
            return null;
        }
        List<Row> governed = new ArrayList<>();
        Set<String> headers = new TreeSet<>();
        long rows = 0;
        for (Delivery delivery : deliveries.get(contract)) {
            Optional<Delivery> naming =
                    register.inForce(delivery.authority(), header.source(), header.dataset(), delivery.extractDate());
            if (naming.isPresent()) {
                governed.add(RowFactory.create(naming.get().deliveryId(), delivery.deliveryId()));
                headers.add(naming.get().deliveryId());
                rows += naming.get().rowsIn();
            }
        }
        StructType pairs = new StructType()
                .add("naming_id", DataTypes.StringType, false)
                .add(Lake.SLICE, DataTypes.StringType, false);
        Dataset<Row> known = lake.spark()
                .createDataFrame(governed, pairs)
                .join(children(header, headers), "naming_id")
                .select(Lake.SLICE, "child_id", "born");
        // Spark cannot know how few they are before they have been read.
        return rows <= FEW ? broadcast(known) : known;
    }

    private Dataset<Row> children(Contract header, Set<String> headers) {
        Set<String> stored = new TreeSet<>(headers);
        List<Dataset<Row>> parts = new ArrayList<>();
        if (judged.containsKey(header)) {
            List<String> inMemory = Silver.ids(deliveries.get(header));
            stored.removeAll(inMemory);
            parts.add(judged.get(header)
                    .where(col(RowJudge.OUTCOME).equalTo(RowJudge.KEPT))
                    .where(col(Lake.SLICE).isin(headers.toArray())));
        }
        if (!stored.isEmpty()) {
            parts.add(lake.read(Silver.silverTable(header), stored));
        }
        return parts.stream()
                .map(rows -> rows.select(
                        col(Lake.SLICE).as("naming_id"),
                        col("child_id"),
                        col(header.column("DOB").silverName()).as("born")))
                .reduce(Dataset::union)
                .orElseGet(() -> lake.spark()
                        .createDataFrame(
                                List.of(),
                                new StructType()
                                        .add("naming_id", DataTypes.StringType)
                                        .add("child_id", DataTypes.StringType)
                                        .add("born", DataTypes.DateType)));
    }
}
