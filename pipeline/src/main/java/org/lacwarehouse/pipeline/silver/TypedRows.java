package org.lacwarehouse.pipeline.silver;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Types bronze rows in the form in which Spark itself holds rows. Spark's encoders would turn each row into objects and
 * back, which costs more than the typing, and are a program to be compiled for every dataset.
 */
final class TypedRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowTyper typer;

    private TypedRows(RowTyper typer) {
        this.typer = typer;
    }

    /**
     * The typed rows.
     *
     * @param bronze line_number, raw, delivery_id
     * @param schema the columns that the typer gives
     */
    static Dataset<Row> of(Dataset<Row> bronze, RowTyper typer, StructType schema) {
        TypedRows rows = new TypedRows(typer);
        RDD<InternalRow> typed = ((org.apache.spark.sql.classic.Dataset<Row>) bronze)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .map(rows::typed)
                .rdd();
        return ((SparkSession) bronze.sparkSession()).internalCreateDataFrame(typed, schema, false);
    }

    private InternalRow typed(InternalRow bronze) {
        Object[] values = typer.type(
                bronze.getLong(0),
                map(bronze.getMap(1)),
                bronze.getUTF8String(2).toString());
        for (int i = 0; i < values.length; i++) {
            values[i] = internal(values[i]);
        }
        return new GenericInternalRow(values);
    }

    private static Map<String, String> map(MapData raw) {
        ArrayData keys = raw.keyArray();
        ArrayData values = raw.valueArray();
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keys.numElements(); i++) {
            map.put(keys.getUTF8String(i).toString(), values.getUTF8String(i).toString());
        }
        return map;
    }

    /** A value as Spark holds it. */
    private static Object internal(Object value) {
        if (value instanceof String text) {
            return UTF8String.fromString(text);
        }
        if (value instanceof LocalDate date) {
            return Math.toIntExact(date.toEpochDay());
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayBasedMapData(
                    array(map.keySet().toArray()), array(map.values().toArray()));
        }
        if (value instanceof Object[] list) {
            return array(list);
        }
        if (value instanceof Row row) {
            Object[] fields = new Object[row.length()];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = internal(row.get(i));
            }
            return new GenericInternalRow(fields);
        }
        return value;
    }

    private static ArrayData array(Object[] values) {
        Object[] elements = new Object[values.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = internal(values[i]);
        }
        return new GenericArrayData(elements);
    }
}
