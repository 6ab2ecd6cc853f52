package org.lacwarehouse.pipeline.silver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.PersonColumns;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/** Finds out whom bronze rows are about, rows of all datasets in one pass and rejected rows included. */
final class Subjects implements MapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    static final StructType SCHEMA = new StructType()
            .add("line_number", DataTypes.LongType, false)
            .add("raw", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), false)
            .add(Lake.SLICE, DataTypes.StringType, false)
            .add("has_contract", DataTypes.BooleanType, false)
            .add("child", DataTypes.StringType, true)
            .add(Silver.PERSON, DataTypes.StringType, true)
            .add("numbers", DataTypes.createArrayType(DataTypes.StringType, false), false)
            .add("forename", DataTypes.StringType, true)
            .add("surname", DataTypes.StringType, true)
            .add("born", DataTypes.DateType, true);

    /** By delivery the contract as it holds for it; deliveries of datasets without one are not in it. */
    private final Map<String, Contract> agreed = new HashMap<>();

    private final Pseudonyms pseudonyms;
    private transient Map<String, RowTyper> typers;
    private transient Map<String, List<String>> fields;

    Subjects(List<Delivery> deliveries, Map<String, Contract> contracts, Pseudonyms pseudonyms) {
        this.pseudonyms = pseudonyms;
        for (Delivery delivery : deliveries) {
            Contract contract = contracts.get(delivery.source() + "/" + delivery.dataset());
            if (contract != null) {
                agreed.put(delivery.deliveryId(), contract);
            }
        }
    }

    @Override
    public Row call(Row bronze) throws Exception {
        Map<String, String> raw = bronze.getJavaMap(1);
        String deliveryId = bronze.getString(2);
        Contract contract = agreed.get(deliveryId);
        List<Object> row = new ArrayList<>(List.of(bronze.getLong(0), bronze.get(1), deliveryId, contract != null));
        if (contract == null) {
            row.add(Optional.ofNullable(raw.get("CHILD")).map(String::strip).orElse(null));
            row.add(null);
            row.add(new String[0]);
            row.addAll(Arrays.asList(null, null, null));
            return RowFactory.create(row.toArray());
        }
        if (typers == null) {
            typers = new HashMap<>();
            fields = new HashMap<>();
        }
        RowTyper typer = typers.computeIfAbsent(contract.id(), id -> new RowTyper(contract, pseudonyms));
        Object[] typed = typer.type(bronze.getLong(0), raw, deliveryId);
        List<String> names = fields.computeIfAbsent(
                contract.id(), id -> List.of(RowTyper.schema(contract).fieldNames()));
        PersonColumns person = contract.person();
        row.add(child(typer.agreed(deliveryId), raw));
        row.add(person == null ? null : typed[names.indexOf(Silver.PERSON)]);
        row.add(contract.columns().stream()
                .filter(column -> column.type() == ColumnType.NHS_NUMBER || column.type() == ColumnType.UPN)
                .map(column -> (String) typed[names.indexOf(column.silverName())])
                .filter(Objects::nonNull)
                .toArray(String[]::new));
        row.add(part(typed, names, person == null ? "FORENAME" : person.forename()));
        row.add(part(typed, names, person == null ? "SURNAME" : person.surname()));
        row.add(part(typed, names, person == null ? "DOB" : person.born()));
        return RowFactory.create(row.toArray());
    }

    /** The council's own id as it is written, even where a row is rejected because of it. */
    private static String child(Contract contract, Map<String, String> raw) {
        return contract.columns().stream()
                .filter(column -> column.type() == ColumnType.CHILD)
                .map(Column::spellings)
                .flatMap(List::stream)
                .map(raw::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(String::strip)
                .orElse(null);
    }

    private static Object part(Object[] typed, List<String> names, String column) {
        int at = column == null ? -1 : names.indexOf(column.toLowerCase(Locale.ROOT));
        return at < 0 ? null : typed[at];
    }
}
